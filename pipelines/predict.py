"""Name what is on your pictures: python pipelines/predict.py run=RUN_ID images=FOLDER"""

from depthlab.command_line import run_command
from depthlab.commands.predict import main

if __name__ == "__main__":
    run_command(main)
