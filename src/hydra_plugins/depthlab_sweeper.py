"""Hydra's `-m` as a sweep of this lab.

Hydra looks for sweepers in the namespace package `hydra_plugins` alone and imports it at every start, so nothing heavy
is imported before a sweep begins.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, final

from hydra.plugins.sweeper import Sweeper
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig, OmegaConf


@final
class RayTuneSweeper(Sweeper):
    """Hands what was typed, and how it is to be searched, to `depthlab.sweeps.run_sweep`."""

    def __init__(self, **sweeper: Any) -> None:
        """Take the node `hydra.sweeper`, which the settings check."""
        self._sweeper = sweeper

    def setup(self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig) -> None:
        """Keep the configuration; a trial is not one of Hydra's tasks, so the rest has no use here."""
        self.hydra_context, self.config = hydra_context, config

    def sweep(self, arguments: list[str]) -> Any:
        """Run the sweep over the overrides `arguments`.

        Raises:
            ValueError: for what can't be searched.
        """
        from depthlab.sweeps.plan.settings import read_settings

        assert self.config is not None
        # Hydra hands over the overrides of the task alone, but its own are needed to say how the sweep goes on
        own = [word for word in self.config.hydra.overrides.hydra if not word.startswith("hydra.mode=")]
        settings = read_settings(_plain(self._sweeper), _nodes(self.config))
        from depthlab.sweeps import run_sweep  # imports much, and the settings are known to be sound now

        with _quiet_environment():
            return run_sweep([*own, *arguments], settings)


@contextmanager
def _quiet_environment() -> Iterator[None]:
    """Hide what tells Hydra to leave errors alone: it is for this process, and processes of trials inherit the rest."""
    asked = os.environ.pop("HYDRA_FULL_ERROR", None)
    try:
        yield
    finally:
        if asked is not None:
            os.environ["HYDRA_FULL_ERROR"] = asked


def _nodes(config: DictConfig) -> Mapping[str, Any]:
    """Return the nodes that say how a sweep is carried out; the others belong to its trials."""
    return {key: _plain(config[key]) for key in ("sweep", "ray", "fresh")}


def _plain(value: Any) -> Any:
    if OmegaConf.is_config(value):
        return OmegaConf.to_container(value, resolve=True)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value
