"""Networks of equal cost with runs, made up."""

from collections.abc import Mapping, Sequence

from depthlab.records import MatchedNetwork, MeasuredRun, RunRef

# name, axis, family, values, budget and cost in thousands of parameters
SHAPES = (
    ("resnet-14", "base", "resnet", {"depth": 14.0, "width": 1.0}, 172, 172),
    ("resnext-11 11x4d", "base", "resnext", {"depth": 11.0, "width": 0.25, "cardinality": 11.0}, 172, 169),
    ("resnet-26", "depth", "resnet", {"depth": 26.0, "width": 1.0}, 344, 355),
    ("resnet-14 width 1.5", "width", "resnet", {"depth": 14.0, "width": 1.5}, 344, 350),
    ("resnext-11 27x4d", "cardinality", "resnext", {"depth": 11.0, "width": 0.25, "cardinality": 27.0}, 344, 347),
    ("resnet-44", "depth", "resnet", {"depth": 44.0, "width": 1.0}, 688, 666),
    ("resnet-14 width 2", "width", "resnet", {"depth": 14.0, "width": 2.0}, 688, 685),
    ("resnext-11 58x4d", "cardinality", "resnext", {"depth": 11.0, "width": 0.25, "cardinality": 58.0}, 688, 692),
)
NETWORKS = tuple(
    MatchedNetwork(
        network=name,
        family=family,
        axis=axis,
        words=(f"model={family}",),
        values=values,
        budget=1e3 * budget,
        cost=1e3 * cost,
        mismatch=100 * (cost / budget - 1),
        parameters=1000 * cost,
        multiply_adds=(12_500 if name == "resnet-44" else 10_000) * cost,
        step_seconds=1e-5 * cost,
    )
    for name, axis, family, values, budget, cost in SHAPES
)
# test errors by seed: width pays, depth a little, cardinality in between
SEVERAL = {
    "resnet-14": [8.9, 9.1, 9.0],
    "resnext-11 11x4d": [6.9, 7.0, 7.1],
    "resnet-26": [7.6, 7.7, 7.8],
    "resnet-14 width 1.5": [5.6, 5.5, 5.7],
    "resnext-11 27x4d": [6.4, 6.3, 6.4],
    "resnet-44": [6.4, 6.6, 6.5],
    "resnet-14 width 2": [3.0, 3.1, 2.9],
    "resnext-11 58x4d": [5.8, 5.7, 5.8],
}
IMAGES = {"training": 1293, "validation": 144, "test": 360}


def matched(errors: Mapping[str, Sequence[float]]) -> tuple[list[RunRef], list[MeasuredRun]]:
    """Return runs by network and test errors by seed; nan is a run that diverged."""
    refs, runs = [], []
    for one in NETWORKS:
        for seed, error in enumerate(errors.get(one.network, ())):
            lost = error != error
            mark = f"{one.network}/{seed}"
            values = {"model": one.family, "seed": seed, **one.values}
            refs.append(
                RunRef(
                    name=f"{one.network} · digits · seed {seed}",
                    group=one.network,
                    series=one.family,
                    place=one.cost,
                    state="failed" if lost else "finished",
                    values=values,
                    fingerprint=mark,
                    words=(*one.words, f"seed={seed}"),
                    folder=None if lost else mark,
                    fault="diverged" if lost else None,
                    message="the loss is nan" if lost else "",
                    hardware="" if lost else "a processor, threads: 1, fp32",
                )
            )
            if not lost:
                runs.append(measured_run(one, seed, error))
    return refs, runs


def measured_run(one: MatchedNetwork, seed: int, error: float) -> MeasuredRun:
    """Return a run of a network with a test error in percent, and a fourth of it in training."""
    mark = f"{one.network}/{seed}"
    return MeasuredRun(
        fingerprint=mark,
        folder=mark,
        network=one.network,
        series=one.family,
        depth=int(one.values["depth"]),
        place=one.cost,
        seed=seed,
        settings={"model": one.family, "seed": seed, **one.values},
        train_error=error / 4,
        validation_error=error + 0.5,
        test_error=error,
        train_loss=error / 50,
        parameters=one.parameters,
        multiply_adds=one.multiply_adds,
        seconds=10.0,
        curves={},
    )
