"""Who reads whom? Ensure the runs, and map how strongly each layer reads each earlier one, with the verdict."""

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from depthlab.command_line import run_command, whole_number
from depthlab.questions.arguments import ask

if TYPE_CHECKING:
    from depthlab.questions.reuse.record import ReuseMap, ReuseRecord, ReuseRun
    from depthlab.questions.runs import Subject, Subjects
    from depthlab.runs import FinishedRun

QUESTION = "reuse"
EXAMPLES = (
    "depth=40 seed=range(5)",
    "model=resnet,preresnet depth=20,56 seed=0,1",
    "run=1a2b,3c4d",
)
IMAGES = 1024
OWN_KEYS = {"images": f"test images on which shares in residual streams are measured [{IMAGES}]"}


def reuse() -> None:
    """Read the command line, and answer; exit code 3 if runs are missing, after the page."""
    from depthlab.questions.runs import RUN_KEYS

    asked = ask(sys.argv[1:], sweep=QUESTION, about=__doc__ or "", own=RUN_KEYS | OWN_KEYS, examples=EXAMPLES)
    images = whole_number("images", asked.own.get("images", str(IMAGES)), example=IMAGES)

    from depthlab.questions.reuse.page import reuse_page
    from depthlab.questions.runs import find_subjects, publish_answer

    subjects = find_subjects(asked, QUESTION)
    if subjects is not None:
        record = examine(subjects, images)
        publish_answer(subjects, reuse_page(record), record, asked.output)


def examine(subjects: "Subjects", images: int) -> "ReuseRecord":
    """Return all that the page tells."""
    from depthlab.questions.reuse.record import ReuseRecord
    from depthlab.questions.reuse.summary import summarize_reuse
    from depthlab.questions.reuse.verdict import tell_reuse
    from depthlab.questions.wording import lost_runs
    from depthlab.training import track

    runs = tuple(measure_run(subject, images) for subject in track(subjects.subjects, "mapping who reads whom"))
    summaries = summarize_reuse(runs)
    verdict = tell_reuse(runs, summaries, lost_runs(subjects.about.runs))
    there = min(images, *(subject.folder.manifest.dataset.test_size for subject in subjects.subjects))
    return ReuseRecord(replace(subjects.about, verdict=verdict), runs, summaries, there)


def measure_run(subject: "Subject", images: int) -> "ReuseRun":
    """Return the maps of one run, of its final and its initial weights; a note where there can be none."""
    from depthlab.questions.reuse.record import ReuseRun

    record, ref = subject.folder.record, subject.ref
    assert record is not None, f"{ref.name} finished without a record"
    error = 100 * (1 - record.metrics["test/accuracy"])
    blank = ReuseRun(ref.fingerprint, ref.group, record.axes["seed"], error, ())
    try:
        run = subject.run
        final = map_network(run, "final", images)
        return replace(blank, maps=final, initial=map_network(run, "initial", images))
    except ValueError as refused:
        return replace(blank, note=str(refused))


def map_network(run: "FinishedRun", moment: str, images: int) -> "tuple[ReuseMap, ...]":
    """Return all maps of a run's network. Raises `ValueError` for a network that has none."""
    from depthlab.nn import Network
    from depthlab.questions.reuse.measure.stream import measure_shares
    from depthlab.questions.reuse.measure.weights import map_weights
    from depthlab.runs import first_images

    network = run.network("final" if moment == "final" else "initial")
    if not isinstance(network, Network):
        raise ValueError("it is no depthlab.nn.Network, so that its units are not known")
    batches = [batch for batch, _ in first_images(run.test_batches(), images)]
    maps = (*map_weights(network), *measure_shares(network, batches))
    if not maps:
        raise ValueError("its units neither stack features on earlier ones nor add to a stream that can be followed")
    return maps


if __name__ == "__main__":
    run_command(reuse)
