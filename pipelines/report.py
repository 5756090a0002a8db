"""Make a page of any runs, by axes, settings, state, age or name; see src/depthlab/questions/runs_page."""

from depthlab.command_line import run_command
from depthlab.questions.runs_page.command import make_runs_page

if __name__ == "__main__":
    run_command(make_runs_page)
