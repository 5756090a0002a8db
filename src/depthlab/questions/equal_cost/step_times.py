"""Seconds of single training steps, measured once for each network and kept beside a page."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, final

from depthlab.recipe import Recipe
from depthlab.tracking import capture_environment, write_atomically

if TYPE_CHECKING:
    from depthlab.run import ImageFacts

SECONDS = 2.0  # of training, for one network


@final
class StepTimes:
    """Times of steps on this machine, in a file, so that the same command finds the same networks again.

    The file maps hardware to networks, and each to its seconds. Who wants new times deletes it.
    """

    def __init__(self, file: Path, recipe: Recipe, facts: "ImageFacts", *, threads: int) -> None:
        """Read what was measured on this hardware, which `hardware` names; a file that can't be read is begun anew."""
        from depthlab.run import expected_hardware  # imports Lightning

        self._file, self._threads = file, threads
        self.hardware = expected_hardware(recipe, facts, processor=capture_environment().cpu, threads=threads)
        try:
            found = json.loads(file.read_text(encoding="utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            found = {}
        self._all: dict[str, dict[str, float]] = found if isinstance(found, dict) else {}
        self._here = self._all.setdefault(self.hardware, {})

    def seconds(self, recipe: Recipe) -> float:
        """Return the seconds of one optimizer step, measured now if they were not before."""
        from depthlab.run import time_step

        config = recipe.config
        key = json.dumps([recipe.choices["data"], config["batch_size"], config["model"]], sort_keys=True)
        if key not in self._here:
            self._here[key] = time_step(recipe, threads=self._threads, seconds=SECONDS)
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self._file, json.dumps(self._all, indent=2, sort_keys=True) + "\n")
        return self._here[key]
