"""Look whether a store of runs is whole, and mend it with --repair: python pipelines/check.py"""

from depthlab.command_line import run_command
from depthlab.commands.check import main

if __name__ == "__main__":
    run_command(main)
