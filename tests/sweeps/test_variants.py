"""Sweeps over networks that are no grid, as families don't have the same keys."""

from depthlab.sweeps.plan.plan import identity_of, make_plan
from tests.sweeps.planned import TINY, checker, settings

VARIANTS = (
    {"model": "resnet", "depth": "8", "width": "1"},
    {"model": "resnet", "depth": "8", "width": "1.5"},
    {"model": "resnext", "depth": "11", "width": "0.25", "model.cardinality": "2"},
)


def plan(*words: str, variants=VARIANTS):
    return make_plan([*TINY, *words], settings(), checker(), variants)


def test_each_variant_is_had_with_the_whole_grid() -> None:
    made = plan("model=resnet", "depth=14", "epochs=1", "seed=0,1")
    assert made.name == "model × depth × width × model.cardinality × seed"
    assert [trial.values for trial in made.trials] == [
        {"model": "resnet", "depth": 8, "width": 1, "seed": 0},
        {"model": "resnet", "depth": 8, "width": 1, "seed": 1},
        {"model": "resnet", "depth": 8, "width": 1.5, "seed": 0},
        {"model": "resnet", "depth": 8, "width": 1.5, "seed": 1},
        {"model": "resnext", "depth": 11, "width": 0.25, "model.cardinality": 2, "seed": 0},
        {"model": "resnext", "depth": 11, "width": 0.25, "model.cardinality": 2, "seed": 1},
    ]
    assert made.trials[-1].overrides == (
        *TINY,
        *("epochs=1", "model=resnext", "depth=11", "width=0.25", "model.cardinality=2", "seed=1"),
    )


def test_more_variants_are_the_same_sweep() -> None:
    one, more = plan("seed=0,1", variants=VARIANTS[::2]), plan("seed=0,1,2")
    assert identity_of(one.space, settings()) == identity_of(more.space, settings())
    assert {trial.fingerprint for trial in one.trials} < {trial.fingerprint for trial in more.trials}


def test_what_a_variant_sets_is_not_held() -> None:
    assert identity_of(plan("depth=14").space, settings()) == identity_of(plan("depth=20").space, settings())
    assert identity_of(plan("depth=14").space, settings()) != identity_of(plan("epochs=3").space, settings())


def test_without_variants_nothing_changes() -> None:
    made = plan("depth=8,14", variants=())
    assert made.name == "depth" and [trial.values for trial in made.trials] == [{"depth": 8}, {"depth": 14}]
