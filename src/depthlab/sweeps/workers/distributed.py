"""A trial of several processes that train one network together, started and joined by Ray Train."""

import os
import signal
import tempfile
import threading
import uuid
from collections.abc import Callable, Mapping
from typing import Any, final

from depthlab.invocation import called
from depthlab.recipe import Recipe
from depthlab.records import RunRecord
from depthlab.run import RunHooks
from depthlab.sweeps.workers.errors import WorkerDied
from depthlab.sweeps.workers.message_queue import (
    GO_ON,
    PRUNE,
    EpochDone,
    Message,
    MessageQueue,
    StepDone,
    TextLine,
    WorkerEnded,
)
from depthlab.sweeps.workers.task import Resources
from depthlab.sweeps.workers.team_worker import WorkerTask, train_worker
from depthlab.training import ProgressListener, Pruned

PATIENCE = 0.5  # seconds between two looks at whether the processes live
WAIT = 24 * 3600  # seconds that a team may wait for room in the cluster


def ensure_distributed(
    recipe: Recipe,
    fingerprint: str,
    resources: Resources,
    *,
    tell: Callable[[str], None] = lambda line: None,
    hooks: RunHooks | None = None,
) -> RunRecord:
    """Do what `ensure` does with several processes, each of which takes so many cores and GPUs.

    Ray must be initialized. The processes are placed all at once or not at all, wherever the cluster has room; whoever
    calls needs no cores of its own, so something else must bound how many call at once. The listener of `hooks` is
    called here, in this thread.

    Raises:
        ValueError, Interrupted, Pruned: as `ensure` does. What goes wrong in one of the processes comes out as it was.
        WorkerDied: one of them died.
    """
    import ray

    hooks = hooks or RunHooks()
    actor: Any = ray.remote(MessageQueue)
    queue = actor.options(num_cpus=0).remote()
    task = WorkerTask(recipe, fingerprint, hooks.tags, hooks.since, hooks.retry, os.getcwd(), queue, called())
    training = _Training(task, resources)
    training.start()
    try:
        return _Listener(queue, hooks, tell).listen(training)
    finally:
        ray.kill(queue)  # who still writes to it, ends
        training.join()


@final
class _Training(threading.Thread):
    """Waits for Ray Train in a thread of its own: the trial's thread listens meanwhile."""

    def __init__(self, task: WorkerTask, resources: Resources) -> None:
        super().__init__(daemon=True)
        self._task, self._resources = task, resources
        self.error: Exception | None = None

    def run(self) -> None:
        from ray.train import FailureConfig, RunConfig, ScalingConfig
        from ray.train.torch import TorchConfig, TorchTrainer

        # read by Ray where the trainer is made
        os.environ["RAY_CHDIR_TO_TRIAL_DIR"] = "0"  # stay in the working folder
        os.environ.setdefault("RAY_TRAIN_HEALTH_CHECK_INTERVAL_S", str(PATIENCE))
        os.environ.setdefault("RAY_TRAIN_WORKER_GROUP_START_TIMEOUT_S", str(WAIT))
        run_config: Any = RunConfig  # its types are those of an older Ray Train
        cpu, gpu, workers = self._resources.cpu, self._resources.gpu, self._resources.workers
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as nothing_of_worth:
            trainer = TorchTrainer(
                train_worker,
                train_loop_config={"order": self._task},
                # NCCL wants a GPU for each process; gloo can share one
                torch_config=TorchConfig(backend="cpu:gloo,cuda:nccl" if gpu >= 1 else "gloo"),
                scaling_config=ScalingConfig(
                    num_workers=workers, use_gpu=gpu > 0, resources_per_worker={"CPU": cpu, "GPU": gpu}
                ),
                run_config=run_config(
                    name=f"{self._task.fingerprint}-{uuid.uuid4().hex[:8]}",
                    storage_path=nothing_of_worth,
                    failure_config=FailureConfig(max_failures=0),
                    worker_runtime_env={"env_vars": {"TORCH_CPP_LOG_LEVEL": "ERROR"}},
                ),
            )
            try:
                trainer.fit()
            except Exception as error:
                self.error = error


@final
class _Listener:
    """Listens to the team for the trial, and passes on what the trial is asked."""

    def __init__(self, queue: Any, hooks: RunHooks, tell: Callable[[str], None]) -> None:
        self._queue = queue
        self._listener: ProgressListener | None = hooks.listener
        self._interruption = hooks.interruption
        self._tell = tell
        self._pruned: Pruned | None = None
        self._asked_to_stop = False
        self._record: RunRecord | None = None
        self._errors: list[BaseException] = []  # the first one is what caused the others
        self._reported: set[int] = set()  # ranks that have reported how it ended

    def listen(self, training: _Training) -> RunRecord:
        """Return the record of rank 0."""
        import ray

        alive = True
        while alive:
            alive = training.is_alive()  # seen before the last look into the queue
            for message in ray.get(self._queue.collect.remote(PATIENCE if alive else 0.01)):
                self._read(message)
            signum = self._interruption.signum
            if signum and not self._asked_to_stop:
                self._stop(signum)
        return self._result(training.error)

    def _result(self, error: Exception | None) -> RunRecord:
        if self._record is not None:
            return self._record
        if self._pruned is not None:
            raise self._pruned
        lost = _first_lost(error, self._reported)
        if self._errors and lost is None:
            raise self._errors[0]
        raise WorkerDied(lost or "its processes ended without a word")

    def _read(self, received: Message) -> None:
        match received:
            case TextLine(text):
                self._tell(text)
            case StepDone(done, total):
                self._step(done, total)
            case EpochDone(epoch, metrics):
                self._epoch(epoch, metrics)
            case WorkerEnded(rank, record, _, message):
                self._reported.add(rank)
                self._record = record or self._record
                if message:
                    self._errors.append(received.raised())

    def _step(self, done: int, total: int) -> None:
        try:
            if self._listener is not None and not self._pruned:
                self._listener.step(done, total)
        except Pruned as pruned:
            self._pruned = pruned
            self._stop(signal.SIGTERM)

    def _epoch(self, epoch: int, metrics: Mapping[str, float]) -> None:
        try:
            if self._listener is not None and not self._pruned:
                self._listener.epoch(epoch, metrics)
        except Pruned as pruned:
            self._pruned = pruned
        self._queue.answer.remote(PRUNE if self._pruned else self._interruption.signum or GO_ON)

    def _stop(self, signum: int) -> None:
        self._asked_to_stop = True
        self._queue.stop.remote(signum)


def _first_lost(error: Exception | None, reported: set[int]) -> str | None:
    """Return what Ray says of a process that ended without a word; the others then fail for want of it."""
    from ray.train import WorkerGroupError

    if not isinstance(error, WorkerGroupError):
        return " ".join(str(error).split())[:300] if error is not None and not reported else None
    for rank, failure in sorted(error.worker_failures.items()):
        if rank not in reported:
            return f"process {rank} of the trial died: {' '.join(str(failure).split())[:300]}"
    return None
