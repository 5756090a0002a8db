"""Train one network and record what it does: python train.py model=resnet depth=56 (--help lists the rest)."""

from depthlab.command_line import main
from depthlab.recipe import Recipe


def train(recipe: Recipe) -> None:
    """Run the recipe; the heavy imports wait until it is known to be sound."""
    from depthlab.runs import run_and_show

    run_and_show(recipe)


if __name__ == "__main__":
    main(train)
