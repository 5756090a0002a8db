from pathlib import Path

from omegaconf import OmegaConf

_FOLDER = Path(__file__).parents[2] / "conf" / "tracking"


def test_every_option_has_the_same_keys() -> None:
    mlflow, none = (OmegaConf.load(_FOLDER / f"{name}.yaml") for name in ("mlflow", "none"))
    keys = {"enabled", "uri", "experiment", "folder", "predictions", "patience", "system_metrics"}
    assert set(mlflow) == set(none) == keys
    assert (mlflow.enabled, none.enabled) == (True, False)
