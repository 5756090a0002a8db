"""Which networks lesions are asked of: those of a sweep, of runs that are named, or one with pretrained weights."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, final

from depthlab.command_line import whole_number
from depthlab.questions.arguments import Arguments
from depthlab.questions.references import describe_code
from depthlab.questions.runs import TrainedRuns, find_runs
from depthlab.recipe import Override, compose, override_keys
from depthlab.records import QuestionRecord

if TYPE_CHECKING:
    from depthlab.run import PretrainedNetwork

BESIDE_WEIGHTS = ("model", "data", "trainer", "depth", "width", "batch_size")  # overrides that have a say there


@final
@dataclass(frozen=True)
class Options:
    """How lesions are measured."""

    draws: int
    images: int | None  # None is all
    reestimated: bool


def read_options(arguments: Arguments) -> Options:
    """Read the question's own options. Raises `ValueError`."""
    typed = arguments.options
    images, batch_norm = typed.get("images", "500"), typed.get("batch_norm", "trained")
    if batch_norm not in ("trained", "reestimated"):
        raise ValueError(f"batch_norm must be trained or reestimated, not {batch_norm}")
    if "normalization" in typed and "weights" not in typed:
        raise ValueError(f"normalization={typed['normalization']} does nothing without weights=FILE: leave it out")
    return Options(
        draws=whole_number("draws", typed.get("draws", "10"), least=0, example=10),
        images=None if images == "all" else whole_number("images", images, example="500 or images=all"),
        reestimated=batch_norm == "reestimated",
    )


def find_lesion_runs(arguments: Arguments, options: Options) -> TrainedRuns["PretrainedNetwork | None"] | None:
    """Return the runs, trained where they are missing, or a pretrained network; None after a dry run."""
    if "weights" in arguments.options:
        return find_pretrained(arguments)
    return find_runs(skip_impossible(arguments), "lesion", plan=None)


def skip_impossible(arguments: Arguments) -> Arguments:
    """Leave out what the default grid has and families lack: plain networks with stochastic depth."""
    if "run" in arguments.options or override_keys(arguments.overrides) & {"drop_path", "sweep.impossible"}:
        return arguments
    return replace(arguments, overrides=(*arguments.overrides, "sweep.impossible=skip"))


def find_pretrained(arguments: Arguments) -> TrainedRuns["PretrainedNetwork | None"]:
    """Return a network with the weights of a file. Raises `ValueError` if file, network and data don't fit."""
    from depthlab.run import load_pretrained

    check_beside_weights(arguments)
    typed = arguments.options
    recipe = compose([word for word in arguments.overrides if word != "sweep=lesion"])
    found = load_pretrained(recipe, typed["weights"], normalization=typed["normalization"])
    print(f"{found.file}: its tensors fit {found.name} {found.matched}", flush=True)
    hardware = found.hardware
    code = describe_code(()) | {"hardware": (f"{hardware.gpu or hardware.device}, {hardware.precision}",)}
    about = QuestionRecord("lesion", **code, sweep="", sweep_run=None, axes=(), held=found.recipe.axes)
    return TrainedRuns(about, (), found)


def check_beside_weights(arguments: Arguments) -> None:
    """See that what is typed beside weights= has a use there. Raises `ValueError`."""
    typed = arguments.options
    if "run" in typed:
        raise ValueError(f"run={typed['run']} and weights={typed['weights']}: type one of them")
    if "normalization" not in typed:
        raise ValueError(
            f"weights={typed['weights']} needs the normalization that they were trained with: add "
            "normalization=imagenet, cifar10, or data for that of the data set itself"
        )
    for word in arguments.overrides:
        if word != "sweep=lesion" and Override.parse(word).group not in BESIDE_WEIGHTS:
            raise ValueError(f"{word} does nothing beside weights=, where nothing is trained: leave it out")
