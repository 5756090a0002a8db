"""Send MLflow what it does not have of runs and sweeps, and end runs whose process died: python pipelines/sync.py"""

from depthlab.command_line import run_command
from depthlab.commands.sync import main

if __name__ == "__main__":
    run_command(main)
