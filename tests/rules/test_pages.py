"""What the pages tell people to type works. Commands stand in ```bash blocks; each is checked by its first word."""

import importlib
import itertools
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from depthlab.command_line.figure_style import FIGURE_KEYS
from depthlab.questions import Question
from depthlab.questions.arguments import read_arguments
from depthlab.recipe import AXES, compose, compose_each, read_space
from depthlab.sweeps import settings_of
from depthlab.sweeps.plan.plan import ends
from tests.rules import ROOT

PAGES = [
    "README.md",
    "CONTRIBUTING.md",
    "mlruns/README.md",
    *sorted(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md")),
]
MAIN = "python train.py model=resnet depth=56"
# Programs that these pages may call and that this test doesn't follow.
PROGRAMS = {
    ".",
    "source",
    "export",
    "git",
    "cd",
    "docker",
    "kubectl",
    "ray",
    "sbatch",
    "tar",
    "npm",
    "pip",
    "eval",
    "depthlab",
}


def commands(text: str) -> list[list[str]]:
    """Every command of the ```bash blocks of a page, in words; `a && b` and a line each are commands of their own."""
    found = []
    for block in re.findall(r"^```bash\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=True)
            split = [list(part) for is_and, part in itertools.groupby(words, lambda word: word == "&&") if not is_and]
            found += [as_script(without_prefix(part)) for part in split]
    return found


def without_prefix(words: list[str]) -> list[str]:
    """The command without `NAME=value` before it, and without the folder of the environment."""
    while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
        words = words[1:]
    return [words[0].removeprefix(".venv/bin/"), *words[1:]]


def as_script(words: list[str]) -> list[str]:
    """The command as it is typed in a checkout, without what its output is piped into: depthlab train is train.py."""
    words = list(itertools.takewhile(lambda word: word != "|", words))
    if words[0] != "depthlab" or words[1].startswith("-"):
        return words
    words = [word for word in words if word != "--json"]
    scripts = {"train": ["train.py"], "sweep": ["train.py", "-m"]}
    return ["python", *scripts.get(words[1], [f"pipelines/{words[1]}.py"]), *words[2:]]


ALL = [(page, words) for page in PAGES for words in commands((ROOT / page).read_text(encoding="utf-8"))]


def starting_with(*first: str) -> list[tuple[str, list[str]]]:
    return [(page, words) for page, words in ALL if tuple(words[: len(first)]) == first]


def named(cases: list[tuple[str, list[str]]]) -> list[object]:
    return [pytest.param(words, id=f"{page}: {' '.join(words)}") for page, words in cases]


def test_commands_are_read_as_a_person_reads_them():
    page = "```bash\nmake setup && .venv/bin/python train.py \\\n  depth='[1,2]'  # why\n```\n```\nnot me\n```\n"
    assert commands(page) == [["make", "setup"], ["python", "train.py", "depth=[1,2]"]]
    assert commands("```bash\n# nothing\n\nA_B=1 pytest -m slow\n```\n") == [["pytest", "-m", "slow"]]


def test_the_readme_opens_with_the_main_command():
    assert ["make", "setup"] in [words for page, words in ALL if page == "README.md"]
    assert MAIN.split() in [words for page, words in ALL if page == "README.md"]


def test_ci_calls_the_test_command_of_the_readme():
    assert ["make", "test"] in [words for page, words in ALL if page == "README.md"]
    assert (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()[-1] == "make test-all"


def test_every_command_is_of_a_known_kind():
    known = PROGRAMS | {"make", "pytest", "mlflow", "pre-commit", "python"}
    unknown = [
        (page, words) for page, words in ALL if words[0] not in known and not os.access(ROOT / words[0], os.X_OK)
    ]
    assert [f"{page}: {' '.join(words)}" for page, words in unknown] == []
    assert [words for _, words in starting_with("python") if not (ROOT / words[1]).is_file()] == []


@pytest.mark.slow
@pytest.mark.parametrize("words", named(starting_with("python", "train.py")))
def test_train_commands_compose(words: list[str]):
    arguments = words[2:]
    flags = {word for word in arguments if word.startswith("-")}
    assert flags <= {"-m", "--multirun", "--dry-run", "--help"}
    overrides = [word for word in arguments if word not in flags]
    several = flags & {"-m", "--multirun", "--dry-run"}
    recipes = list(compose_each(ends(read_space(overrides)))) if several else [compose(overrides)]
    assert [recipe for recipe in recipes if isinstance(recipe, ValueError)] == []
    assert len({str(recipe) for recipe in recipes}) == len(recipes) > 0


@pytest.mark.parametrize("words", named([case for case in ALL if case[1][0] == "make"]))
def test_make_commands_exist(words: list[str]):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    options = [word.partition("=")[0] for word in words[1:] if "=" in word]
    assert [name for name in options if not re.search(rf"^{name} \?=", makefile, flags=re.MULTILINE)] == []
    above = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    subprocess.run(["make", "--dry-run", *words[1:]], cwd=ROOT, env=above, capture_output=True, check=True)


@pytest.mark.parametrize("words", named([case for case in ALL if case[1][0] in ("pytest", "mlflow", "pre-commit")]))
def test_programs_are_in_the_environment(words: list[str]):
    assert (Path(sys.executable).parent / words[0]).is_file()


def _key(word: str) -> str:
    return word.partition("=")[0]


def question_of(script: str) -> Question | None:
    """The question that a script of pipelines/ answers, None for the others."""
    text = (ROOT / script).read_text(encoding="utf-8")
    [*packages] = re.findall(r"^from (depthlab\.questions\.\w+\.question) import QUESTION$", text, re.MULTILINE)
    return importlib.import_module(packages[0]).QUESTION if packages else None


PIPELINES = [case for case in starting_with("python") if case[1][1].startswith("pipelines/")]
ASKED = [case for case in PIPELINES if question_of(case[1][1]) is not None]


@pytest.mark.slow
@pytest.mark.parametrize("words", named(ASKED))
def test_commands_of_questions_are_read_and_make_networks(words: list[str]):
    """Its options are those of the question, and the other words make a sweep with at least one network that exists."""
    question = question_of(words[1])
    assert question is not None
    arguments = read_arguments(words[2:], question.usage)
    assert arguments.options.keys() <= question.options.keys()
    settings = settings_of(arguments.overrides)
    ended = list(compose_each(ends(read_space(arguments.overrides, settings.params))))
    impossible = [one for one in ended if isinstance(one, ValueError)]
    files = Path(sys.modules[question.package].__path__[0]).glob("*.py")
    skips = settings.impossible == "skip" or any('"sweep.impossible=skip"' in file.read_text() for file in files)
    assert len(ended) > len(impossible) and (skips or impossible == [])


@pytest.mark.slow
@pytest.mark.parametrize("words", named([case for case in PIPELINES if case not in ASKED]))
def test_pipeline_commands_name_keys_that_the_pipeline_reads(words: list[str]):
    name = Path(words[1]).stem
    file = "questions/runs_page/command.py" if name == "report" else f"commands/{name}.py"
    text = (ROOT / "src" / "depthlab" / file).read_text(encoding="utf-8")
    if "compose(" in text:  # words that are not the pipeline's own make a recipe
        compose([word for word in words[2:] if f'"{_key(word)}": "' not in text])
        return
    keys = [_key(word) for word in words[2:] if "=" in word]
    if "read_query(" in text:  # words that are not the pipeline's own are axes of runs
        keys = [key for key in keys if key not in (*AXES, "model", "data", "optimizer", "schedule")]
    known = FIGURE_KEYS if "FIGURE_KEYS" in text else ()
    assert [key for key in keys if key not in known and f'"{key}"' not in text] == []
