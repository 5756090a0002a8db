"""Open MLflow's dashboard on a run, a sweep, or all that was computed: python pipelines/dashboard.py run=ID"""

from depthlab.command_line import run_command
from depthlab.commands.dashboard import main

if __name__ == "__main__":
    run_command(main)
