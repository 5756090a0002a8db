"""Train beside the process that leads a team."""

from pathlib import Path
from tempfile import TemporaryDirectory

from depthlab.recipe import Recipe
from depthlab.run.prepare import check_team, prepare
from depthlab.run.train import train
from depthlab.tracking import RunFolder
from depthlab.training import Interruption, Team


def run_worker(recipe: Recipe, team: Team) -> None:
    """Take part in the run that the team's leader carries out, if it calls; its folder and its record are the leader's.

    Raises:
        Interrupted, Pruned, Diverged: as in the leader, after the same step.
    """
    if not team.wait_for_start():
        return
    check_team(recipe, team)
    with Interruption() as interruption, TemporaryDirectory() as thrown_away:
        prepared = prepare(recipe, team)
        folder = RunFolder(Path(thrown_away))
        try:
            train(prepared, folder, interruption)
        finally:
            folder.release()
