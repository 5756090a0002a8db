"""Train every combination of the values that are typed; the same as train -m."""

import sys

from depthlab.commands.train import main as train


def main() -> None:
    """Read the command line with Hydra, and run the sweep."""
    if not {"-m", "--multirun", "--dry-run"} & set(sys.argv[1:]):
        sys.argv.insert(1, "-m")
    train()
