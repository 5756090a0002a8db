"""A cluster of this machine that comes up while the plan is still being made: Ray takes seconds to start."""

import math
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self, final

from depthlab.invocation import recorded_call
from depthlab.recipe import compose_each, read_space
from depthlab.records import DONE, SweepRecord
from depthlab.run import runs_root
from depthlab.sweeps.plan.settings import Settings
from depthlab.sweeps.state.folder import sweeps_root
from depthlab.sweeps.workers.cluster import Cluster, LocalCluster, connect


@final
class ClusterWarmup:
    """Begins to start the cluster of a sweep, if there is likely to be something to compute.

    It is likely unless the same command was the sweep's last and has all of its trials. Where it was not begun early,
    `cluster` begins it; where nobody asks for it, it ends with the context.
    """

    def __init__(self, overrides: Sequence[str], settings: Settings) -> None:
        """Nothing happens before the context is entered.

        Args:
            overrides: Of the sweep, checked already.
            settings: How it is computed; a running cluster needs no warm-up.
        """
        self._overrides, self._settings = overrides, settings
        threads = os.environ.get("OMP_NUM_THREADS", str(math.ceil(settings.cpu)))
        self._environment = {"OMP_NUM_THREADS": threads}
        self._own: LocalCluster | None = None

    def __enter__(self) -> Self:
        settings = self._settings
        if settings.address is None and (settings.fresh or not _was_completed(self._overrides, settings)):
            self._own = LocalCluster(self._environment).__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        if self._own is not None:
            self._own.__exit__()

    @contextmanager
    def cluster(self) -> Iterator[Cluster]:
        """Yield the cluster; it goes away with this context.

        Raises:
            ValueError: there is none, see `connect`.
        """
        if self._own is None:
            with connect(self._settings.address, environment=self._environment) as cluster:
                yield cluster
            return
        try:
            with self._own.joined() as cluster:
                yield cluster
        finally:
            self._own.__exit__()  # how trials ended that a scheduler stopped is known when their processes are gone


def _was_completed(overrides: Sequence[str], settings: Settings) -> bool:
    """Tell whether the very same command has been given before, and has nothing left to do."""
    space = read_space(overrides, settings.params)
    values = {key: choices[0] for key, choices in space.choices.items()}
    values |= {key: str(interval.low) for key, interval in space.intervals.items()}
    (recipe,) = compose_each([space.words(values)])
    if isinstance(recipe, ValueError):
        return True  # a mistake, most likely
    return any(_is_complete(path) for path in sweeps_root(runs_root(recipe)).glob("*/record.json"))


def _is_complete(path: Path) -> bool:
    try:
        record = SweepRecord.read(path)
    except (OSError, ValueError, KeyError, TypeError):  # damaged, or of another version: it is looked at later
        return False
    return record.command == recorded_call() and all(trial.state in DONE for trial in record.trials)
