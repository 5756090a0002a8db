"""docker/sweep.sbatch, natively: SLURM's own programs are stood in for, and all of its nodes are this machine."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from depthlab.tracking import find_folders
from tests.docker.nodes import DOCKER, Service, clean_environment, free_port
from tests.docker.test_nodes import COMMON, PATIENCE
from tests.rules import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.exhaustive]

SCONTROL = """#!/usr/bin/env bash
[ "$*" = "show hostnames two-nodes" ] && printf '127.0.0.1\\nlocalhost\\n'
"""
# Runs what it is given, with options that let two nodes live on one machine.
SRUN = """#!/usr/bin/env bash
while [[ "$1" == --* ]]; do shift; done
exec "$@" --temp-dir "$(mktemp -d "$ROOM/XXXX")" --min-worker-port 0 --max-worker-port 0 \\
    --object-store-memory 83886080 --dashboard-agent-listen-port 0
"""


@pytest.fixture
def room() -> Iterator[Path]:
    """A folder with a short name, as sockets need."""
    room = Path(tempfile.mkdtemp(prefix="s"))
    yield room
    shutil.rmtree(room, ignore_errors=True)


def submit(folder: Path, room: Path, *words: str) -> Service:
    programs = folder / "bin"
    programs.mkdir(exist_ok=True)
    for name, text in {"scontrol": SCONTROL, "srun": SRUN}.items():
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    environment = {
        "PATH": os.pathsep.join([str(programs), clean_environment()["PATH"]]),
        "PYTHONPATH": str(ROOT / "src"),
        "SLURM_SUBMIT_DIR": str(ROOT),
        "SLURM_JOB_NODELIST": "two-nodes",
        "SLURM_JOB_ID": "1",
        "RAY_PORT": str(free_port()),
        "SWEEP_STORAGE": str(folder / "shared"),
        "ROOM": str(room),
    }
    where = f"tracking.folder={folder / 'mlruns' / 'runs'}"
    command = [
        str(DOCKER / "sweep.sbatch"),
        *COMMON,
        "tracking=none",
        where,
        "trainer.checkpoint_minutes=0.005",
        *words,
    ]
    return Service.start("sbatch", command, folder, environment)


def test_a_job_whose_time_is_up_goes_on_when_it_is_given_again(tmp_path: Path, room: Path) -> None:
    words = ("seed=0,1", "epochs=150")
    job = submit(tmp_path, room, *words)
    try:
        deadline = time.monotonic() + PATIENCE
        while not list(tmp_path.glob("shared/runs/*/checkpoints/last.ckpt")):
            job.check()
            assert time.monotonic() < deadline, job.log.read_text()
            time.sleep(0.1)
        job.process.send_signal(signal.SIGTERM)  # as --signal=B:TERM@120 does
        assert job.process.wait(PATIENCE) == 128 + signal.SIGTERM, job.log.read_text()
    finally:
        job.kill()

    job = submit(tmp_path, room, *words)
    try:
        assert job.process.wait(PATIENCE) == 0, job.log.read_text()
        deadline = time.monotonic() + 30
        while left := job.family():
            assert time.monotonic() < deadline, f"the job has ended, and there are still {left}"
            time.sleep(0.2)
    except subprocess.TimeoutExpired:
        raise AssertionError(job.log.read_text()) from None
    finally:
        job.kill()
    records = [record for folder in find_folders(tmp_path / "mlruns" / "runs") if (record := folder.record) is not None]
    assert sorted(record.axes["seed"] for record in records) == [0, 1]
    assert any(record.resumptions for record in records)
