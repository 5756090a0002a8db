"""Train one network and record what it does; with -m, a sweep."""

import sys

from depthlab.command_line import main as read_command_line
from depthlab.recipe import Recipe


def train(recipe: Recipe) -> None:
    """Run the recipe: ask its store, check its network, and only then import Lightning."""
    from depthlab.run import check_network, check_tracking

    check_tracking(recipe, lambda line: print(line, file=sys.stderr))
    check_network(recipe)

    from depthlab.run import run_and_show

    run_and_show(recipe)


def main() -> None:
    """Read the command line with Hydra, and train."""
    read_command_line(train)
