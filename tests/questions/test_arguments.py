"""The command line of a question."""

from dataclasses import replace
from pathlib import Path

import pytest

from depthlab.questions.arguments import SWEEP_HELP, Arguments, Usage, read_arguments

OPTIONS = {"tune": "an axis to choose", "tune.values": "values to choose from"}


USAGE = Usage("degradation", "degradation", "What does depth cost?", OPTIONS, ("data=cifar10",), SWEEP_HELP)


def read(*words: str) -> Arguments:
    return read_arguments(words, USAGE)


def test_nothing_typed_asks_the_named_question() -> None:
    assert read() == Arguments(("sweep=degradation",), {}, Path("reports/degradation"))


def test_overrides_and_own_options_are_parted() -> None:
    typed = read("depth=20,56", "tune=learning_rate", "output=a/b", "seed=range(3)", "tune.values=0.1,0.2")
    assert typed.overrides == ("sweep=degradation", "depth=20,56", "seed=range(3)")
    assert typed.options == {"tune": "learning_rate", "tune.values": "0.1,0.2"}
    assert typed.output == Path("a/b")


def test_another_named_space_takes_the_place_of_the_usual_one() -> None:
    assert read("sweep=none", "depth=20,56").overrides == ("sweep=none", "depth=20,56")


def test_a_dry_run_is_an_override() -> None:
    assert "sweep.dry_run=true" in read("--dry-run", "depth=8,14").overrides


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("tune.value=1", r"there is no key tune.value; did you mean tune\.values\?"),
        ("outptu=x", r"there is no key outptu; did you mean output\?"),
        ("detph=20", r"there is no key detph; did you mean depth\?.* takes output, tune, tune\.values"),
        ("model=resnt", r"there is no model=resnt; did you mean model=resnet\?"),
        ("output=", r"'output=' has no value: output=\.\.\. is the folder of the page"),
        ("tune", r"'tune' has no value: tune=... is an axis to choose"),
        ("depth", r"'depth' is not key=value; did you mean depth=56"),
        ("--multi", r"there is no flag --multi; the flags are"),
        ("~tune=depth", r"there is no key tune"),
        ("--depth=20", r"there is no flag --depth=20; keys are typed without dashes, depth=20; the flags are"),
        ("--verbose", r"there is no flag --verbose; the flags are --dry-run and --help"),
        ("sweep.dryrun=true", r"there is no key sweep\.dryrun; did you mean sweep\.dry_run\?"),
    ],
)
def test_mistakes(word: str, said: str) -> None:
    with pytest.raises(ValueError, match=said) as error:
        read(word)
    assert "\n" not in str(error.value)


def test_an_own_option_twice_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="tune is typed twice, as depth and as width"):
        read("tune=depth", "tune=width")


def test_what_does_no_harm_is_accepted() -> None:
    expected = read("tune=depth", "depth=20,56", "model=plain")
    assert read("-m", "++tune=depth", "tune=depth", "+depth=20,56", "++model=plain", "depth=20,56") == replace(
        expected, overrides=(expected.overrides[0], "model=plain", "depth=20,56")
    )


def test_a_page_that_could_not_be_written_is_told_before_anything_is_trained(tmp_path: Path) -> None:
    (tmp_path / "page").write_text("")
    with pytest.raises(ValueError, match=r"output=.*page is a file: type a folder for the page and its figures"):
        read(f"output={tmp_path}/page")
    assert read(f"output={tmp_path}").output == tmp_path


def test_help_tells_the_default_and_every_own_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        read("--help")
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert shown.startswith("What does depth cost?\n")
    assert "model=plain,resnet depth=" in shown and "data=cifar10" in shown
    assert all(f"  {key}" in shown for key in ("output", "tune", "tune.values", "--dry-run"))
    assert "[reports/degradation]" in shown
