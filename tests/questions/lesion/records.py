"""Lesions made up: networks that lose what is said, nothing was trained."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from depthlab.questions.lesion.published import published_lesions
from depthlab.questions.lesion.record import Deletion, LesionedRun, LesionRecord, Lesions, Reordering
from depthlab.questions.lesion.verdict import judge
from depthlab.records import FixedUnit, LesionSite, QuestionRecord, RunRef

STAGES = (3, 3)  # units a stage


def sites_of(model: str) -> tuple[tuple[LesionSite, ...], tuple[FixedUnit, ...]]:
    """Two stages of three units, of which the fourth changes the shape."""
    sites, fixed_units = [], []
    for place in range(6):
        stage, name = 1 + place // 3, f"{1 + place // 3}.{1 + place % 3}"
        if model == "plain" and place == 3:
            fixed_units.append(
                FixedUnit(name, stage, place, "it changes the shape from 16x8x8 to 32x4x4 and has no skip")
            )
        else:
            path, how = ("", "identity") if model == "plain" else ("branch", "skip alone")
            sites.append(LesionSite(name, stage, place, path, how, transition=place == 3))
    return tuple(sites), tuple(fixed_units)


def lesioned(model: str, seed: int, whole: float, rise: float, *, draws: int = 3, **settings: Any) -> LesionedRun:
    """Each deletion costs `rise` points, the transition twice as much."""
    sites, fixed_units = sites_of(model)
    singles = tuple(whole + rise * (2 if site.transition else 1) for site in sites)
    count = len(sites)
    deletions = tuple(
        Deletion(n, draw, tuple(range(n)), min(90.0, whole + n * rise + draw))
        for n in range(1, count + 1)
        for draw in range(draws)
    )
    moved = tuple(
        Reordering(swaps, draw, 1 - 0.1 * swaps, min(90.0, whole + 5 * swaps + draw))
        for swaps in (1, 2, 3)
        for draw in range(draws)
    )
    suffix = "".join(f" {key}={value}" for key, value in settings.items())
    return LesionedRun(
        fingerprint=f"{model}{suffix}{seed}",
        folder=f"{model}-{seed}",
        network=f"{model}-20{suffix}",
        series=f"{model}{suffix}",
        seed=seed,
        settings={"model": model, "depth": 20, "seed": seed, **settings},
        classes=10,
        lesions=Lesions(
            error=whole,
            draw_error=whole,
            single_images=360,
            draw_images=300,
            stages=2,
            units=6,
            sites=sites,
            fixed_units=fixed_units,
            singles=singles,
            deletions=deletions,
            inner_deletions=tuple(one for one in deletions if one.count < count) if model != "plain" else (),
            reorderings=moved,
        ),
        initial_weights=f"of {settings.get('depth', 20)} and {seed}",
    )


def ref_of(run: LesionedRun, state: str = "finished") -> RunRef:
    return RunRef(
        name=f"{run.network} · digits · seed {run.seed}",
        group=run.network,
        series=run.series,
        place=20.0,
        state=state,
        values={key: run.settings[key] for key in ("model", "seed")},
        fingerprint=run.fingerprint,
        words=(f"model={run.settings['model']}", f"seed={run.seed}"),
        folder=run.folder,
        fault=None if state == "finished" else "diverged",
    )


def lesion_record(
    rises: Mapping[str, Sequence[float]], *, draws: int = 3, lost: int = 0, **changed: Any
) -> LesionRecord:
    """Return the record of models with a rise for each seed; the last `lost` runs are missing."""
    runs = [
        lesioned(model, seed, 3.0 + 0.1 * seed, rise, draws=draws)
        for model, values in rises.items()
        for seed, rise in enumerate(values)
    ]
    there = runs[: len(runs) - lost]
    about = QuestionRecord(
        question="lesion",
        command=("python", "pipelines/lesion.py"),
        date="2026-11-23T12:00:00+00:00",
        sweep="0123456789abcdef",
        sweep_run=None,
        axes=("model", "seed"),
        held={"data": "digits", "depth": 20, "epochs": 20, "batch_size": 64},
        hardware=("cpu",),
        commits=("0123456",),
        versions={"torch": "2"},
        runs=tuple(ref_of(run, "finished" if run in there else "failed") for run in runs),
    )
    record = LesionRecord(about=about, measured=tuple(there), draws=draws, published=published_lesions())
    return judge(replace(record, **changed))
