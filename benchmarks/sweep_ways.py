"""The commands that compute a sweep's trials, and how they are timed.

Run as a script it is the way called `basic`, `tune` or `alone`: python sweep_ways.py basic WORDS...
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from depthlab.recipe import CONF, Recipe, compose, from_hydra
from depthlab.records import RunRecord

TRAIN = Path(__file__).parents[1] / "train.py"
WARM = 1  # trials that aren't timed: the first one imports libraries and makes the store
TIMED = 2


def _sweep(words: Sequence[str], trials: int) -> list[str]:
    return [str(TRAIN), "-m", *words, f"seed=range({trials})"]


def _tune(words: Sequence[str], trials: int) -> list[str]:
    return [__file__, "tune", *words, str(trials)]


def _basic(words: Sequence[str], trials: int) -> list[str]:
    return [__file__, "basic", "-m", "hydra/sweeper=basic", *words, f"seed=range({trials})"]


COMMANDS: dict[str, Callable[[Sequence[str], int], list[str]]] = {"sweep": _sweep, "tune": _tune, "basic": _basic}


def timed(command: Sequence[str], trials: int, folder: Path, store: Path) -> float:
    """Return how long the command took in a folder of its own, where it must leave so many finished runs.

    It finds a copy of `store`, as on any day but the first: to make one takes MLflow seconds.

    Raises:
        RuntimeError: it failed, or did something else.
    """
    (folder / "mlruns").mkdir(parents=True)
    shutil.copy(store, folder / "mlruns" / "mlflow.db")
    began = time.perf_counter()
    _call(command, folder)
    seconds = time.perf_counter() - began
    finished = {RunRecord.read(path).fingerprint for path in folder.glob("mlruns/runs/*/record.json")}
    if len(finished) != trials:
        raise RuntimeError(f"{' '.join(command)} left {len(finished)} finished trials of {trials}")
    return seconds


def fit_alone(words: Sequence[str], folder: Path) -> list[float]:
    """Return the seconds that training takes one trial after the other in a warm process with one thread."""
    folder.mkdir()
    answer = _call([__file__, "alone", *words], folder)
    seconds: list[float] = json.loads(answer.splitlines()[-1])
    return seconds


def _call(command: Sequence[str], folder: Path) -> str:
    result = subprocess.run([sys.executable, *command], cwd=folder, capture_output=True, text=True, env=_plain_env())
    if result.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {result.returncode}:\n{result.stderr[-2000:]}")
    return result.stdout


def _plain_env() -> dict[str, str]:
    """Return the environment without what would decide how many threads each way takes, or where it writes."""
    ours = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "MLFLOW_TRACKING_URI", "RAY_ADDRESS")
    return {name: value for name, value in os.environ.items() if name not in ours}


def alone(words: list[str]) -> None:
    """Train seeds one after the other, and print the seconds of each."""
    from depthlab.run import run

    records = [run(compose([*words, "trainer.threads=1", f"seed={seed}"])) for seed in range(WARM + TIMED)]
    print(json.dumps([record.seconds for record in records[WARM:]]))


def basic(words: list[str]) -> None:
    """Let Hydra's own sweeper and launcher run the trials in this process."""
    import hydra

    from depthlab.run import run

    def task(cfg: Any) -> None:
        run(from_hydra(cfg))

    sys.argv[1:] = words
    hydra.main(config_path=str(CONF), config_name="train", version_base="1.3")(task)()


def tune(words: list[str]) -> None:
    """Let Ray Tune run the trials, with nothing but the function and the grid given."""
    from ray import tune

    *common, trials = words
    here = Path.cwd()
    store = [f"tracking.folder={here}/mlruns/runs", f"tracking.uri=sqlite:///{here}/mlruns/mlflow.db"]

    def trainable(config: dict[str, Any]) -> None:
        from depthlab.run import run

        recipe: Recipe = compose([*common, *store, "trainer.progress=false", f"seed={config['seed']}"])
        tune.report({"accuracy": run(recipe).metrics["val/accuracy"]})

    grid = {"seed": tune.grid_search(list(range(int(trials))))}
    kept = tune.RunConfig(storage_path=str(here / "ray_results"))  # else in the home
    tune.Tuner(trainable, param_space=grid, run_config=kept).fit()


if __name__ == "__main__":
    {"alone": alone, "basic": basic, "tune": tune}[sys.argv[1]](sys.argv[2:])
