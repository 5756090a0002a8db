"""The command line of the pipelines."""

import pytest

from depthlab.command_line import key_values, run_command

REQUIRED = {"run": "a run's id or folder", "images": "a folder of pictures"}
OPTIONAL = {"weights": "final or best"}


def read(*words: str, first: str | None = None) -> dict[str, str]:
    return key_values(words, required=REQUIRED, optional=OPTIONAL, first=first)


def test_what_is_typed() -> None:
    assert read("run=12", "images=my pictures=1") == {"run": "12", "images": "my pictures=1"}
    assert read("12", "images=x", "weights=best", first="run") == {"run": "12", "images": "x", "weights": "best"}
    assert read("++run=12", "images=x", "images=x") == {"run": "12", "images": "x"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run=12",), r"images=\.\.\. is missing, a folder of pictures: type python .* run=\.\.\. images=\.\.\."),
        (("run=12", "image=x"), r"there is no key image; did you mean images\? type python"),
        (("run=12", "foo=x"), r"there is no key foo; type python"),
        (("run=12", "x"), "'x' is not key=value; the keys are run, images, weights"),
        (("run=", "images=x"), "run= has no value: run is a run's id or folder"),
        (("run=1", "run=2"), "run is typed twice, as 1 and as 2"),
        (("--run", "12"), "'--run' is not key=value"),
    ],
)
def test_mistakes(words: tuple[str, ...], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read(*words)


def test_an_unknown_key_is_told_with_those_that_there_are() -> None:
    with pytest.raises(ValueError, match=r"^there is no key foo; the keys of python \S+ are weights$"):
        key_values(["foo=1"], required={}, optional=OPTIONAL)
    with pytest.raises(
        ValueError, match=r"^there is no key weight; did you mean weights\? the keys of python \S+ are weights$"
    ):
        key_values(["weight=1"], required={}, optional=OPTIONAL)


def test_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        key_values(["--help"], required=REQUIRED, optional=OPTIONAL, about="Name what is on pictures.")
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Name what is on pictures.\n")
    assert "images   a folder of pictures" in shown
    assert "(optional)" in shown


def test_a_script_ends_as_train_does(capsys: pytest.CaptureFixture[str]) -> None:
    def script() -> None:
        raise ValueError("there is no run 12")

    with pytest.raises(SystemExit) as ended:
        run_command(script)
    assert ended.value.code == 2
    assert capsys.readouterr().err == "error: there is no run 12\n"
