"""What a sweep's settings may be: each mistake, and each setting that would do nothing, is one line."""

from typing import Any

import pytest
from omegaconf import OmegaConf

from depthlab.recipe import CONF
from depthlab.recipe.conf import composed, opened_conf
from depthlab.sweeps.plan.settings import Settings, read_settings


def settings(*words: str) -> Settings:
    """Read the settings that these words make of the configuration."""
    with opened_conf():
        cfg = composed(words)
    config: dict[str, Any] = {key: OmegaConf.to_container(cfg, resolve=False)[key] for key in ("sweep", "ray", "fresh")}
    return read_settings(OmegaConf.to_container(cfg.hydra.sweeper), config)


def test_the_defaults_are_a_grid_on_this_machine() -> None:
    found = settings()
    assert (found.search, found.scheduler, found.samples, dict(found.params)) == ("grid", "none", None, {})
    assert (found.cpu, found.gpu, found.concurrent, found.attempts) == (1.0, "auto", None, 3)
    assert (found.address, found.storage, found.fresh, found.dry_run, found.name) == (None, None, False, False, None)
    assert (found.metric, found.impossible, found.minutes, found.trial_minutes) == (
        "val/accuracy",
        "refuse",
        None,
        None,
    )


def test_what_is_typed_arrives() -> None:
    found = settings(
        "hydra.sweeper.search=optuna", "hydra.sweeper.samples=8", "hydra.sweeper.seed=3", "sweep.gpu=0.5",
        "hydra.sweeper.scheduler=asha", "hydra.sweeper.grace_epochs=2", "ray.address=auto", "fresh=true",
    )  # fmt: skip
    assert (found.search, found.samples, found.seed, found.gpu) == ("optuna", 8, 3, 0.5)
    assert (found.scheduler, found.grace_epochs, found.address, found.fresh) == ("asha", 2, "auto", True)


@pytest.mark.parametrize("name", sorted(file.stem for file in (CONF / "sweep").glob("*.yaml")))
def test_a_named_space_has_a_name_and_params(name: str) -> None:
    found = settings(f"sweep={name}", "sweep.attempts=1")  # the group and the node of one name don't disturb each other
    assert found.attempts == 1
    if name != "none":
        assert found.name == name
        assert found.params


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("hydra.sweeper.search=random", "needs a number of trials: add hydra.sweeper.samples=20"),
        ("hydra.sweeper.search=optuna", "hydra.sweeper.search=optuna needs a number of trials"),
        ("hydra.sweeper.samples=3", "does nothing: a grid has all of its combinations"),
        ("hydra.sweeper.search=optunna", "hydra.sweeper.search must be grid, random or optuna"),
        ("hydra.sweeper.scheduler=hyperband", "hydra.sweeper.scheduler must be none or asha"),
        ("hydra.sweeper.metric=test/accuracy", "must be val/accuracy, val/loss, train/accuracy or train/loss"),
        ("hydra.sweeper.seed=1", "hydra.sweeper.seed=1 does nothing"),
        ("hydra.sweeper.grace_epochs=2", "add hydra.sweeper.scheduler=asha"),
        ("hydra.sweeper.reduction=4", "add hydra.sweeper.scheduler=asha"),
        ("hydra.sweeper.scheduler=asha hydra.sweeper.reduction=1", "must be a whole number of 2 or more"),
        ("+hydra.sweeper.serach=random", "did you mean hydra.sweeper.search?"),
        ("hydra.sweeper.params=null", "hydra.sweeper.params must map keys to values"),
        ("+hydra.sweeper.params.depth=[20,56]", "must be written as it is typed, such as '20,56'"),
        ("hydra.sweeper.name=a/b", "names a folder"),
        ("sweep.cpu=0", "sweep.cpu must be a number above 0, such as sweep.cpu=2, not 0"),
        ("sweep.gpu=many", "sweep.gpu must be auto, or a number of 0 or more"),
        ("sweep.gpu=1.5", "a share of one GPU"),
        ("sweep.concurrent=0", "sweep.concurrent must be a whole number of 1 or more"),
        ("sweep.minutes=0", "sweep.minutes must be a number above 0, or null"),
        ("sweep.trial_minutes=-1", "sweep.trial_minutes must be"),
        ("sweep.attempts=0", "sweep.attempts must be"),
        ("sweep.impossible=ignore", "sweep.impossible must be refuse or skip"),
        ("sweep.dry_run=maybe", "sweep.dry_run must be true or false"),
        ("fresh=1", "fresh must be true or false"),
    ],
)
def test_mistakes(words: str, said: str) -> None:
    with pytest.raises(ValueError) as caught:
        settings(*words.split())
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
