"""Runs the tasks of the dispatcher with Ray Tune."""

import logging
import os
import tempfile
from typing import Any, final

from ray import tune
from ray.tune.execution.placement_groups import PlacementGroupFactory
from ray.tune.experiment import Trial as TuneTrial
from ray.tune.schedulers import ASHAScheduler, TrialScheduler
from ray.tune.search import Searcher

from depthlab.sweeps.dispatcher import Dispatcher
from depthlab.sweeps.plan.settings import Settings
from depthlab.sweeps.workers.task import Resources, TrialReport
from depthlab.training import Interruption


def run_with_tune(
    dispatcher: Dispatcher,
    settings: Settings,
    resources: Resources,
    *,
    concurrent: int,
    epochs: int,
    interruption: Interruption,
) -> None:
    """Let Ray Tune run what the dispatcher hands out, until it has nothing more.

    Raises:
        Interrupted: a signal has come.
    """
    os.environ["TUNE_DISABLE_SIGINT_HANDLER"] = "1"  # a signal is ours to handle
    os.environ["TUNE_MAX_PENDING_TRIALS_PG"] = str(concurrent)  # else their processes start one after the other
    os.environ["TUNE_DISABLE_STRICT_METRIC_CHECKING"] = "1"  # only reports of whole epochs are for the scheduler
    logging.getLogger("ray.tune").setLevel(logging.CRITICAL)  # the display shows faults, in a line each
    alone = {"CPU": resources.cpu, "GPU": resources.gpu}
    # a team's processes take what they need themselves, and whoever starts them asks for next to nothing
    takes = PlacementGroupFactory([alone if resources.workers == 1 else {"memory": 1}])
    with tempfile.TemporaryDirectory(prefix=f"depthlab-tune-{os.getpid()}-") as room:  # what Tune writes, nobody reads
        tuner = tune.Tuner(
            tune.with_resources(_train, takes),
            tune_config=tune.TuneConfig(
                search_alg=_DispatcherSearcher(dispatcher),
                scheduler=_scheduler(settings, epochs),
                num_samples=-1,  # until the dispatcher is done
                reuse_actors=True,  # a new process takes seconds to import torch
                trial_name_creator=lambda trial: str(trial.trial_id),
                trial_dirname_creator=lambda trial: str(trial.trial_id),
            ),
            run_config=tune.RunConfig(
                name="sweep",
                storage_path=room,
                callbacks=[_DispatcherCallback(dispatcher, interruption)],
                verbose=0,
                failure_config=tune.FailureConfig(max_failures=0),  # the dispatcher knows what to try again
                checkpoint_config=tune.CheckpointConfig(checkpoint_frequency=0),
            ),
        )
        tuner.fit()


def _train(config: dict[str, Any]) -> None:
    """Train a trial in a worker process; the driver does not import what that takes."""
    from depthlab.sweeps.workers.train_trial import train_trial

    train_trial(config)


def _scheduler(settings: Settings, epochs: int) -> TrialScheduler | None:
    if settings.scheduler == "none":
        return None
    return ASHAScheduler(
        time_attr="epoch",
        metric="metric",
        mode="min" if settings.metric.endswith("loss") else "max",
        max_t=epochs + 1,  # which nothing comes to
        grace_period=settings.grace_epochs,
        reduction_factor=settings.reduction,
    )


@final
class _DispatcherSearcher(Searcher):
    """A search algorithm as Tune wants it: it asks the dispatcher for each trial."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        super().__init__()
        self._dispatcher = dispatcher

    def __getstate__(self) -> dict[str, Any]:
        return {}  # Tune pickles what it is given, to restore it some day; nothing here is ever restored

    def suggest(self, trial_id: str) -> Any:
        task = self._dispatcher.next_task(trial_id)
        if task is not None:
            return {"task": task.to_dict()}
        return Searcher.FINISHED if self._dispatcher.over else None

    def on_trial_complete(self, trial_id: str, result: dict[str, Any] | None = None, error: bool = False) -> None:
        pass  # `_DispatcherCallback` gets it, with the error's text

    def save(self, checkpoint_path: str) -> None:
        pass  # nothing rests on Tune's own files

    def restore(self, checkpoint_path: str) -> None:
        raise AssertionError("a sweep is taken up from its runs' folders")


@final
class _DispatcherCallback(tune.Callback):
    """Tells the dispatcher what happens, and ends the loop when a signal has come."""

    def __init__(self, dispatcher: Dispatcher, interruption: Interruption) -> None:
        self._dispatcher, self._interruption = dispatcher, interruption

    def __getstate__(self) -> dict[str, Any]:
        return {}  # Tune pickles what it is given, to restore it some day; nothing here is ever restored

    def on_step_begin(self, iteration: int, trials: list[TuneTrial], **info: Any) -> None:
        self._interruption.raise_if_requested()

    def on_trial_start(self, iteration: int, trials: list[TuneTrial], trial: TuneTrial, **info: Any) -> None:
        self._dispatcher.started(trial.trial_id)

    def on_trial_result(
        self, iteration: int, trials: list[TuneTrial], trial: TuneTrial, result: dict[str, Any], **info: Any
    ) -> None:
        if "report" in result:
            self._dispatcher.reported(trial.trial_id, TrialReport.from_dict(result["report"]))

    def on_trial_complete(self, iteration: int, trials: list[TuneTrial], trial: TuneTrial, **info: Any) -> None:
        self._dispatcher.ended(trial.trial_id)

    def on_trial_error(self, iteration: int, trials: list[TuneTrial], trial: TuneTrial, **info: Any) -> None:
        self._dispatcher.ended(trial.trial_id, _cause(trial))


def _cause(trial: TuneTrial) -> str:
    error = trial.get_error()
    text = " ".join(str(error).split()) if error is not None else ""
    return text[:300] or "its process died"
