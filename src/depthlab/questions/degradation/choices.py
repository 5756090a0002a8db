"""How surely validation chose: which other values can't be told from the chosen one."""

from dataclasses import replace
from typing import Any

from depthlab.questions.degradation.record import Choice, Score, Tuning
from depthlab.statistics import is_significant, welch


def judge_tuning(tuning: Tuning, validation_images: int) -> Tuning:
    """Return what was chosen, with the values that are as good by Welch's test over the seeds that chose."""
    images = validation_images if tuning.metric.endswith("accuracy") else 0
    return replace(tuning, choices=tuple(replace(one, tied=_tied(one, images)) for one in tuning.choices))


def _tied(choice: Choice, images: int) -> tuple[Any, ...]:
    chosen = next((score for score in choice.scores if score.value == choice.chosen), None)
    if chosen is None or not chosen.values:
        return ()
    others = (score for score in choice.scores if score.value != choice.chosen and score.values)
    return tuple(score.value for score in others if not _differ(score, chosen, images))


def _differ(score: Score, chosen: Score, images: int) -> bool:
    scale = 100 if images else 1  # accuracies as percentages, of which the floor of the spread is
    ours, theirs = ([scale * value for value in side.values] for side in (score, chosen))
    return is_significant(welch(ours, theirs, images=images).p)
