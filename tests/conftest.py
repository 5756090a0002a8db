"""What holds for every test: one thread, no window, no Hub, and a tracking store and data folder of its own."""

import gc
import os
from pathlib import Path

import pytest

from tests.chromium import browser, open_page

__all__ = ["browser", "open_page"]  # fixtures for all

pytest_plugins = ["tests.order"]

gc.disable()  # while modules are imported and tests collected, none of which is garbage: 6 seconds rather than 11

# Before anything imports torch or numpy. One thread: results don't depend on the machine, and tests run side by side.
for _name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[_name] = "1"
os.environ["MPLBACKEND"] = "Agg"
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    gc.freeze()  # no later collection walks through all of that again
    gc.enable()


@pytest.fixture(autouse=True)
def _own_stores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what a test records or downloads, its child processes included, in the test's own folder."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'mlflow.db'}")
    monkeypatch.setenv("DEPTHLAB_DATA", str(tmp_path / "data"))
