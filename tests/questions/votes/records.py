"""Records of votes, made up: with several seeds and with one, with nothing to vote."""

import random
from dataclasses import replace

from depthlab.questions.votes.record import (
    Ensemble,
    EnsemblePoint,
    LayerFeatures,
    VoteCurve,
    VotePoint,
    VoteScore,
    VotesRecord,
    VotingRun,
)
from depthlab.questions.votes.verdict import judge
from depthlab.records import Interval, QuestionRecord, RunRef
from tests.questions.degradation.runs import ref

PLAIN, DROPPING, DEEP, CYCLIC = (
    *("resnet-14", "resnet-14 dropout=0.3", "resnet-14 drop_path=0.5", "resnet-14 schedule=snapshots"),
)
KEYS = {
    PLAIN: {"dropout": 0.0, "drop_path": 0.0, "schedule": "one_cycle"},
    DROPPING: {"dropout": 0.3, "drop_path": 0.0, "schedule": "one_cycle"},
    DEEP: {"dropout": 0.0, "drop_path": 0.5, "schedule": "one_cycle"},
    CYCLIC: {"dropout": 0.0, "drop_path": 0.0, "schedule": "snapshots"},
}
SIZES = (1, 2, 5, 10, 20, 50)


def score(error: float, noise: random.Random) -> VoteScore:
    error = max(0.0, error + noise.gauss(0, 0.1))
    return VoteScore(error, error / 30 + noise.gauss(0, 0.002), error / 2 + 0.5, 0.5)


def curve(method: str, whole: float, excess: float, noise: random.Random, sizes: tuple[int, ...] = SIZES) -> VoteCurve:
    """Return ensembles of m that are `excess / m` points worse than `whole`."""
    points = tuple(VotePoint(size, tuple(score(whole + excess / size, noise) for _ in range(4))) for size in sizes)
    return VoteCurve(method, "arithmetic", 2 * sizes[-1], points, 4.0, Interval(3.5, 4.5))


def geometric(of: VoteCurve) -> VoteCurve:
    return replace(of, mean="geometric")


def snapshots(whole: VoteScore, noise: random.Random) -> VoteCurve:
    points = [VotePoint(1, (whole,))]
    points += [VotePoint(size, (score(whole.error - 0.2 * size, noise),)) for size in range(2, 6)]
    return VoteCurve("snapshots", "arithmetic", 5, tuple(points), 2.0, Interval(1.0, 3.0))


def features(dropping: bool, noise: random.Random) -> tuple[LayerFeatures, ...]:
    base = 0.2 if dropping else 0.3
    layers = [
        LayerFeatures(f"layer{place}", 16, place % 2, base + noise.gauss(0, 0.01), 0.5, 0.4 + 0.1 * place)
        for place in range(5)
    ]
    return (*layers, LayerFeatures("last", 1, 0, None, 0.1, 1.0))


def voting_run(network: str, seed: int, noise: random.Random) -> VotingRun:
    whole = score(3.0, noise)
    curves: tuple[VoteCurve, ...] = ()
    if network == DROPPING:
        found = curve("dropout", whole.error, 4.0, noise)
        curves = (found, geometric(found))
    if network == DEEP:
        found = curve("stochastic depth", whole.error + 3, 20.0, noise)
        curves = (found, geometric(found))
    if network == CYCLIC:
        curves = (snapshots(whole, noise),)
    made = made_ref(network, seed)
    return VotingRun(
        fingerprint=made.fingerprint,
        folder=str(made.folder),
        network=network,
        seed=seed,
        settings={"model": "resnet", "depth": 14, "width": 1, "seed": seed} | KEYS[network],
        parameters=172_218,
        multiply_adds=1_631_872,
        whole=whole,
        curves=curves,
        features=features(network == DROPPING, noise),
    )


def ensemble(network: str, runs: list[VotingRun], noise: random.Random) -> Ensemble:
    """Return ensembles that gain a point of error, the more members the more of it."""
    points = []
    for size in range(1, len(runs) + 1):
        gains = [(1 - 1 / size) * noise.gauss(1, 0.02) for _ in runs]
        alone = [
            VoteScore(run.whole.error - gain, run.whole.loss - gain / 30, run.whole.calibration, 0.5)
            for run, gain in zip(runs, gains, strict=True)
        ]
        shares = tuple(alone) if size < len(runs) else ()
        points.append(EnsemblePoint(size, 10, mean(alone), shares))
    return Ensemble(network, tuple(run.seed for run in runs), "arithmetic", tuple(points), 3.0, Interval(2.0, 4.0))


def mean(scores: list[VoteScore]) -> VoteScore:
    count = len(scores)
    return VoteScore(
        sum(one.error for one in scores) / count,
        sum(one.loss for one in scores) / count,
        sum(one.calibration for one in scores) / count,
        0.5,
    )


def made_ref(network: str, seed: int, **more) -> RunRef:
    made = ref("resnet", 14, seed, **KEYS[network], **more)
    return RunRef.from_dict(made.to_dict() | {"group": network, "fingerprint": f"{network}/{seed}"})


def record_of(
    seeds: int = 4, networks: tuple[str, ...] = tuple(KEYS), *, lost: bool = False, notes: tuple[str, ...] = ()
) -> VotesRecord:
    noise = random.Random(1)
    refs = [made_ref(network, seed) for network in networks for seed in range(seeds)]
    runs = [voting_run(network, seed, noise) for network in networks for seed in range(seeds)]
    if lost:
        refs.append(made_ref(networks[0], seeds, state="failed", fault="diverged"))
    ensembles = tuple(
        ensemble(network, [run for run in runs if run.network == network], noise) for network in networks if seeds > 1
    )
    about = QuestionRecord(
        question="votes",
        command=("python", "pipelines/votes.py"),
        date="2026-11-23T12:00:00+00:00",
        sweep="0123456789abcdef",
        sweep_run=None,
        axes=("dropout", "drop_path", "schedule", "seed"),
        held={"data": "digits", "epochs": 40},
        hardware=("a processor, threads: 1, fp32",),
        commits=("c0ffee",),
        versions={"torch": "2.13.0"},
        runs=tuple(refs),
    )
    return judge(
        VotesRecord(
            about=about,
            measured=tuple(runs),
            ensembles=ensembles,
            images=1437,
            draws=100,
            notes=notes,
            masks="network",
            trained={"training": 288, "validation": 72, "test": 1437},
        )
    )
