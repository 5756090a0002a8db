"""The command `depthlab NAME ...`: NAME is a file beside this one, with a function `main`, or a question.

Nothing is imported but what was named, so that `depthlab --help` is quick.
"""

import ast
import sys
from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import entry_points, version
from importlib.util import find_spec
from pathlib import Path

from depthlab.invocation import called_as

QUESTIONS = "depthlab.questions"  # the room, and the group of entry points by which other packages add some
_HERE = Path(__file__).parent
_HELPERS = ("__init__", "completion", "entry")


def main() -> None:
    """Run what was typed after `depthlab`; a mistake is one line and exit code 2."""
    name, rest = (sys.argv[1], sys.argv[2:]) if len(sys.argv) > 1 else ("--help", [])
    if name in ("--help", "-h"):
        print(_help())
    elif name == "--version":
        print(f"depthlab {version('depthlab')}")
    elif name in ("--shell-completion", "-sc"):
        from depthlab.command_line import run_command
        from depthlab.commands.completion import complete

        run_command(lambda: complete(rest))
    elif name in command_names() or name in question_names():
        sys.argv[1:] = rest
        with called_as(name, [word for word in rest if word != "--json"]):
            run(name)
    else:
        print(f"error: {_unknown(name)}", file=sys.stderr)
        raise SystemExit(2)


def run(name: str) -> None:
    """Run a command or answer a question; the words are in `sys.argv`."""
    from depthlab.command_line import run_command

    if name in command_names():
        run_command(import_module(f"{__package__}.{name}").main)
        return
    from depthlab.questions import answer, find_question

    answer(find_question(name))


def command_names() -> list[str]:
    """Return the names of the commands that are no questions."""
    return sorted(file.stem for file in _HERE.glob("*.py") if file.stem not in _HELPERS)


def question_names() -> list[str]:
    """Return the names of the questions, those that other packages add included, without importing any."""
    own = [file.parent.name for file in (_HERE.parent / "questions").glob("*/question.py")]
    return sorted({*own, *(one.name for one in entry_points(group=QUESTIONS))})


def _help() -> str:
    train, *others = sorted(command_names(), key=lambda name: name != "train")
    width = max(map(len, [*others, *question_names()])) + 2
    lines = [f"  {name:{width}}{_about(_HERE / f'{name}.py')}" for name in (train, *others)]
    asked = [f"  {name:{width}}{_about_question(name)}" for name in question_names()]
    return "\n".join(
        [
            "depthlab: what do depth, width and regularization buy in a convolutional network?",
            "",
            "  depthlab train model=resnet depth=56              one network",
            "  depthlab train -m model=plain,resnet depth=20,56  a sweep; depthlab sweep is the same",
            "  depthlab degradation data=cifar10 seed=0,1,2      a question, to its page",
            "",
            *lines,
            "",
            "Questions:",
            "",
            *asked,
            "",
            "  depthlab NAME --help                            what it takes",
            "  depthlab NAME ... --json                        one line of JSON on standard output, and nothing else",
            "  depthlab --shell-completion install=bash        (or zsh, fish) what the shell is to evaluate",
            "  depthlab --version",
            "",
            "Exit codes: 0 done; 1 done, with a difference or something left out; 2 a mistake in what was typed;",
            "3 trials are missing; 130 and 143 stopped.",
        ]
    )


def _about_question(name: str) -> str:
    file = _HERE.parent / "questions" / name / "question.py"
    if file.is_file():
        return _about(file)
    entry = next(one for one in entry_points(group=QUESTIONS) if one.name == name)
    package, *inside = entry.module.split(".")
    spec = find_spec(package)  # of the package alone, as a longer name would import it
    places = (Path(place, *inside) for place in (spec and spec.submodule_search_locations) or ())
    files = (file for place in places for file in (place.with_suffix(".py"), place / "__init__.py"))
    about = next((_about(file) for file in files if file.is_file()), "")
    return f"{about} (from {package})" if about else f"from {package}"


def _about(file: Path) -> str:
    """Return the first sentence of a file's docstring."""
    text = " ".join((ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").split("\n\n")[0].split())
    end = min((place for mark in ("? ", ". ") if (place := text.find(mark)) >= 0), default=len(text))
    return text[: end + 1].rstrip(".:")


def _unknown(name: str) -> str:
    known = [*command_names(), *question_names()]
    if "=" in name or name in ("-m", "--multirun"):
        return f"{name} says no command: type depthlab train {' '.join(sys.argv[1:])}"
    near = get_close_matches(name, known, n=1)
    guess = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
    return f"there is no command {name}; {guess}"
