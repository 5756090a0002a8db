"""How much of the machine does a sweep use? Beside Hydra's basic launcher, and beside Ray Tune with its defaults.

The same trials, seeds of one network on digits, are computed three times, each time by a command of its own into a
store of its own. Efficiency = trials x fit time of one alone / (cores x time from the command's start to its exit). The
fit time alone is that of a warm process with one thread, taken before and after the three.
"""

import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from outputs import OUTPUT, output_file, write_record

from depthlab.command_line import key_values, run_command, whole_number

if TYPE_CHECKING:
    from sweep_measurements import Efficiency

KEYS = {
    "trials": "how many seeds, such as 24",
    "depth": "of the ResNet, such as 20",
    "epochs": "of each trial, such as 16",
    "ways": "which commands, such as sweep,tune; by default sweep,tune,basic",
    **OUTPUT,
}
DEFAULTS = {"trials": "24", "depth": "20", "epochs": "16", "ways": "sweep,tune,basic"}
KEPT_VERSIONS = ("torch", "pytorch-lightning", "mlflow", "ray", "hydra-core")


def main() -> None:
    """Measure, show, and write down what was typed for."""
    typed = key_values(sys.argv[1:], required={}, optional=KEYS, about=__doc__ or "")
    settings = DEFAULTS | typed
    numbers = {key: whole_number(key, settings[key], example=DEFAULTS[key]) for key in ("trials", "depth", "epochs")}
    ways = settings["ways"].split(",")
    if unknown := set(ways) - set(DEFAULTS["ways"].split(",")):
        raise ValueError(f"ways={settings['ways']}: there is no {min(unknown)}; the ways are {DEFAULTS['ways']}")
    output = output_file(settings)
    result = measure(ways, **numbers)
    _show(result)
    write_record(result, output)


def measure(ways: list[str], *, trials: int, depth: int, epochs: int) -> "Efficiency":
    """Time the ways, one after the other."""
    from conditions import conditions
    from sweep_measurements import Efficiency, Way
    from sweep_ways import COMMANDS, fit_alone, timed

    from depthlab.tracking import capture_environment

    words = ["model=resnet", f"depth={depth}", f"epochs={epochs}"]
    environment = capture_environment()
    with tempfile.TemporaryDirectory(prefix="sweep-efficiency-") as folder:
        alone = fit_alone(words, Path(folder) / "before")
        store = Path(folder) / "before" / "mlruns" / "mlflow.db"
        walls = {way: timed(COMMANDS[way](words, trials), trials, Path(folder) / way, store) for way in ways}
        alone += fit_alone(words, Path(folder) / "after")
    least = trials * median(alone) / environment.cores
    return Efficiency(
        **conditions(environment, KEPT_VERSIONS),
        cores=environment.cores,
        trials=trials,
        words=tuple(words),
        alone=tuple(alone),
        ways=tuple(Way(way, wall, efficiency=round(least / wall, 4)) for way, wall in walls.items()),
    )


def _show(result: "Efficiency") -> None:
    from rich.console import Console
    from sweep_measurements import table_of

    Console(soft_wrap=True).print(table_of(result))


if __name__ == "__main__":
    run_command(main)
