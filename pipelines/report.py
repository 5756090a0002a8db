"""Make a page of any runs, by axes, settings, state or age: python pipelines/report.py model=resnet depth=20,56"""

from depthlab.command_line import run_command
from depthlab.commands.report import main

if __name__ == "__main__":
    run_command(main)
