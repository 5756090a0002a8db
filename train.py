"""Train one network and record what it does: python train.py model=resnet depth=56 (--help lists the rest)."""

from depthlab.command_line import main
from depthlab.recipe import Recipe


def train(recipe: Recipe) -> None:
    """Run the recipe; Lightning is imported when the network is known to be one that can be built."""
    from depthlab.run import check_network

    check_network(recipe)

    from depthlab.run import run_and_show

    run_and_show(recipe)


if __name__ == "__main__":
    main(train)
