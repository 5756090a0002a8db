"""The networks that the overrides of a sweep span, each built once to see that it is possible; nothing is trained."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

from depthlab.invocation import RunOutcome
from depthlab.questions.arguments import Arguments
from depthlab.questions.publish import tell_verdict, write_answer
from depthlab.questions.references import network_name
from depthlab.recipe import Recipe, Space, compose_each, read_space
from depthlab.sweeps import Settings

if TYPE_CHECKING:
    from depthlab.questions.anatomy.record import AnatomyRecord
    from depthlab.report import Page
    from depthlab.run import ImageShape


@final
@dataclass(frozen=True)
class UntrainedNetwork:
    """A network: its recipe, its images, the overrides that choose it, and its values on the axes that vary."""

    recipe: Recipe
    shape: "ImageShape"
    overrides: tuple[str, ...]
    values: dict[str, Any]

    @property
    def name(self) -> str:
        """The name that reads `resnet-56`, with what else varies `resnet-56 width=2`."""
        return network_name(self.recipe, self.values)


@final
@dataclass(frozen=True)
class UntrainedNetworks:
    """The possible networks in the order of the overrides, the reasons why others are not, and the axes that vary."""

    networks: tuple[UntrainedNetwork, ...]
    left_out: tuple[str, ...]
    axes: tuple[str, ...]

    def counted(self, until: float | None) -> "UntrainedNetworks":
        """Return the same: nothing is trained here, so that no luck is looked for."""
        return self

    def outcomes(self) -> tuple[RunOutcome, ...]:
        """Return no runs."""
        return ()

    def save(self, page: "Page", record: "AnatomyRecord", arguments: Arguments) -> None:
        """Write page and record; there is no run to send them to. Raises `OSError`."""
        write_answer(page, record, arguments.output)

    def tell(self, record: "AnatomyRecord", arguments: Arguments) -> None:
        """Print costs and verdict."""
        from depthlab.questions.anatomy.cost_table import cost_table

        print(*cost_table(record.cards, record.times, record.left_out), sep="\n")
        tell_verdict(record.verdict, arguments.output)


def span_networks(
    overrides: Sequence[str], settings: Settings, shape_of: "Callable[[Recipe], ImageShape]"
) -> UntrainedNetworks:
    """Return the networks of every combination; all are built on the meta device before anything else happens.

    Raises:
        ValueError: in one line, for an impossible combination, unless sweep.impossible=skip; or where two combinations
            make the same network, as something varies that no network has.
    """
    space = read_space(overrides, settings.params)
    found: dict[str, UntrainedNetwork] = {}  # by what makes them
    left_out: list[str] = []
    for combination, outcome in zip(space.combinations(), compose_each(space.combinations()), strict=True):
        try:
            one = _build(outcome, combination, space, shape_of)
        except ValueError as error:
            reason = str(error) if error is outcome else f"{error} (in {' '.join(combination)})"
            if settings.impossible == "refuse":
                raise ValueError(reason) from error
            left_out.append(reason)
            continue
        key = json.dumps([one.recipe.config["model"], one.shape.image, one.shape.classes], sort_keys=True)
        if key in found:
            raise ValueError(_same_network(found[key], one))
        found[key] = one
    if not found:
        raise ValueError(f"no combination is possible: {left_out[0]}")
    return UntrainedNetworks(tuple(found.values()), tuple(left_out), space.axes)


def _build(
    outcome: Recipe | ValueError,
    combination: tuple[str, ...],
    space: Space,
    shape_of: "Callable[[Recipe], ImageShape]",
) -> UntrainedNetwork:
    """Build the network once, and return what makes it. Raises `ValueError`."""
    from depthlab.run import build_untrained

    if isinstance(outcome, ValueError):
        raise outcome
    values = {axis: value for axis in space.axes if (value := outcome.value(axis)) is not None}
    one = UntrainedNetwork(outcome, shape_of(outcome), combination, values)
    build_untrained(one.recipe, one.shape)
    return one


def _same_network(first: UntrainedNetwork, second: UntrainedNetwork) -> str:
    differing = (axis for axis in second.values if second.values[axis] != first.values.get(axis))
    axis = next(differing, "what varies")
    return (
        f"{axis}={first.values.get(axis)} and {axis}={second.values.get(axis)} make the same network: type one of them"
    )
