"""Notes at the top of MLflow's pages, in Markdown: what a run is, what was typed, and where to go from here."""

import shlex
from collections.abc import Mapping, Sequence

from depthlab.records import Manifest
from depthlab.records.plain_text import redact
from depthlab.tracking.links import run_link, runs_link

NOTE = "mlflow.note.content"
PARENT, SWEEP = "mlflow.parentRunId", "depthlab.sweep"
_COMMAND = 1000  # characters
_ANSWERS = "\n\nAnswers:\n\n"


def run_note(experiment_id: str, run_id: str, manifest: Manifest, tags: Mapping[str, str]) -> str:
    """Return the note of one run; it tells no error, as a search is to see none of its tests."""
    links = [f"[learning curves]({run_link(experiment_id, run_id, 'figures/learning_curves.png')})"]
    links += [f"[everything]({run_link(experiment_id, run_id, 'record.json')})"]
    if PARENT in tags:
        links += [f"[its sweep]({run_link(experiment_id, tags[PARENT])})"]
    return f"**{manifest.name}**: {', '.join(links)}\n\n{command_block(typed_command(manifest, tags))}"


def typed_command(manifest: Manifest, tags: Mapping[str, str]) -> tuple[str, ...]:
    """Return what makes a run, word by word: of a trial, whose process nobody typed, the command of it alone."""
    if SWEEP not in tags:
        return manifest.command
    return ("python", "train.py", *map(redact, manifest.overrides))


def command_block(command: Sequence[str]) -> str:
    """Return what was typed, as a block of code."""
    text = shlex.join(command)
    return f"```\n{text if len(text) <= _COMMAND else text[:_COMMAND] + ' …'}\n```"


def answers_of(note: str) -> str:
    """Return the end of a note that lists answers to questions, "" if there are none."""
    return "".join(note.partition(_ANSWERS)[1:])


def with_answer(note: str, question: str, link: str, verdict: str, length: int) -> str:
    """Return a note with a line for the answer to a question, instead of the earlier one; at most so long."""
    text, _, listed = note.partition(_ANSWERS)
    others = [line for line in listed.split("\n\n") if line and not line.startswith(f"- [{question}]")]
    line = f"- [{question}]({link}): {verdict}" if verdict else f"- [{question}]({link})"
    told = text + _ANSWERS + "\n\n".join([*others, line])
    return told if len(told) <= length else told[: length - 1] + "…"


def experiment_note(experiment_id: str, sweeps: Sequence[tuple[str, str, str]]) -> str:
    """Return the note of an experiment: its views, and its newest sweeps as (id of the run, name, command)."""
    names = {"depth": "Depth", "cost": "Cost", "curves": "Curves", "axes": "Axes"}
    views = ", ".join(f"[{name}]({runs_link(experiment_id, key)})" for key, name in names.items())
    listed = [f"- [{name}]({run_link(experiment_id, run_id)}) `{command[:200]}`" for run_id, name, command in sweeps]
    every = f"[sweeps]({runs_link(experiment_id, 'sweeps', charts=False)})"
    first = (
        f"Views: {views}, {every}. Depth, Cost and Curves average over seeds, and over all else that they do not group "
        "by; Axes shows every run, and sweeps is a table."
    )
    return "\n\n".join([first, *(["\n".join(listed)] if listed else [])])
