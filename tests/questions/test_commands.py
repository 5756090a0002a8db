"""What the command of every question does: its help, and a mistake in one line. What is a question is in src."""

from importlib import import_module

import pytest
import yaml

from depthlab.questions.base import Question
from tests.questions.conftest import Pipeline
from tests.rules import ROOT
from tests.sweeps.in_turn import without_ray

FOLDERS = (ROOT / "src" / "depthlab" / "questions").glob("*/question.py")
QUESTIONS: dict[str, Question] = {
    name: import_module(f"depthlab.questions.{name}.question").QUESTION
    for name in sorted(path.parent.name for path in FOLDERS)
}
MISTAKES = [
    pytest.param(name, words, said, id=f"{name} {' '.join(words)}")
    for name in QUESTIONS
    for words, said in import_module(f"tests.questions.{name}.mistakes").MISTAKES
]


@pytest.mark.parametrize(("name", "words", "said"), MISTAKES)
def test_a_mistake_is_a_line(name: str, words: tuple[str, ...], said: str, pipeline: Pipeline) -> None:
    with without_ray():
        answer = pipeline(name, *words)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err and answer.err.count("\n") == 1


@pytest.mark.parametrize("name", QUESTIONS)
def test_help_tells_what_can_be_typed(name: str, pipeline: Pipeline) -> None:
    question, answer = QUESTIONS[name], pipeline(name, "--help")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith(question.about.strip())
    flat = " ".join(answer.out.split())  # the command is written as it works where it is printed
    assert all(" ".join(part.split()) in flat for part in question.sweep_help.split("python train.py"))
    assert all(f"/{name}.py {words}\n" in answer.out for words in question.examples)
    for key, meaning in ({"output": "the folder of the page"} | dict(question.options)).items():
        assert any(line.split()[:1] == [key] and meaning in line for line in answer.out.splitlines()), key
    space = yaml.safe_load((ROOT / "conf" / "sweep" / f"{question.sweep or name}.yaml").read_text())
    assert all(f"{key}={value}" in answer.out for key, value in space["params"].items())
