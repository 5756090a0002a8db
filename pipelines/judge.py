"""Judge an answer anew by the rules of today, from its record: python pipelines/judge.py record=reports/degradation"""

from depthlab.command_line import run_command
from depthlab.commands.judge import main

if __name__ == "__main__":
    run_command(main)
