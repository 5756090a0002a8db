"""How much of a training step goes into tracking."""

import sys
import threading
import time
from contextlib import ExitStack
from typing import Any, Self, final
from unittest.mock import patch

from stopwatch import Stopwatch

from depthlab.training import MetricsRecorder


@final
class TrackingShare:
    """Times the tracking of the run that is made inside this context, over the steps that `watch` times."""

    def __init__(self, watch: Stopwatch) -> None:
        self._watch = watch
        self._seconds = 0.0
        self._thread_seconds: list[float] = []
        self._patches = ExitStack()

    def __enter__(self) -> Self:
        report = MetricsRecorder.on_train_batch_end

        def timed(*arguments: Any, **keywords: Any) -> None:
            begin = time.perf_counter()
            report(*arguments, **keywords)
            if self._watch.running:
                self._seconds += time.perf_counter() - begin
                self._thread_seconds.append(_feeding_seconds())

        self._patches.enter_context(patch.object(MetricsRecorder, "on_train_batch_end", timed))
        return self

    def __exit__(self, *_: object) -> None:
        self._patches.close()

    @property
    def inside(self) -> float:
        """Share of the steps' wall-clock time that is spent inside the callback that reads losses and journals them."""
        return self._seconds / self._watch.seconds

    @property
    def beside(self) -> float:
        """Processor time of the thread that feeds MLflow, which runs beside the training, over the same time."""
        return (self._thread_seconds[-1] - self._thread_seconds[0]) / self._watch.seconds


def _feeding_seconds() -> float:
    """Return the processor time that the thread has taken so far; 0 where the system does not tell."""
    if sys.platform != "linux":
        return 0.0
    threads = [thread for thread in threading.enumerate() if thread.name == "mlflow-sync" and thread.ident]
    return sum(time.clock_gettime(time.pthread_getcpuclockid(thread.ident)) for thread in threads)
