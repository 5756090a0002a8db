"""Which kind of convolution, pooling, activation, normalization? One skeleton with each, at equal cost; a verdict."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, final

from depthlab.command_line import run_command
from depthlab.questions.arguments import ask

if TYPE_CHECKING:
    from depthlab.questions.kernels.record import KernelsRecord, KindNetwork
    from depthlab.questions.kernels.variants import Kind, VariantSearch
    from depthlab.records import RunRef
    from depthlab.sweeps import SweepResult

EXAMPLES = (
    "slots=activation activation=relu,gelu,silu,mish,tanh seed=range(5)",
    "depth=20 slots=convolution match=parameters",
    "data=cifar10 depth=20 epochs=15 seed=0,1",
)
MATCHES = ("multiply_adds", "parameters")
KINDS = {
    "convolution": "standard,grouped,shuffled,separable,dilated,asymmetric",
    "pool": "strided,max,average,none",
    "activation": "relu,leaky_relu,elu,gelu,silu,tanh",
    "normalization": "batch,group,layer,lrn,none",
}
OWN_KEYS = {
    "slots": f"the parts whose kinds are compared [{','.join(KINDS)}]",
    **{slot: f"kinds of it [{kinds}]" for slot, kinds in KINDS.items()},
    "match": "what is equal, by the width: multiply_adds or parameters [multiply_adds]",
}
PAGE = "kernels"


def kernels() -> None:
    """Read the command line, and answer; exit code 3 if runs are missing, after the page."""
    asked = ask(sys.argv[1:], sweep=PAGE, about=__doc__ or "", own=OWN_KEYS, examples=EXAMPLES)
    match, kinds = read_match(asked.own), read_kinds(asked.own)

    from depthlab.questions.few_images import with_few_images
    from depthlab.questions.kernels.variants import VariantSearch
    from depthlab.recipe import read_space
    from depthlab.sweeps import Measuring, ensure_sweep, preview_sweep, settings_of

    words = with_few_images(asked.words, PAGE)
    settings = settings_of(words)
    space = read_space(words, settings.params)
    check_space(space.keys, space.fixed, kinds)
    search = VariantSearch(space.fixed, Measuring(), match)
    found = find_networks(search, kinds)
    for one in found.networks:
        print(told(one, match), flush=True)
    variants = [dict(word.split("=", 1) for word in one.words) for one in found.networks]
    if settings.dry_run:
        preview_sweep(words, settings, variants=variants)
        return
    answer(ensure_sweep(words, settings, variants=variants), found, match, asked.output)


@final
@dataclass(frozen=True)
class Found:
    """The networks, the skeleton first, and kinds that are the skeleton's own."""

    networks: "tuple[KindNetwork, ...]"
    same: tuple[str, ...]


def read_match(own: Mapping[str, str]) -> str:
    """Return what is to be equal. Raises `ValueError`."""
    match = own.get("match", MATCHES[0])
    if match not in MATCHES:
        raise ValueError(f"match={match}: kinds are matched by {' or '.join(MATCHES)}")
    return match


