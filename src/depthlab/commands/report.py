"""Make a page of any runs, by axes, settings, state, age or name."""


def main() -> None:
    """Read the command line, find the runs, write the page."""
    from depthlab.questions.runs_page.command import make_runs_page

    make_runs_page()
