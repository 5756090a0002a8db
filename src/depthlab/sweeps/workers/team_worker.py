"""What each process of a team does; importing this is quick, as the process that watches over them does it, too."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

from depthlab.invocation import standing_for
from depthlab.recipe import Recipe
from depthlab.records import RunRecord
from depthlab.sweeps.workers.message_queue import Message, RemoteListener, WorkerEnded
from depthlab.training import Diverged, Interrupted, Interruption, Pruned

if TYPE_CHECKING:
    from depthlab.training import Team

# These end all members after the same step: no one waits for another, and none has to be killed.
STOPS_ALL = (Interrupted, Pruned, Diverged)


@final
@dataclass(frozen=True)
class WorkerTask:
    """What every process is given."""

    recipe: Recipe
    fingerprint: str
    tags: Mapping[str, str]
    since: str
    retry: bool
    folder: str  # where relative paths begin, and the user's own modules are
    queue: Any
    command: tuple[str, ...]  # that trains this run, as a person types it


def train_worker(config: dict[str, Any]) -> None:
    """Take part in an order; runs in every process of the team."""
    task: WorkerTask = config["order"]
    if Path(task.folder).is_dir():
        os.chdir(task.folder)
    if task.folder not in sys.path:
        sys.path.insert(0, task.folder)
    from depthlab.training import Team

    team = Team.joined()
    try:
        with standing_for(task.command):
            end = WorkerEnded(team.rank, record=_take_part(task, team))
    except BaseException as error:
        _post(task.queue, WorkerEnded.of(team.rank, error))
        if isinstance(error, STOPS_ALL):
            return
        raise  # so that Ray ends the others, who wait for this one
    _post(task.queue, end)


def _take_part(task: WorkerTask, team: "Team") -> RunRecord | None:
    from depthlab.run import RunHooks, ensure
    from depthlab.run.worker import run_worker

    if not team.is_rank_zero:
        run_worker(task.recipe, team)
        return None
    interruption = Interruption()
    listener = RemoteListener(task.queue, interruption)
    hooks = RunHooks(interruption, listener, task.tags, since=task.since, retry=task.retry, team=team)
    record = ensure(task.recipe, task.fingerprint, tell=listener.line, hooks=hooks)
    team.release_others()
    return record


def _post(queue: Any, message: Message) -> None:
    import ray

    ray.get(queue.post.remote(message))
