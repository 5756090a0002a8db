"""The load of the machine while a run computes: processor, memory, disk, network and GPU."""

import time
from collections.abc import Callable, Sequence
from typing import Any, Self, final

from depthlab.tracking.journal import Journal


@final
class SystemMetrics:
    """Samples MLflow's collectors into a journal as `system/...`, where its pages look for them.

    The step of a sample is its number; a resumed run counts on.
    """

    def __init__(self, journal: Journal, collectors: Sequence[Any], *, samples: int, every: float = 10.0) -> None:
        self._journal, self._collectors = journal, collectors
        self._samples, self._every = samples, every
        self._next = time.monotonic() + every

    @classmethod
    def open(cls, journal: Journal, *, every: float = 10.0) -> Self:
        """Count on from the journal's samples. Call it in the background, as it imports MLflow."""
        lines = journal.read()
        return cls(journal, _collectors(), samples=lines[-1].step + 1 if lines else 0, every=every)

    def sample(self) -> None:
        """Append a sample if the last one is old enough.

        Raises:
            OSError: The journal can't be written.
        """
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + self._every
        values: dict[str, float] = {}
        for collector in self._collectors:
            collector.collect_metrics()
            values |= {f"system/{name}": value for name, value in collector.aggregate_metrics().items()}
            collector.clear_metrics()
        self._journal.append(values, step=self._samples, epoch=0)
        self._samples += 1


def _collectors() -> list[Any]:  # MLflow's have no types
    from mlflow.system_metrics.metrics.cpu_monitor import CPUMonitor
    from mlflow.system_metrics.metrics.disk_monitor import DiskMonitor
    from mlflow.system_metrics.metrics.gpu_monitor import GPUMonitor
    from mlflow.system_metrics.metrics.network_monitor import NetworkMonitor

    kinds: list[Callable[[], Any]] = [CPUMonitor, DiskMonitor, NetworkMonitor]
    collectors = [kind() for kind in kinds]
    gpu: Callable[[], Any] = GPUMonitor
    try:
        collectors.append(gpu())
    except (ImportError, RuntimeError):  # no GPU, or no library to ask it
        return collectors
    return collectors
