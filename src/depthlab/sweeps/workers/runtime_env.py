"""What the workers of a running cluster get from the driver: code, configuration, and variables of the environment."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from depthlab.tracking import resolve_uri
from depthlab.tracking.environment import describe_checkout

PROJECT = Path(__file__).parents[4]  # where src/ and conf/ are side by side; not there where depthlab is installed

# Everything else in the project is not needed by the workers.
_EXCLUDES = (
    "/mlruns", "/outputs", "/multirun", "/docs", "/tests", "/docker", "/benchmarks", "/tools", "/build", "/dist",
    ".git", ".venv", "venv", "node_modules", "__pycache__", "*.egg-info",
    ".mypy_cache", ".pytest_cache", ".ruff_cache", ".ci",
)  # fmt: skip
# Addresses, logins and folders: of the store, of ours, of buckets, of the Hub.
_PREFIXES = ("MLFLOW_", "DEPTHLAB_", "AWS_", "GOOGLE_", "GCS_", "AZURE_", "FSSPEC_", "HF_", "S3_")
_NAMES = ("HYDRA_FULL_ERROR",)
_FILES = ("_BUNDLE", "_CREDENTIALS", "_FILE", "_HOME", "_PATH")  # they name a file that each machine has of its own
_LONGEST_DIFF = 50_000  # characters; a variable of the environment holds 128 KiB
_JOB = "RAY_JOB_CONFIG_JSON_ENV_VAR"  # set by `ray job submit` for the job's driver


def runtime_env(environment: Mapping[str, str]) -> dict[str, Any]:
    """Return Ray's description of what a worker needs to compute our trials.

    A worker starts in a copy of the project, with its `src/` first among the places of imports (a relative path, as
    each node has its copy somewhere else), so that it computes with the driver's code whatever is installed there.
    What a job of `ray job submit` has brought along already is left out: Ray refuses to be given anything twice.

    Args:
        environment: Variables to set beside those of this process that matter.

    Raises:
        ValueError: this is a submitted job that computes with other code than it brought along.
    """
    job = _job_environment()
    if "working_dir" in job and (Path("src") / __package__.partition(".")[0]).is_dir() and Path.cwd() != PROJECT:
        raise ValueError(
            f"this job brought its code along, and computes with that of {PROJECT}: submit it as "
            "ray job submit --working-dir . -- env PYTHONPATH=src python train.py -m ..., or by docker/submit-sweep.sh"
        )
    is_checkout = (PROJECT / "src").is_dir()  # else the workers use the depthlab that is installed on their machine
    variables = (
        ({"PYTHONPATH": "src"} if is_checkout else {}) | _variables(os.environ) | _checkout() | dict(environment)
    )
    told = job.get("env_vars") or {}
    result: dict[str, Any] = {"env_vars": {name: value for name, value in variables.items() if name not in told}}
    if "working_dir" not in job and is_checkout:
        result |= {"working_dir": str(PROJECT), "excludes": list(_EXCLUDES)}
    return result


def _job_environment() -> dict[str, Any]:
    job: dict[str, Any] = json.loads(os.environ.get(_JOB) or "{}").get("runtime_env") or {}
    return job


def _checkout() -> dict[str, str]:
    """Return what a copy of the project can't know: its commit and what was changed since."""
    commit, diff = describe_checkout(PROJECT / "src")
    if commit is None:
        return {}
    if len(diff) > _LONGEST_DIFF:
        diff = diff[:_LONGEST_DIFF] + f"\n[cut: the patch has {len(diff)} characters]\n"
    return {"DEPTHLAB_COMMIT": commit, "DEPTHLAB_DIFF": diff}


def _variables(environment: Mapping[str, str]) -> dict[str, str]:
    """Return those variables that workers need, with paths that mean the same in every folder."""
    wanted = [name for name in environment if name.startswith(_PREFIXES) or name in _NAMES]
    found = {name: environment[name] for name in wanted if not name.endswith(_FILES)}
    if not found.get("DEPTHLAB_DATA", "~").startswith("~"):  # a home is each machine's own
        found["DEPTHLAB_DATA"] = str(Path(found["DEPTHLAB_DATA"]).absolute())
    if "MLFLOW_TRACKING_URI" in found:
        found["MLFLOW_TRACKING_URI"] = resolve_uri(found["MLFLOW_TRACKING_URI"])
    return found


if __name__ == "__main__":  # what `ray job submit --runtime-env-json` takes
    print(json.dumps(runtime_env({})))
