"""Which networks are compared: the skeleton, and each kind of each part at the width of equal cost."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import final

from depthlab.questions.arguments import Arguments
from depthlab.questions.equal_cost.options import fixed_overrides, read_match
from depthlab.questions.equal_cost.search import show_networks, variants_of
from depthlab.questions.few_images import with_few_images
from depthlab.questions.kernels.variants import Variants, VariantSearch
from depthlab.questions.runs import TrainedRuns, find_runs
from depthlab.recipe import Override, Space, did_you_mean, read_space
from depthlab.records import RunRef
from depthlab.sweeps import settings_of

NAME = "kernels"
MATCHES = ("multiply_adds", "parameters")
KINDS = {
    "convolution": "standard,grouped,shuffled,separable,dilated,asymmetric",
    "pool": "strided,max,average,none",
    "activation": "relu,leaky_relu,elu,gelu,silu,tanh",
    "normalization": "batch,group,layer,lrn,none",
}


@final
@dataclass(frozen=True)
class Options:
    """What is to be equal, and the kinds to compare in each slot."""

    match: str
    kinds: Mapping[str, list[str]]


def read_options(arguments: Arguments) -> Options:
    """Return the options of this question. Raises `ValueError`."""
    return Options(read_match(arguments.options, MATCHES), read_kinds(arguments.options))


def read_kinds(options: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the kinds to compare in each slot. Raises `ValueError`."""
    slots = _listed(options.get("slots", ",".join(KINDS)))
    for slot in slots:
        if slot not in KINDS:
            raise ValueError(f"slots={slot}: kinds are compared of {', '.join(KINDS)}{did_you_mean(slot, KINDS)}")
    for slot in KINDS:
        if slot in options and slot not in slots:
            raise ValueError(f"{slot}={options[slot]} does nothing with slots={','.join(slots)}: leave one of them out")
    return {slot: _listed(options.get(slot, KINDS[slot])) for slot in slots}


def find_variant_runs(arguments: Arguments, options: Options) -> TrainedRuns[Variants] | None:
    """Return the runs of all variants, trained where they are missing; None after a dry run.

    Raises:
        ValueError: a person's mistake; or no run has come to its end.
    """
    from depthlab.sweeps import CostCounter

    arguments = replace(arguments, overrides=with_few_images(arguments.overrides, NAME))
    space = read_space(arguments.overrides, settings_of(arguments.overrides).params)
    check_slots(space, options.kinds)
    fixed = fixed_overrides(space, "wider and narrower variants")
    variants = VariantSearch(fixed, CostCounter(), options.match).find_all(options.kinds)
    show_networks(
        variants.networks, options.match, lambda one: f"{one.network:26}width {one.width:.4g}", "the skeleton's"
    )
    runs = find_runs(arguments, NAME, variants=variants_of(variants.networks), plan=variants)
    return None if runs is None else _renamed(runs)


def check_slots(space: Space, kinds: Mapping[str, object]) -> None:
    """See that no slot is filled whose kinds are compared. Raises `ValueError`."""
    compared = {f"parts.{slot}" for slot in kinds}
    for key in space.keys:
        if key in compared:
            slot = key.removeprefix("parts.")
            raise ValueError(f"{key} has several values: type {slot}=... without parts. to compare kinds")
    for word in space.fixed:
        if Override.parse(word).key in compared:
            raise ValueError(f"{word} holds what is compared: leave it out, or choose other slots=")


def _listed(text: str) -> list[str]:
    """Return what stands between commas, each once."""
    return list(dict.fromkeys(filter(None, (part.strip() for part in text.split(",")))))


def _renamed(runs: TrainedRuns[Variants]) -> TrainedRuns[Variants]:
    """Return the runs under the names of their variants, in series by slot."""
    networks = runs.plan.networks

    def rename(ref: RunRef) -> RunRef:
        [place] = [place for place, one in enumerate(networks) if _is_of(ref, one.words)]
        return replace(
            ref, group=networks[place].network, series=networks[place].slot or "skeleton", place=float(place)
        )

    return runs.renamed(rename)


def _is_of(ref: RunRef, words: tuple[str, ...]) -> bool:
    """Whether a run is of the network that these overrides choose: it has all of them, and no other part."""
    parts = {word for word in ref.words if Override.parse(word).group == "parts"}
    return parts <= set(words) <= set(ref.words)
