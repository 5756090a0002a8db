"""The answer to a question in MLflow: its files at a run, and ways from it to all of its runs and back."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, final

from depthlab.tracking.links import run_link
from depthlab.tracking.mlflow_run import TAG_LENGTH, upload
from depthlab.tracking.notes import NOTE, SWEEP, with_answer
from depthlab.tracking.views import View, keep_views

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

REPORT = "report"  # the folder of reports among the artifacts of a run
_PAGE = 1000


@final
@dataclass(frozen=True)
class Answer:
    """What is sent of an answer."""

    question: str  # its name
    verdict: str  # in words; "" where it may not be seen beside runs
    files: Mapping[str, Path]  # path under the report's folder -> file
    view: View  # of its runs

    @property
    def tag(self) -> str:
        """The tag that its runs have."""
        return question_tag(self.question)


def question_tag(question: str) -> str:
    """Return the tag by which the runs of a question are found."""
    return f"depthlab.question.{question}"


def keep_answer(client: "MlflowClient", experiment_id: str, run_id: str, answer: Answer) -> None:
    """Send an answer to a run, a sweep's or one that was named, and tell of it there and at the sweep's trials."""
    from mlflow.entities import RunTag

    folder = f"{REPORT}/{answer.question}"
    upload(client, run_id, {f"{folder}/{name}": file for name, file in answer.files.items()})
    link = run_link(experiment_id, run_id, f"{folder}/index.html")
    for run in _runs_of(client, experiment_id, client.get_run(run_id)):
        told = run.data.tags.get(NOTE, "")
        note = with_answer(told, answer.question, link, answer.verdict, TAG_LENGTH)
        if note != told:
            tags = [RunTag(NOTE, note), RunTag(answer.tag, answer.verdict[:TAG_LENGTH] or "answered")]
            client.log_batch(run.info.run_id, tags=tags, synchronous=True)
    keep_views(client, experiment_id, [answer.view])


def _runs_of(client: "MlflowClient", experiment_id: str, holder: "Run") -> "list[Run]":
    """Return the run that has the page, and the trials if it is a sweep's."""
    runs = [holder]
    identity = holder.data.tags.get(SWEEP)
    if identity is None or holder.data.tags.get("depthlab.kind") != "sweep":
        return runs
    token = None
    while True:
        where = f"tags.`{SWEEP}.{identity}` = 'true'"
        page = client.search_runs([experiment_id], where, max_results=_PAGE, page_token=token)
        runs += page
        token = page.token
        if not token:
            return runs
