"""What tests of commands share with those of questions."""

from tests.questions.conftest import pipeline, trained

__all__ = ["pipeline", "trained"]
