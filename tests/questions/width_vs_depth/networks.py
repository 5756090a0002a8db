"""Networks of equal cost with runs, made up."""

from collections.abc import Mapping, Sequence

from depthlab.records import MatchedNetwork, MeasuredRun, RunRef

# name, axis, family, values, budget and cost in thousands of parameters
SHAPES = (
    ("resnet-14", "base", "resnet", {"depth": 14.0, "width": 1.0}, 172, 172),
    ("resnext-11 11x4d", "base", "resnext", {"depth": 11.0, "width": 0.25, "cardinality": 11.0}, 172, 169),
    ("resnet-26", "depth", "resnet", {"depth": 26.0, "width": 1.0}, 344, 367),
    ("resnet-14 width 1.5", "width", "resnet", {"depth": 14.0, "width": 1.5}, 344, 355),
    ("resnext-11 27x4d", "cardinality", "resnext", {"depth": 11.0, "width": 0.25, "cardinality": 27.0}, 344, 347),
    ("resnet-44", "depth", "resnet", {"depth": 44.0, "width": 1.0}, 688, 658),
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
        multiply_adds=10_000 * cost,
    )
    for name, axis, family, values, budget, cost in SHAPES
)
# test errors by seed: width pays, depth a little, cardinality in between
SEVERAL = {
    "resnet-14": [8.0, 8.2, 8.1],
    "resnext-11 11x4d": [7.0, 7.1, 7.3],
    "resnet-26": [7.8, 7.9, 8.0],
    "resnet-14 width 1.5": [6.2, 6.4, 6.3],
    "resnext-11 27x4d": [6.5, 6.4, 6.6],
    "resnet-44": [7.6, 7.8, 7.7],
    "resnet-14 width 2": [5.2, 5.3, 5.4],
    "resnext-11 58x4d": [6.0, 5.9, 6.1],
}


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
                runs.append(
                    MeasuredRun(
                        fingerprint=mark,
                        folder=mark,
                        network=one.network,
                        series=one.family,
                        depth=int(one.values["depth"]),
                        place=one.cost,
                        seed=seed,
                        settings=values,
                        train_error=error / 4,
                        validation_error=error + 0.5,
                        test_error=error,
                        train_loss=error / 50,
                        parameters=one.parameters,
                        multiply_adds=one.multiply_adds,
                        seconds=10.0,
                        curves={},
                    )
                )
    return refs, runs
