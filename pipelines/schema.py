"""Print the JSON schema of a record: python pipelines/schema.py degradation"""

from depthlab.command_line import run_command
from depthlab.commands.schema import main

if __name__ == "__main__":
    run_command(main)
