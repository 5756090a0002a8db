"""Name what is on your pictures"""

import sys
from pathlib import Path
from typing import Literal, cast

from depthlab.command_line import key_values
from depthlab.invocation import called, report

REQUIRED = {
    "run": "MLflow's id of the run that trained the network, its folder's name, or the beginning of either",
    "images": "a folder of pictures, at any depth, or one picture",
}
OPTIONAL = {
    "weights": "final, or best: those of the best epoch on validation [final]",
    "output": "a CSV file to write the predictions to",
    "folder": "the folder of all runs [mlruns/runs]",
    "trust": "true: run the code that a run from elsewhere names, a network that is not of depthlab",
    "tracking.uri": "the MLflow store to fetch the run from if it has no folder here [as train.py]",
}


def main() -> None:
    """Read the command line, predict, print; exit code 1 if some of the pictures can't be read."""
    typed = key_values(called()[2:], required=REQUIRED, optional=OPTIONAL, about=__doc__ or "")
    images, weights = Path(typed["images"]).expanduser(), typed.get("weights", "final")
    output = Path(typed["output"]).expanduser() if "output" in typed else None
    if typed.get("trust", "true") != "true":
        raise ValueError(f"trust={typed['trust']}: type trust=true, or leave it out")
    if weights not in ("final", "best"):
        raise ValueError(f"weights must be final or best, not {weights}")
    if output is not None and (output.is_dir() or not output.parent.is_dir()):
        raise ValueError(f"output={output} can't be written: type a file in a folder that exists")
    if not images.exists():
        raise ValueError(f"images={images}: there is neither a folder nor a picture")

    from depthlab.run import accuracy_line, load, predict_pictures, prediction_lines, write_csv
    from depthlab.tracking import RUNS_ROOT

    broken: list[str] = []

    def tell(line: str) -> None:
        broken.append(line)
        print(f"left out: {line}", file=sys.stderr)

    root = Path(typed.get("folder", RUNS_ROOT))
    network = load(
        typed["run"],
        weights=cast(Literal["final", "best"], weights),
        root=root,
        uri=typed.get("tracking.uri"),
        trust="trust" in typed,
    )
    predictions = predict_pictures(network, images, broken=tell)
    if output is not None:
        write_csv(predictions, output)
    report(
        exit_code=1 if broken else 0,
        details={
            "predictions": [{**vars(one), "file": str(one.file)} for one in predictions],
            "left_out": broken,
        },
    )
    print(*prediction_lines(predictions, images), sep="\n")
    if (line := accuracy_line(predictions)) is not None:
        print(line)
    raise SystemExit(1 if broken else 0)
