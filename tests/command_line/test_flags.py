"""Flags: Hydra's, in any place, and what is taken for one by mistake."""

import pytest

from depthlab.command_line.flags import read_flags


def test_flags_may_stand_between_words() -> None:
    flags, words = read_flags(["depth=56", "-m", "seed=0,1", "-c", "job", "seed=2"])
    assert (flags.multirun, flags.cfg, flags.overrides) == (True, "job", ["depth=56", "seed=0,1", "seed=2"])
    assert words == ["-m", "-c", "job", "depth=56", "seed=0,1", "seed=2"]


@pytest.mark.parametrize("typed", [["--dry-run", "seed=0,1"], ["seed=0,1", "-m", "--dry-run"]])
def test_a_dry_run_is_a_sweep(typed: list[str]) -> None:
    flags, words = read_flags(typed)
    assert flags.multirun
    assert flags.overrides == ["seed=0,1", "sweep.dry_run=true"]
    assert words == ["-m", "seed=0,1", "sweep.dry_run=true"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--multirrun"], r"there is no flag --multirrun; did you mean --multirun\?"),
        (["--multi"], r"there is no flag --multi; did you mean --multirun\?"),
        (["--depth", "56"], r"--depth: keys are typed without dashes, depth=\.\.\."),
        (["--depth=56"], "--depth=56: keys are typed without dashes, depth=56"),
        (["-depth=56"], "keys are typed without dashes, depth=56"),
        (["--batch-size=64"], "keys are typed without dashes, batch_size=64"),
        (["--model.unit=basic"], r"keys are typed without dashes, model\.unit=basic"),
        (["--epoch=3"], r"did you mean epochs=3\?"),
        (["--dryrun"], r"there is no flag --dryrun; did you mean --dry-run\?"),
        (["-x"], "there is no flag -x; .*python train.py --help"),
        (["-c", "jobb"], "invalid choice: 'jobb'"),
        (["-c"], "expected one argument"),
        (["--info", "nothing"], "invalid choice: 'nothing'"),
        (["-cd", "/there/is/none"], "--config-dir /there/is/none: there is no such folder"),
    ],
)
def test_mistakes(words: list[str], said: str) -> None:
    with pytest.raises(ValueError, match=said) as caught:
        read_flags(words)
    assert "\n" not in str(caught.value)
