"""Load a trained network by the name of its run."""

from pathlib import Path
from typing import Literal

from depthlab.nn import Predictor
from depthlab.recipe import recipe_from_config
from depthlab.run.check import build_network
from depthlab.tracking import RUNS_ROOT, RunFolder, find_or_fetch
from depthlab.training import read_weights

Weights = Literal["final", "best"]


def load(
    run_id: str,
    *,
    weights: Weights = "final",
    root: Path | str = RUNS_ROOT,
    uri: str | None = None,
    trust: bool = False,
) -> Predictor:
    """Return the network that a run trained, ready to predict, with its class names and its normalization.

    `run_id` is MLflow's id of the run, the name of its folder, or the beginning of either. `weights` are the "final"
    ones, of which the run's test error speaks, or those of the epoch that was "best" on validation. `root` is the
    folder that holds the runs' folders. A run that has none there is fetched from the MLflow store `uri` by its whole
    id; by default that is the store that runs are sent to. `trust` lets a run that is not under `root` name code of its
    own, a network that is not of depthlab.

    Raises:
        ValueError: there is no such run, or it has not come to its end.
    """
    return load_folder(find_or_fetch(Path(root), run_id, uri, trust=trust), weights=weights)


def load_folder(folder: RunFolder, *, weights: Weights = "final") -> Predictor:
    """Return the network that the run in `folder` trained; see `load`."""
    if weights not in ("final", "best"):
        raise ValueError(f"weights must be final or best, not {weights}")
    file = folder.checkpoints / f"{weights}.ckpt"
    if not file.is_file():
        raise ValueError(f"{folder.name} is {folder.status} and has no {weights} weights: run its command again")
    manifest = folder.manifest
    recipe = recipe_from_config(manifest.config, manifest.choices, manifest.overrides)
    dataset = manifest.dataset
    network = build_network(
        recipe,
        num_classes=len(dataset.classes),
        in_channels=dataset.channels,
        image_size=dataset.image_size,
    )
    network.load_state_dict(read_weights(file))
    return Predictor(
        network,
        classes=dataset.classes,
        mean=dataset.mean,
        std=dataset.std,
        image_size=dataset.image_size,
        name=folder.name,
    )
