"""How fast does this project train? Beside a stock PyTorch loop, and beside a bare loop of the same arithmetic.

The three alternate, round by round, so that whatever else the machine does meets all of them; ratios are taken within
a round. Images are made up, 32x32 as CIFAR's by default: the speed does not depend on what they show.
"""

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from outputs import OUTPUT, output_file, write_record

from depthlab.command_line import key_values, run_command, whole_number

if TYPE_CHECKING:
    from measurements import Case, Throughput

KEYS = {
    "depth": "depths of the ResNets, such as 20,56",
    "image_size": "pixels, such as 32",
    "batch_size": "images in a batch, such as 128",
    "steps": "optimizer steps that are timed in a round, such as 30",
    "warmup": "steps before those, such as 10",
    "rounds": "how often the three loops take turns, such as 5",
    "threads": "of the processor, such as 2; by default as many as the process may use",
    **OUTPUT,
}
DEFAULTS = {"depth": "20,56", "image_size": "32", "batch_size": "128", "steps": "30", "warmup": "10", "rounds": "5"}
KEPT_VERSIONS = ("torch", "pytorch-lightning", "torchmetrics", "mlflow", "numpy", "pillow")


def main() -> None:
    """Measure, show, and write down what was typed for."""
    typed = key_values(sys.argv[1:], required={}, optional=KEYS, about=__doc__ or "")
    settings = DEFAULTS | typed
    depths = [whole_number("depth", word, least=8, example=DEFAULTS["depth"]) for word in settings["depth"].split(",")]
    keys = {"image_size": 4, "batch_size": 2, "steps": 1, "warmup": 1, "rounds": 1}
    numbers = {key: whole_number(key, settings[key], least=least, example=DEFAULTS[key]) for key, least in keys.items()}
    output = output_file(settings)
    threads = whole_number("threads", settings["threads"], example=2) if "threads" in settings else None
    result = measure(depths, threads=threads, **numbers)
    _show(result)
    write_record(result, output)


def measure(
    depths: list[int], *, image_size: int, batch_size: int, steps: int, warmup: int, rounds: int, threads: int | None
) -> "Throughput":
    """Time the loops on each network in turn."""
    import torch
    from conditions import conditions
    from measurements import Throughput, medians

    from depthlab.tracking import capture_environment

    if threads is not None:
        torch.set_num_threads(threads)
    with tempfile.TemporaryDirectory(prefix="throughput-") as folder:
        cases = []
        for depth in depths:
            sizes = {"depth": depth, "image_size": image_size, "batch_size": batch_size}
            cases.append(_measure_case(Path(folder), steps=steps, warmup=warmup, rounds=rounds, **sizes))
    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else None
    return Throughput(
        **conditions(capture_environment(gpu=gpu), KEPT_VERSIONS),
        threads=torch.get_num_threads(),
        image_size=image_size,
        batch_size=batch_size,
        steps=steps,
        warmup=warmup,
        rounds=rounds,
        medians={f"depth={case.depth}": medians(case) for case in cases},
        cases=tuple(cases),
    )


def _measure_case(
    folder: Path, *, depth: int, image_size: int, batch_size: int, steps: int, warmup: int, rounds: int
) -> "Case":
    from loops import BareLoop, Loop, Problem, StockLoop, TrackedRun
    from measurements import Case
    from stopwatch import Stopwatch

    images = (warmup + steps) * batch_size
    problem = Problem(depth=depth, image_size=image_size, batch_size=batch_size, images=images, folder=folder)

    def speed(loop: Loop) -> float:
        with Stopwatch(warmup=warmup, steps=steps, device=problem.hardware.device) as watch:
            loop.train(watch)
        return batch_size * steps / watch.seconds

    run, bare = TrackedRun(problem), BareLoop(problem)
    for loop in (run, bare):  # first calls import libraries, make the store and fill caches
        speed(loop)
    run.shares.clear()
    stocks = {workers: StockLoop(problem, workers=workers) for workers in (1, 2)}
    trials = {workers: max(speed(stock) for _ in range(2)) for workers, stock in stocks.items()}
    workers = max(trials, key=trials.__getitem__)
    stock = stocks.pop(workers)
    stocks.clear()  # ends the other one's workers
    rows = [(speed(stock), speed(run), speed(bare)) for _ in range(rounds)]
    theirs, ours, least = zip(*rows, strict=True)
    return Case(
        depth=depth,
        stock_workers=workers,
        precision=problem.hardware.precision,
        channels_last=problem.hardware.channels_last,
        stock=theirs,
        run=ours,
        bare=least,
        tracking_inside=tuple(share.inside for share in run.shares),
        tracking_beside=tuple(share.beside for share in run.shares),
    )


def _show(result: "Throughput") -> None:
    from measurements import table_of
    from rich.console import Console

    Console(soft_wrap=True).print(table_of(result))


if __name__ == "__main__":
    run_command(main)
