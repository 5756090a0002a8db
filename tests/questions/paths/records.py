"""Records of paths, made up: of several seeds and of one, with networks that have a single path or no units."""

from dataclasses import replace
from math import comb

from depthlab.questions.paths.effective_paths import find_effective
from depthlab.questions.paths.effective_training import pair_runs
from depthlab.questions.paths.published import published_path_facts
from depthlab.questions.paths.record import (
    GradientByLength,
    NearbyGradients,
    PathGradients,
    PathLengths,
    PathRun,
    PathsRecord,
    SampledLength,
)
from depthlab.questions.paths.verdict import judge
from depthlab.records import QuestionRecord, RunRef, TrialState


def residual(depth: int, seed: int, *, factor: float = 0.3) -> PathRun:
    """Return a run whose gradient shrinks by about `factor` a branch."""
    units = (depth - 2) // 2
    norms = tuple(
        SampledLength(
            length=k,
            paths=comb(units, k),
            samples=128,
            at_stack=tuple((factor * (1 + 0.02 * seed)) ** k * (1 + 0.05 * draw) for draw in range(3)),
            at_image=tuple(0.5 * factor**k * (1 + 0.05 * draw) for draw in range(3)),
            log_mean=-0.5 * k,
            log_std=0.4,
            zeros=0,
        )
        for k in range(units + 1)
    )
    gradients = PathGradients("branches", 64, 3, norms, 1.5, 0.7)
    layers = [0] * (depth + 1)
    for k in range(units + 1):
        layers[2 * k + 2] = comb(units, k)
    lengths = PathLengths(tuple(comb(units, k) for k in range(units + 1)), tuple(layers))
    return PathRun(
        fingerprint=f"r{depth}{seed}",
        network=f"resnet-{depth}",
        series="resnet",
        place=depth,
        seed=seed,
        train_error=0.1,
        test_error=2 + 0.1 * seed + 10 / depth,
        active_units=0,
        units=units,
        lengths=lengths,
        gradients=gradients,
        effective=find_effective(gradients),
        by_length=by_length(units, 0.6 * factor * (1 + 0.02 * seed)),
        initial_weights=f"of {depth} and {seed}",
        initial=nearby(0.8 - depth / 400 - 0.01 * seed),
        final=nearby(0.9 - depth / 600 - 0.012 * seed),
    )


def by_length(units: int, q: float) -> GradientByLength:
    """Return the parts of units that multiply the gradient by 1 + q z, where the paths of all branches work against."""
    shares = [comb(units, k) * q**k / (1 + q) ** units for k in range(units + 1)]
    shares[0], shares[-1] = shares[0] + 0.001, shares[-1] - 0.001
    paths = tuple(comb(units, k) for k in range(units + 1))
    norms = tuple(2 * abs(share) for share in shares)
    return GradientByLength("branches", 64, tuple(range(units + 1)), paths, tuple(shares), norms)


def plain(depth: int, seed: int) -> PathRun:
    units = (depth - 2) // 2
    return replace(
        residual(depth, seed),
        fingerprint=f"p{depth}{seed}",
        network=f"plain-{depth}",
        series="plain",
        units=0,
        lengths=PathLengths((*[0] * units, 1), (*[0] * depth, 1)),
        gradients=None,
        effective=None,
        by_length=None,
        initial=nearby(0.6 - depth / 100 - 0.013 * seed),
        final=nearby(0.7 - depth / 200 - 0.011 * seed),
    )


def foreign(seed: int) -> PathRun:
    note = "a Net has no units of named paths, so its paths can't be told apart"
    return replace(plain(8, seed), network="Net", series="my_package.Net", lengths=None, note=note, initial=None)


def nearby(correlation: float, points: int = 16) -> NearbyGradients:
    curve = tuple(correlation**lag for lag in range(points))
    return NearbyGradients(points, 3, 0.05, curve, (correlation,) * 3)


def record_of(runs: list[PathRun], *, trains: bool = True, lost: bool = False, data: str = "digits") -> PathsRecord:
    """Return the record of runs; half of each residual network's units are trained in the second part."""
    counts = {run.network: 4 for run in runs if run.effective is not None and trains}
    trained = [
        replace(run, network=f"{run.network} active_units=4", active_units=4, test_error=run.test_error + more)
        for run in runs
        if run.network in counts
        for more in (0.4 + 0.07 * run.seed,)
    ]
    training = pair_runs(runs, trained, counts)
    note = "" if training else "No network here has units with a skip."
    refs = [*map(reference, runs), *(lost_runs_of(plain(56, 0)) if lost else ())]
    about = QuestionRecord(
        question="paths",
        command=("python", "pipelines/paths.py", "seed=0,1"),
        date="2026-11-23T12:00:00+00:00",
        sweep="0123456789abcdef",
        sweep_run="abc123",
        axes=("model", "depth", "seed", "active_units"),
        held={"data": data, "learning_rate": 0.05, "epochs": 20},
        hardware=("a processor, threads: 1, fp32",),
        commits=("c0ffee",),
        versions={"torch": "2.13.0"},
        runs=tuple(refs),
    )
    return judge(
        PathsRecord(about, tuple(runs), training, published=published_path_facts(), note=note, trained={"test": 359})
    )


def reference(run: PathRun) -> RunRef:
    return RunRef(
        name=f"{run.network} · digits · seed {run.seed}",
        group=run.network,
        series=run.series,
        place=run.place,
        state="finished",
        values={"model": run.series, "depth": run.place, "seed": run.seed},
        fingerprint=run.fingerprint,
        words=(f"model={run.series}", f"seed={run.seed}"),
    )


def lost_runs_of(run: PathRun) -> list[RunRef]:
    """Return three runs of a network, of which one diverged."""
    refs = [replace(reference(run), fingerprint=f"{run.network}-{seed}") for seed in range(3)]
    return [*refs[:2], replace(refs[2], state=TrialState.FAILED, fault="diverged")]


def several() -> PathsRecord:
    return record_of([kind(depth, seed) for kind in (plain, residual) for depth in (20, 56) for seed in range(3)])


def one_seed() -> PathsRecord:
    return record_of([plain(20, 0), residual(14, 0)])


def only_plain() -> PathsRecord:
    return record_of([plain(20, 0), plain(20, 1)])


def with_foreign() -> PathsRecord:
    return record_of([residual(14, 0), residual(14, 1), foreign(0), foreign(1)], trains=False, lost=True)


def refused() -> PathsRecord:
    """Return the record of networks of a person's own alone, in which nothing could be measured."""
    return record_of([replace(foreign(seed), final=None) for seed in range(2)])
