"""Runs of a question of degradation, made up."""

from collections.abc import Sequence

from depthlab.records import LayerValue, MeasuredRun, RunRef


def ref(series: str, depth: int, seed: int, *, state: str = "finished", fault: str | None = None, **more) -> RunRef:
    name = f"{series}-{depth}"
    values = {"model": series, "depth": depth, "seed": seed, **more}
    return RunRef(
        name=f"{name} · digits · seed {seed}",
        group=name,
        series=series,
        place=float(depth),
        state=state,
        values=values,
        fingerprint="/".join(map(str, values.values())),
        words=tuple(f"{key}={value}" for key, value in values.items()),
        folder=f"folder-{name}-{seed}" if state == "finished" else None,
        fault=fault,
        message="the loss is nan" if fault else "",
        hardware="a processor, threads: 1, fp32" if state == "finished" else "",
        commit="c0ffee" if state == "finished" else None,
    )


def run(of: RunRef, train_error: float, test_error: float | None = None, layers: int = 3) -> MeasuredRun:
    epochs = [[1, 0.1], [2, 1 - train_error / 100]]
    values = tuple(LayerValue(f"layer{number}", 1.0 + number / 10, "normalization") for number in range(layers))
    assert of.folder is not None
    return MeasuredRun(
        fingerprint=of.fingerprint,
        folder=of.folder,
        network=of.group,
        series=of.series,
        depth=of.values["depth"],
        place=of.place,
        seed=of.values["seed"],
        settings=of.values,
        train_error=train_error,
        validation_error=train_error + 1,
        test_error=train_error + 2 if test_error is None else test_error,
        train_loss=train_error / 50,
        parameters=1000 * of.values["depth"],
        multiply_adds=10_000 * of.values["depth"],
        seconds=10.0,
        curves={"train/accuracy": epochs, "val/accuracy": epochs},
        responses=values,
        initial_gradients=values,
        final_gradients=values,
    )


def answers(errors: dict[str, Sequence[float]], **more) -> tuple[list[RunRef], list[MeasuredRun]]:
    """Return runs by name and training errors by seed: `{"plain-56": [8.1, 9.0], ...}`; nan is a run that diverged."""
    refs, runs = [], []
    for name, by_seed in errors.items():
        series, _, depth = name.partition("-")
        for seed, error in enumerate(by_seed):
            lost = error != error
            made = ref(series, int(depth), seed, **more, **({"state": "failed", "fault": "diverged"} if lost else {}))
            refs.append(made)
            if not lost:
                runs.append(run(made, error))
    return refs, runs
