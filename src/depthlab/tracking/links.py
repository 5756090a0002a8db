"""Links into MLflow's pages that open on runs and charts."""

from urllib.parse import quote, urlsplit

# Without it, MLflow opens on its pages for language models; versions that don't know it take no notice.
_TRAINING = "workflowType=machine_learning"


def runs_link(experiment_id: str, view: str = "", *, base: str = "", charts: bool = True) -> str:
    """Return the link to an experiment's runs, on a saved view; one that MLflow doesn't know opens on the plain list.

    `base` is the server's address, "" for a link within MLflow's pages.
    """
    words = [
        _TRAINING,
        *(["compareRunsMode=CHART"] if charts else []),
        *([f"viewStateShareKey={quote(view)}"] * bool(view)),
    ]
    return f"{_bare(base)}#/experiments/{experiment_id}/runs?{'&'.join(words)}"


def run_link(experiment_id: str, run_id: str, artifact: str = "", *, base: str = "") -> str:
    """Return the link to a run, or to a file among its artifacts."""
    path = f"/artifacts/{quote(artifact)}" if artifact else ""
    return f"{_bare(base)}#/experiments/{experiment_id}/runs/{run_id}{path}?{_TRAINING}"


def _bare(base: str) -> str:
    """Return the server's address without a login, with one slash at its end; "" stays."""
    if not base:
        return ""
    parts = urlsplit(base)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl().rstrip("/") + "/"
