"""A question by its name: a folder here, or an entry point of another package."""

from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec

from depthlab.questions.base import Question

GROUP = "depthlab.questions"


def find_question(name: str) -> Question:
    """Return the question. Raises `ValueError` where there is none of that name."""
    if name.isidentifier() and find_spec(f"{GROUP}.{name}") and find_spec(f"{GROUP}.{name}.question"):
        return _checked(name, import_module(f"{GROUP}.{name}.question").QUESTION)
    for entry in entry_points(group=GROUP):
        if entry.name == name:
            return _checked(name, entry.load())
    raise ValueError(f"there is no question {name}; depthlab --help lists them")


def _checked(name: str, question: object) -> Question:
    if not isinstance(question, Question):
        raise ValueError(f"the entry point {name} of {GROUP} is no Question")
    return question