def read_kinds(own: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the kinds of each slot that is asked about. Raises `ValueError`."""
    from depthlab.recipe import did_you_mean

    slots = parted(own.get("slots", ",".join(KINDS)))
    for slot in slots:
        if slot not in KINDS:
            raise ValueError(f"slots={slot}: kinds are compared of {', '.join(KINDS)}{did_you_mean(slot, KINDS)}")
    for slot in KINDS:
        if slot in own and slot not in slots:
            raise ValueError(f"{slot}={own[slot]} does nothing with slots={','.join(slots)}: leave one of them out")
    return {slot: parted(own.get(slot, KINDS[slot])) for slot in slots}


def parted(text: str) -> list[str]:
    """Return what stands between commas, each once."""
    return list(dict.fromkeys(filter(None, (part.strip() for part in text.split(",")))))


def check_space(keys: Sequence[str], fixed: Sequence[str], kinds: Mapping[str, object]) -> None:
    """See that seeds alone vary, and that no slot is filled that is asked about. Raises `ValueError`."""
    if varying := [key for key in keys if key != "seed"]:
        slot = varying[0].removeprefix("parts.")
        typed = f"type {slot}=... without parts. to compare kinds" if slot in kinds else "type one value"
        raise ValueError(f"{varying[0]} has several values, and seed alone can have: {typed}")
    for word in fixed:
        slot = word.partition("=")[0].removeprefix("parts.")
        if word.startswith("parts.") and slot in kinds:
            raise ValueError(f"{word} holds what is compared: leave it out, or choose other slots=")


def find_networks(search: "VariantSearch", kinds: Mapping[str, Sequence[str]]) -> Found:
    """Return the skeleton, and each kind at the width of equal cost."""
    from depthlab.training import track

    skeleton = search.structure(search.skeleton)
    networks, same = [matched(search, search.skeleton)], []
    for slot, kind in track([(slot, kind) for slot, names in kinds.items() for kind in names], "matching widths"):
        one = search.find(slot, kind)
        if search.structure(one) == skeleton:
            same.append(one.name)
        else:
            networks.append(matched(search, one))
    if len(networks) == 1:
        raise ValueError(f"{', '.join(same)} is what {search.skeleton.name} has anyway: type other kinds to compare")
    return Found(tuple(networks), tuple(same))


def matched(search: "VariantSearch", kind: "Kind") -> "KindNetwork":
    """Return what the record tells of a network."""
    from depthlab.questions.kernels.record import KindNetwork

    cost, (parameters, multiply_adds) = search.cost(kind), search.counts(kind)
    return KindNetwork(
        network=kind.name,
        slot=kind.slot,
        kind=kind.kind,
        words=tuple(f"{key}={value}" for key, value in kind.words.items()),
        width=kind.width,
        budget=search.budget,
        cost=cost,
        mismatch=100 * (cost / search.budget - 1),
        parameters=parameters,
        multiply_adds=multiply_adds,
    )


def told(one: "KindNetwork", match: str) -> str:
    """Return the line of a network that was found."""
    size = f"{one.cost:,.0f} {match.replace('_', '-')}"
    return f"{one.network:26}width {one.width:<8.4g}{size:>28}   {one.mismatch:+.1f} % of the skeleton's"


def answer(swept: "SweepResult", found: Found, match: str, output: Path) -> None:
    """Compare, draw, write, attach, tell."""
    from depthlab.questions.kernels.page import kernels_page
    from depthlab.questions.publish import check_answerable, publish

    check_answerable(swept)
    record = examine(swept, found, match)
    publish(swept, kernels_page(record), record, record.about.verdict, output)


def examine(swept: "SweepResult", found: Found, match: str) -> "KernelsRecord":
    """Return all that the page tells, from the runs that finished."""
    from depthlab.questions.kernels.record import KernelsRecord
    from depthlab.questions.kernels.verdict import compare_kinds, tell_kinds
    from depthlab.questions.references import begin_answer, measured_run, trained_images
    from depthlab.questions.wording import lost_runs

    refs = name_runs(swept, found.networks)
    measured = tuple(measured_run(swept, ref) for ref in refs if ref.state == "finished")
    compared = compare_kinds(found.networks, refs, measured)
    return KernelsRecord(
        about=replace(begin_answer(PAGE, swept, refs), verdict=tell_kinds(found.networks, compared, lost_runs(refs))),
        match=match,
        networks=found.networks,
        measured=measured,
        compared=compared,
        same=found.same,
        trained=trained_images(swept),
    )


def name_runs(swept: "SweepResult", networks: "Sequence[KindNetwork]") -> "tuple[RunRef, ...]":
    """Return the runs under the names of kinds, in series by slot."""
    from depthlab.questions.references import run_refs

    named = {frozenset(one.words): one for one in networks}
    refs = run_refs(swept, along="depth")
    found = []
    for ref in refs:
        [one] = [
            network for words, network in named.items() if words <= set(ref.words) and _parts(ref) == _parts_of(network)
        ]
        found.append(replace(ref, group=one.network, series=one.slot or "skeleton", place=float(networks.index(one))))
    return tuple(found)


def _parts(ref: "RunRef") -> set[str]:
    return {word for word in ref.words if word.startswith("parts.")}


def _parts_of(one: "KindNetwork") -> set[str]:
    return {word for word in one.words if word.startswith("parts.")}


if __name__ == "__main__":
    run_command(kernels)
