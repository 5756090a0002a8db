"""Does a study find a difference between a network and itself? One network, trained for real, under two names.

Its runs are cut into studies of a few seeds a name, over and over in random ways, and each study is judged as every
comparison of the lab is. A difference should be claimed in 5 % of them at most.
"""

import sys
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from outputs import OUTPUT, output_file, write_record

from depthlab.command_line import key_values, run_command, whole_number
from depthlab.records.base import Record

KEYS = {
    "seeds": "runs under each name, such as 40",
    "cuts": "random ways in which they are cut into studies, such as 200",
    "folder": "the folder of all runs [mlruns/runs]",
    **OUTPUT,
}
NETWORK = ("model=resnet", "depth=8", "epochs=10", "data.train_size=360", "data.validation=0.2", "tracking=none")
SIZES = (3, 5)


@dataclass(frozen=True)
class Cut(Record):
    """Studies of one size."""

    seeds: int  # under each name
    independent: int  # studies that share no run, of one cut
    share: float  # of all studies over all cuts that claim a difference
    interval: tuple[float, ...]  # Wilson's, 95 %, as if there were only the studies that share no run


@dataclass(frozen=True)
class SameNetwork(Record):
    """What an A/A study found."""

    command: tuple[str, ...]
    date: str  # ISO 8601, UTC
    hardware: str
    words: tuple[str, ...]  # of the network
    images: int  # test images
    errors: tuple[tuple[float, ...], ...]  # test errors in percent under each name, by seed
    cuts: tuple[Cut, ...]


def main() -> None:
    """Train what is missing, cut, judge, and write down what was typed for."""
    typed = key_values(sys.argv[1:], required={}, optional=KEYS, about=__doc__ or "")
    seeds = whole_number("seeds", typed.get("seeds", "40"), least=max(SIZES), example=40)
    cuts = whole_number("cuts", typed.get("cuts", "200"), example=200)
    output = output_file(typed)
    words = (*NETWORK, *((f"tracking.folder={typed['folder']}",) if "folder" in typed else ()))
    errors, images, hardware = train(words, 2 * seeds)
    names = (errors[:seeds], errors[seeds:])
    found = SameNetwork(
        command=("python", *sys.argv),
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        hardware=hardware,
        words=NETWORK,
        images=images,
        errors=names,
        cuts=tuple(cut(names, size, images, cuts) for size in SIZES),
    )
    for one in found.cuts:
        low, high = (f"{100 * end:.1f}" for end in one.interval)
        print(f"studies of {one.seeds} seeds a name: {100 * one.share:.1f} % claim a difference ({low} to {high})")
    write_record(found, output)


def train(words: tuple[str, ...], seeds: int) -> tuple[tuple[float, ...], int, str]:
    """Return the test errors of so many runs, in percent; how many images they are of; and the hardware."""
    from depthlab.sweeps import ensure_sweep, settings_of
    from depthlab.tracking import RunFolder

    overrides = [*words, f"seed={','.join(map(str, range(seeds)))}"]
    swept = ensure_sweep(overrides, settings_of(overrides))
    folders = [RunFolder.open(swept.runs / trial.folder) for trial in swept.trials if trial.folder is not None]
    records = [folder.record for folder in folders]
    assert len(records) == seeds and all(record is not None for record in records), "runs are missing"
    errors = tuple(100 * (1 - record.metrics["test/accuracy"]) for record in records if record is not None)
    return errors, folders[0].manifest.dataset.test_size, records[0].hardware if records[0] is not None else ""


def cut(names: tuple[tuple[float, ...], tuple[float, ...]], size: int, images: int, cuts: int) -> Cut:
    """Cut the runs under both names into studies of `size` seeds, in random ways, and judge each."""
    from worlds import share_interval

    from depthlab.statistics import is_significant, welch

    chance = np.random.default_rng(0)
    independent = len(names[0]) // size
    claims = []
    for _ in range(cuts):
        first, second = (chance.permutation(errors)[: independent * size].reshape(-1, size) for errors in names)
        claims += [is_significant(welch(a, b, images=images).p) for a, b in zip(first, second, strict=True)]
    share = float(np.mean(claims))
    return Cut(size, independent, share, share_interval(share, independent))


if __name__ == "__main__":
    run_command(main)
