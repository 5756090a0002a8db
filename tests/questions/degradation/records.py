"""Records of degradation, made up: with several seeds and with one, with lost runs, tuned."""

import math

from depthlab.published import published_twins
from depthlab.questions.degradation.record import Choice, DegradationRecord, Score, Tuning
from depthlab.questions.degradation.trends import Rule
from depthlab.questions.degradation.verdict import judge_condition, tell_tuning
from depthlab.records import QuestionRecord
from tests.questions.degradation.runs import answers

RULE = Rule({"training": 45_000, "validation": 5_000, "test": 10_000}, 90.0)
SEVERAL = {
    "plain-20": [0.9, 1.1, 1.0],
    "plain-56": [8.5, 9.5, 9.3],
    "resnet-20": [0.8, 1.0, 0.9],
    "resnet-56": [0.7, 1.1, 0.8],
}
ONE = {name: errors[:1] for name, errors in SEVERAL.items()}
LOST = SEVERAL | {"plain-56": [math.nan, 9.5, math.nan]}


def record_of(errors: dict[str, list[float]], *, data: str = "cifar10", published: bool = True) -> DegradationRecord:
    refs, runs = answers(errors)
    condition = judge_condition("held", refs, runs, RULE)
    about = QuestionRecord(
        question="degradation",
        command=("python", "pipelines/degradation.py", "seed=0,1 2"),
        date="2026-11-23T12:00:00+00:00",
        sweep="0123456789abcdef",
        sweep_run="abc123",
        axes=("model", "depth", "seed"),
        held={"data": data, "learning_rate": 0.05, "epochs": 20, "optimizer": "sgd"},
        hardware=("a processor, threads: 1, fp32",),
        commits=("c0ffee",),
        versions={"torch": "2.13.0"},
        runs=tuple(refs),
        verdict=(condition.headline, *condition.verdict),
    )
    axes = [{"data": "cifar10", "model": run.series, "depth": run.depth} for run in runs if run.seed == 0]
    return DegradationRecord(
        about,
        tuple(runs),
        (condition,),
        published=tuple(twin for one in axes for twin in published_twins(one)) if published else (),
        response_images=1024,
        gradient_batches=8,
        trained=dict(RULE.images),
        chance=RULE.chance,
    )


def tuned_record() -> DegradationRecord:
    """A tuned axis takes the degradation away."""
    refs, runs = answers(SEVERAL, learning_rate=0.05)
    others, more = answers({name: [1.0, 1.1, 0.9 + n / 10] for n, name in enumerate(SEVERAL)}, learning_rate=0.015)
    conditions = (judge_condition("tuned", others, more, RULE), judge_condition("held", refs, runs, RULE))
    scores = (Score(0.015, 0.9, 0.3, 1, 0), Score(0.05, 0.8, 0.4, 1, 0), Score(0.5, None, None, 0, 1))
    choices = tuple(Choice(name, 0.05, 0.015, True, scores) for name in SEVERAL)
    plain = record_of(SEVERAL)
    tuning = Tuning("learning_rate", (0.015, 0.05, 0.5), (1000,), "val/accuracy", choices)
    told = (conditions[0].headline, *conditions[0].verdict, tell_tuning(tuning, *conditions))
    there = {"runs": [ref.to_dict() for ref in (*refs, *others)], "verdict": told}
    about = QuestionRecord.from_dict(plain.about.to_dict() | there)
    return DegradationRecord(about, (*runs, *more), conditions, tuning, plain.published, 1024, 8, plain.trained, 90.0)
