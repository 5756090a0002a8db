"""Repeat a run from its manifest, and say whether the result is identical: python pipelines/rerun.py RUN_ID"""

from depthlab.command_line import run_command
from depthlab.commands.rerun import main

if __name__ == "__main__":
    run_command(main)
