"""Evaluate weights that torchvision published: python pipelines/evaluate.py weights=FILE model=resnet depth=50"""

from depthlab.command_line import run_command
from depthlab.commands.evaluate import main

if __name__ == "__main__":
    run_command(main)
