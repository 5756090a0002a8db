"""From words to trials: each known before anything starts, once, and a space with a mistake is refused."""

import pytest

from depthlab.sweeps.plan.plan import identity_of
from tests.sweeps.planned import plan, settings, space


def test_a_grid_has_every_combination_in_the_order_of_its_axes() -> None:
    trials = plan("model=plain,resnet", "depth=8,14").trials
    assert [trial.values for trial in trials] == [
        {"model": "plain", "depth": 8},
        {"model": "plain", "depth": 14},
        {"model": "resnet", "depth": 8},
        {"model": "resnet", "depth": 14},
    ]
    assert len({trial.fingerprint for trial in trials}) == 4
    assert all("data=synthetic" in trial.overrides and "depth=8,14" not in trial.overrides for trial in trials)


def test_words_without_an_axis_are_one_trial() -> None:
    found = plan("depth=8")
    assert (len(found.trials), found.name, found.trials[0].values) == (1, "one trial", {})


@pytest.mark.parametrize(
    "word", ["depth=8,8", "learning_rate=0.1,0.10,1e-1", "learning_rate=1,1.0", "dropout=0,0.0,null"]
)
def test_duplicates_are_planned_once(word: str) -> None:
    assert len(plan(word, "width=1").trials) == 1


def test_an_impossible_combination_is_refused_by_its_words() -> None:
    with pytest.raises(ValueError, match=r"depth must be 6n\+2 .*\(in .*model=plain depth=9\)") as raised:
        plan("model=plain,vgg", "depth=9,11")
    assert "\n" not in str(raised.value)


def test_impossible_combinations_are_skipped_on_request_and_listed() -> None:
    found = plan("model=resnet,vgg", "depth=8,11", impossible="skip")
    assert [(trial.values["model"], trial.values["depth"]) for trial in found.trials] == [("resnet", 8), ("vgg", 11)]
    assert [skipped.overrides[-2:] for skipped in found.skipped] == [
        ("model=resnet", "depth=11"),
        ("model=vgg", "depth=8"),
    ]
    assert all("depth" in skipped.reason for skipped in found.skipped)


def test_a_value_that_fits_no_combination_is_a_mistake_though_others_are_skipped() -> None:
    with pytest.raises(ValueError, match=r"depth=9 is possible in no combination: .*the nearest are"):
        plan("model=plain,resnet", "depth=8,9", impossible="skip")


@pytest.mark.parametrize(
    ("words", "search"),
    [
        (("depth=9",), {}),
        (("depth=9,10",), {}),
        (("depth=9,10",), {"search": "random", "samples": 2}),
        (("depth=int(interval(9,13))",), {"search": "random", "samples": 2}),
        (("depth=9,10",), {"search": "optuna", "samples": 2}),
        (("depth=int(interval(9,13))",), {"search": "optuna", "samples": 2}),
    ],
)
def test_a_space_in_which_nothing_is_possible_is_a_mistake(
    words: tuple[str, ...], search: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("depthlab.sweeps.plan.plan.IDLE_DRAWS", 30)
    with pytest.raises(ValueError, match=r"possible.*depth must be 6n\+2") as raised:
        plan("model=resnet", *words, impossible="skip", **search)
    assert "\n" not in str(raised.value)


def test_a_value_may_be_possible_inside_an_interval_whose_ends_are_not() -> None:
    found = plan("model=plain,resnet", "depth=int(interval(9,15))", impossible="skip", search="optuna", samples=2)
    assert found.trials
    assert {trial.values["depth"] for trial in found.trials} == {14}


@pytest.mark.slow
def test_a_value_that_random_draws_had_no_luck_with_is_no_mistake() -> None:
    words = ("model=plain,resnet,preresnet", "depth=int(interval(8,60))")
    for seed in range(6):
        found = plan(*words, impossible="skip", search="random", samples=2, seed=seed)
        assert len(found.trials) == 2


@pytest.mark.parametrize("search", ["random", "optuna"])
def test_ends_of_intervals_or_draws_are_checked_before_anything_starts(search: str) -> None:
    with pytest.raises(ValueError, match=r"depth must be 6n\+2"):
        plan("depth=int(interval(9,11))", search=search, samples=2)


def test_a_grid_of_an_interval_is_refused() -> None:
    with pytest.raises(ValueError, match=r"learning_rate is an interval, .*search=random \(or optuna\)"):
        plan("learning_rate=interval(0.1,0.2)")


@pytest.mark.parametrize("search", ["random", "optuna"])
def test_a_search_needs_something_to_choose_from(search: str) -> None:
    with pytest.raises(ValueError, match=f"search={search} has nothing to choose from"):
        plan("depth=8", search=search, samples=3)


def test_random_trials_are_as_many_as_wanted_and_more_samples_extend_them() -> None:
    words = ("depth=8,14", "learning_rate=tag(log,interval(1e-3,1e-1))")
    few = plan(*words, search="random", samples=3)
    many = plan(*words, search="random", samples=7)
    assert [trial.fingerprint for trial in many.trials[:3]] == [trial.fingerprint for trial in few.trials]
    assert (len(few.trials), len(many.trials)) == (3, 7)


def test_a_random_search_of_a_small_space_ends_with_all_of_it() -> None:
    found = plan("depth=8,14", "seed=0,1", search="random", samples=20)
    assert len(found.trials) == 4


def identity(*words: str, **changed: object) -> str:
    return identity_of(space(*words), settings(**changed))


def test_identity_is_that_of_the_question() -> None:
    same = identity("depth=8,14", "seed=0,1", "epochs=2", "width=2")
    assert same == identity("depth=8,14,20", "seed=0,1,2,3", "epochs=2", "width=2"), "more values"
    assert same == identity("width=2", "seed=1,0", "epochs=2", "depth=20,8"), "another order"
    for word in ("tracking=none", "trainer.threads=1", "tracking.folder=/a", "data.folder=/b", "trainer.device=cpu"):
        assert same == identity("depth=8,14", "seed=0,1", "epochs=2", "width=2", word), word
    assert same == identity("depth=8,14", "seed=0,1", "epochs=2", "width=2", scheduler="asha", minutes=3.0, cpu=2.0)
    others = {
        identity("depth=8,14", "seed=0,1", "epochs=3", "width=2"),
        identity("depth=8,14", "seed=0,1", "epochs=2"),
        identity("depth=8,14", "epochs=2", "width=2"),
        identity("depth=8,14", "seed=0,1", "epochs=2", "width=2,3"),
        identity("depth=8,14", "seed=0,1", "epochs=2", "width=2", search="optuna", samples=3),
        identity("depth=8,14", "seed=0,1", "epochs=2", "width=2", search="random", samples=3),
        identity("depth=8,14", "seed=0,1", "epochs=2", "width=2", search="random", samples=3, seed=1),
    }
    assert len({same, *others}) == 8


def test_fingerprints_do_not_depend_on_order_tracking_or_threads() -> None:
    (one,) = plan("depth=8", "epochs=2").trials
    (other,) = plan("epochs=2", "trainer.threads=1", "tracking=none", "depth=8", "trainer.device=cpu").trials
    (moved,) = plan("epochs=2", "tracking.folder=/elsewhere", "depth=8").trials
    (longer,) = plan("epochs=3", "depth=8").trials
    assert one.fingerprint == other.fingerprint == moved.fingerprint != longer.fingerprint


def test_values_of_groups_and_of_keys_below_them_are_found() -> None:
    (first, *_) = plan("depth=8", "optimizer=adamw,sgd", "data.crop=0,1").trials
    assert first.values == {"optimizer": "adamw", "data.crop": 0}
