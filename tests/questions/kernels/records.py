"""Kinds of parts with runs, made up."""

from collections.abc import Mapping, Sequence

from depthlab.questions.kernels.record import KernelsRecord, VariantNetwork
from depthlab.questions.kernels.verdict import judge
from depthlab.records import MeasuredRun, QuestionRecord, RunRef

# name, slot, kind, width, cost in percent of the skeleton's
SHAPES = (
    ("resnet-8", "", "", 1.0, 100),
    ("activation=gelu", "activation", "gelu", 1.0, 100),
    ("activation=tanh", "activation", "tanh", 1.0, 100),
    ("normalization=group", "normalization", "group", 1.0, 100),
    ("normalization=none", "normalization", "none", 1.0, 88),
)
NETWORKS = tuple(
    VariantNetwork(
        network=name,
        slot=slot,
        kind=kind,
        words=("model=resnet", f"width={width:g}", *([f"parts.{slot}={kind}"] if slot else [])),
        width=width,
        budget=1e6,
        cost=1e4 * cost,
        mismatch=cost - 100,
        parameters=750 * cost,
        multiply_adds=10_000 * cost,
    )
    for name, slot, kind, width, cost in SHAPES
)
# test errors by seed: gelu is better and tanh worse on every seed, group norm is neither, without a norm one diverged
SEVERAL = {
    "resnet-8": [8.0, 8.4, 8.2],
    "activation=gelu": [6.0, 6.3, 6.2],
    "activation=tanh": [12.0, 12.5, 12.2],
    "normalization=group": [8.1, 8.2, 8.3],
    "normalization=none": [9.0, 9.9, float("nan")],
}


def kinds(errors: Mapping[str, Sequence[float]]) -> tuple[list[RunRef], list[MeasuredRun]]:
    """Return runs by network and test errors by seed; nan is a run that diverged."""
    refs, runs = [], []
    for place, one in enumerate(NETWORKS):
        for seed, error in enumerate(errors.get(one.network, ())):
            lost = error != error
            mark = f"{one.network}/{seed}"
            refs.append(
                RunRef(
                    name=f"resnet-8 · digits · seed {seed}",
                    group=one.network,
                    series=one.slot or "skeleton",
                    place=place,
                    state="failed" if lost else "finished",
                    values={"seed": seed},
                    fingerprint=mark,
                    words=(*one.words, f"seed={seed}"),
                    folder=None if lost else mark,
                    fault="diverged" if lost else None,
                    message="the loss is nan" if lost else "",
                    hardware="" if lost else "a processor, threads: 1, fp32",
                )
            )
            if not lost:
                runs.append(
                    MeasuredRun(
                        fingerprint=mark,
                        folder=mark,
                        network=one.network,
                        series=one.slot or "skeleton",
                        depth=8,
                        place=place,
                        seed=seed,
                        settings={"seed": seed},
                        train_error=error / 4,
                        validation_error=error,
                        test_error=error,
                        train_loss=0.1,
                        parameters=one.parameters,
                        multiply_adds=one.multiply_adds,
                        seconds=8.0,
                        curves={},
                    )
                )
    return refs, runs


def record_of(errors: dict[str, list[float]]) -> KernelsRecord:
    refs, runs = kinds(errors)
    about = QuestionRecord(
        question="kernels",
        command=("python", "pipelines/kernels.py"),
        date="2026-11-23T12:00:00+00:00",
        sweep="0123456789abcdef",
        sweep_run=None,
        axes=("model", "depth", "width", "parts.activation", "seed"),
        held={"data": "digits", "epochs": 20},
        hardware=("a processor, threads: 1, fp32",),
        commits=("c0ffee",),
        versions={"torch": "2.13.0"},
        runs=tuple(refs),
    )
    return judge(
        KernelsRecord(
            about=about,
            match="multiply_adds",
            networks=NETWORKS,
            measured=tuple(runs),
            same=("activation=relu",),
            trained={"training": 287, "validation": 1150, "test": 360},
        )
    )
