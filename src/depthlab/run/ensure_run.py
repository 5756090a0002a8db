"""Ensure that a recipe has a finished run: found, continued or begun, and computed by one process at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from depthlab.recipe import Recipe
from depthlab.records import RunRecord
from depthlab.run.experiment import RunHooks, Tell, run
from depthlab.run.runs_folder import runs_root
from depthlab.tracking import Lock, find_finished

CLAIMS = ".claims"  # beside the folders of runs: a lock for each fingerprint
PATIENCE = 5.0  # seconds between two lines that say what is waited for


def ensure(
    recipe: Recipe,
    fingerprint: str,
    *,
    tell: Tell = lambda line: None,
    hooks: RunHooks | None = None,
) -> RunRecord:
    """Return the record of the recipe's newest finished run, after training it where there is none yet.

    Where another process computes the same recipe, this waits for it, and takes its result. `fingerprint` is the
    recipe's, with the data and the precision that it will meet.

    Raises:
        ValueError, Interrupted, Pruned: as `run` does.
    """
    hooks = hooks or RunHooks()
    root = runs_root(recipe)
    with _claimed(root, fingerprint, tell):
        finished = find_finished(root, fingerprint, since=hooks.since)
        if finished is not None and finished.record is not None:
            return finished.record
        return run(recipe, tell=tell, hooks=replace(hooks, asked=fingerprint))


@contextmanager
def _claimed(root: Path, fingerprint: str, tell: Tell) -> Iterator[None]:
    folder = root / CLAIMS
    folder.mkdir(parents=True, exist_ok=True)
    claim = Lock(folder / fingerprint)
    while not claim.acquire(patience=PATIENCE):
        tell(f"waiting for another process that computes the same run, {fingerprint}")
    try:
        yield
    finally:
        claim.release()
