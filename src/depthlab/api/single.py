"""One network, trained from Python."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, final

from depthlab.api.errors import calling
from depthlab.api.shown import tables_html
from depthlab.api.words import words_of
from depthlab.recipe import check_single_run
from depthlab.records import RunRecord

if TYPE_CHECKING:
    from depthlab.nn import Predictor


@final
@dataclass(frozen=True)
class Run:
    """A finished run: its record, and its folder."""

    record: RunRecord
    folder: Path

    @property
    def metrics(self) -> dict[str, float]:
        """Metrics by their names: test/accuracy as a fraction, model/parameters, ..."""
        return self.record.metrics

    def load(self, weights: Literal["final", "best"] = "final") -> "Predictor":
        """Return the trained network, ready to predict."""
        from depthlab.run import load_folder
        from depthlab.tracking import RunFolder

        return load_folder(RunFolder.open(self.folder), weights=weights)

    def __repr__(self) -> str:
        error = 100 * (1 - self.metrics["test/accuracy"])
        return f"Run({self.record.name!r}, test error {error:.2f} %, {str(self.folder)!r})"

    def _repr_html_(self) -> str:
        from depthlab.run import result_table

        return tables_html([result_table(self.record)])


def train(*typed: str | Mapping[str, Any], **settings: Any) -> Run:
    """Train one network, and record what it does, as `depthlab train` does.

    `dl.train("model=resnet depth=20")` and `dl.train(model="resnet", depth=20)` are the same; a key with a dot
    stands in a dictionary, `dl.train({"model.shortcut": "A"}, depth=20)`. A run that was cut off continues.

    Raises:
        UserError: a mistake, told before anything is recorded; or the loss diverged.
    """
    words = words_of(typed, settings, several=False)
    with calling("train", words):
        recipe = check_single_run(words)
        from depthlab.run import check_network, run, runs_root

        check_network(recipe)
        record = run(recipe, tell=lambda line: print(line, file=sys.stderr), resume=not recipe.config["fresh"])
        return Run(record, (runs_root(recipe) / record.folder).absolute())
