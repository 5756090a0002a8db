from pathlib import Path

from omegaconf import OmegaConf

_FOLDER = Path(__file__).parents[2] / "conf" / "tracking"


def test_every_option_has_the_same_keys() -> None:
    mlflow, none = (OmegaConf.load(_FOLDER / f"{name}.yaml") for name in ("mlflow", "none"))
    assert set(mlflow) == set(none) == {"enabled", "uri", "experiment", "folder", "predictions", "system_metrics"}
    assert (mlflow.enabled, none.enabled) == (True, False)
