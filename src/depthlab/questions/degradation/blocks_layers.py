"""Measures of layers as blocks of a page."""

import statistics
from collections.abc import Sequence

from depthlab.questions.degradation.figures_layers import Measure, gradient_norms, layer_responses
from depthlab.questions.degradation.record import DegradationRecord
from depthlab.records import MeasuredRun
from depthlab.report.blocks import Block, Folded, PageTable, Picture
from depthlab.report.networks import Drawn, drawn_networks


def layer_blocks(record: DegradationRecord, runs: Sequence[MeasuredRun]) -> tuple[Block, ...]:
    """Return the figures of responses and gradients, and a table of both by layer."""
    blocks: list[Block] = []
    others = sorted({value.of for run in runs for value in run.responses} - {"normalization"})
    beside = "; where no normalization takes a layer's output, the output itself" if others else ""
    if any(run.responses for run in runs):
        blocks.append(
            Picture(
                layer_responses(runs),
                "responses",
                f"Standard deviation of each layer's response, {_layer_means(runs, 'responses')}.",
                "Standard deviation of layer responses: what normalization puts out, before ReLU and addition"
                f"{beside}; final weights, {record.response_images:,} training images, evaluation mode; above in layer "
                "order, below by size. Lines: mean over seeds, bands from the smallest to the largest. He et al. 2015, "
                "Fig. 7, find smaller responses in residual networks than in plain ones, and smaller ones the deeper "
                "they are.",
            )
        )
    if any(run.initial_gradients for run in runs):
        blocks.append(
            Picture(
                gradient_norms(runs),
                "gradients",
                "Norm of the gradient by layer, at the initial weights "
                f"({_layer_means(runs, 'initial_gradients')}) and at the final ones.",
                "L2 norm of the loss's gradient with respect to each layer's weight, the mean over the first "
                f"{record.gradient_batches} batches that the run trained on, in training mode; above at the initial "
                "weights, drawn again from each run's seed, below at the final ones.",
            )
        )
    blocks.append(_layer_table(runs))
    return tuple(blocks)


def _layer_means(runs: Sequence[MeasuredRun], name: str) -> str:
    told = []
    for network in drawn_networks(runs):
        values = [value.value for run in network.runs for value in getattr(run, name)]
        if values:
            told.append(f"{network.name} {statistics.fmean(values):.3g} on average")
    return ", ".join(told)


def _layer_table(runs: Sequence[MeasuredRun]) -> Folded:
    rows: list[tuple[object, ...]] = []
    for network in drawn_networks(runs):
        measures = [
            _means(network, lambda run: run.responses),
            _means(network, lambda run: run.initial_gradients),
            _means(network, lambda run: run.final_gradients),
        ]
        names = dict.fromkeys(name for measure in measures for name in measure)
        of = {value.layer: value.of for run in network.runs for value in run.responses}
        rows += [(network.name, name, of.get(name), *(measure.get(name) for measure in measures)) for name in names]
    head = ("network", "layer", "response of", "response (std)", "initial gradient norm", "final gradient norm")
    return Folded("Every layer, means over seeds", (PageTable(head, tuple(rows), name="layers"),))


def _means(network: Drawn, measure: Measure) -> dict[str, float]:
    found: dict[str, list[float]] = {}
    for run in network.runs:
        for value in measure(run):
            found.setdefault(value.layer, []).append(value.value)
    return {layer: statistics.fmean(values) for layer, values in found.items()}
