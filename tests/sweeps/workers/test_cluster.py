"""A cluster of one's own, what is refused, and what workers on other machines are given."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from depthlab.sweeps.workers import cluster
from depthlab.sweeps.workers.cluster import Cluster, check_shared, connect
from depthlab.sweeps.workers.runtime_env import _PREFIXES, PROJECT, runtime_env
from depthlab.tracking import capture_environment

ONE = Cluster(nodes=1, cpus=2, gpus=0, hosts=frozenset({"10.0.0.1"}), own=True)
SEVERAL = Cluster(nodes=3, cpus=6, gpus=0, hosts=frozenset({"10.0.0.1", "10.0.0.2"}), own=False)

# A process of its own: Ray keeps state for a process's lifetime.
OWN = """
import os, signal, sys
from depthlab.sweeps.workers.cluster import connect
before = signal.getsignal(signal.SIGTERM)
with connect(None, environment={"DEPTHLAB_X": "1"}) as cluster:
    import ray
    @ray.remote
    def look():
        import depthlab
        return os.getcwd(), depthlab.__file__, os.environ["DEPTHLAB_X"], os.environ["RAY_CHDIR_TO_TRIAL_DIR"]
    print(ray.get(look.remote()), cluster.nodes, cluster.cpus > 0, cluster.own)
    assert signal.getsignal(signal.SIGTERM) is before
assert "DEPTHLAB_X" not in os.environ and not ray.is_initialized()
"""


@pytest.mark.slow
def test_a_cluster_of_ones_own_is_quiet_and_leaves_nothing(tmp_path: Path) -> None:
    room = tmp_path / "tmp"
    room.mkdir()
    # Sockets have short paths: Ray's own folder is where a short one leads.
    short = Path(f"/tmp/depthlab-{os.getpid()}")
    short.symlink_to(room)
    home = tmp_path / "home"
    home.mkdir()
    environment = os.environ | {"RAY_TMPDIR": str(short), "HOME": str(home)}
    environment = {name: value for name, value in environment.items() if not name.startswith("RAY_AUTH")}
    try:
        done = subprocess.run(
            [sys.executable, "-c", OWN], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
        )
    finally:
        short.unlink()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"({str(tmp_path)!r}, {str(PROJECT / 'src/depthlab/__init__.py')!r}, '1', '0') 1 True True\n"
    assert list(room.iterdir()) == [] and list(home.iterdir()) == []


# A head that fails as often as it is told, and is Ray's own then.
HEAD = """
import pathlib, runpy, sys
starts = pathlib.Path({starts!r})
starts.write_text(starts.read_text() + "x")
if len(starts.read_text()) <= {failures}:
    raise Exception({said!r})
runpy.run_path({head!r}, run_name="__main__")
"""
BUSY = "The current node timed out during startup. This could happen because the GCS has become overloaded."


def failing(folder: Path, failures: int, said: str) -> tuple[Path, Path]:
    """Return a head that fails so often, and the file that has a letter for each of its starts."""
    head, starts = folder / "head.py", folder / "starts"
    starts.touch()
    head.write_text(HEAD.format(starts=str(starts), failures=failures, said=said, head=str(cluster._HEAD)))
    return head, starts


@pytest.mark.parametrize(("said", "tries"), [(BUSY, 3), ("no room in /dev/shm", 1)])
def test_a_machine_too_busy_for_ray_is_tried_thrice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, tries: int
) -> None:
    head, starts = failing(tmp_path, 9, said)
    monkeypatch.setattr(cluster, "_HEAD", head)
    with (
        pytest.raises(ValueError, match=r"Ray does not start .*\(Exception: ") as caught,
        connect(None),
    ):
        pass
    assert said in str(caught.value) and "\n" not in str(caught.value)
    assert starts.read_text() == tries * "x"


@pytest.mark.slow
def test_a_cluster_that_comes_up_late_is_used(tmp_path: Path) -> None:
    head, starts = failing(tmp_path, 1, BUSY)
    begin = (
        f"from pathlib import Path\nfrom depthlab.sweeps.workers import cluster\ncluster._HEAD = Path({str(head)!r})\n"
    )
    done = subprocess.run([sys.executable, "-c", begin + OWN], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "") and done.stdout.endswith("1 True True\n")
    assert starts.read_text() == "xx"


@pytest.mark.parametrize("address", ["here", "ray://10.0.0.1:10001", ":6379", "10.0.0.1:", "10.0.0.1:x"])
def test_what_is_no_address_is_told(address: str) -> None:
    with pytest.raises(ValueError, match=r"type ray\.address=auto") as caught, connect(address):
        pass
    assert "\n" not in str(caught.value) and f"ray.address={address}" in str(caught.value)


def test_nobody_there_is_told_at_once() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        with pytest.raises(ValueError, match="nothing answers there") as caught, connect(f"127.0.0.1:{port}"):
            pass
    assert "\n" not in str(caught.value) and f"ray start --head --port {port}" in str(caught.value)


@pytest.mark.slow
def test_no_cluster_found_is_told_in_one_line(tmp_path: Path) -> None:
    code = "from depthlab.sweeps.workers.cluster import connect\nwith connect('auto'): pass"
    environment = {name: value for name, value in os.environ.items() if name != "RAY_ADDRESS"}
    # A cluster of somebody else on this machine is found too: look where none can be.
    blind = "from functools import cache\nfrom ray._private import services\nservices.find_gcs_addresses = cache(set)\n"
    code = blind + code
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120)
    last = done.stderr.splitlines()[-1]
    assert last.startswith("ValueError: ray.address=auto: Could not find any running Ray instance: type ray.address=")


def test_one_node_needs_nothing_shared() -> None:
    check_shared(ONE, uri="sqlite:////data/mlruns/mlflow.db", storage=None)


def test_several_nodes_with_a_server_and_a_storage_are_fine() -> None:
    check_shared(SEVERAL, uri="http://10.0.0.1:5000", storage="/shared")
    check_shared(SEVERAL, uri=None, storage="s3://bucket/x")


@pytest.mark.parametrize(
    ("uri", "storage", "message"),
    [
        ("sqlite:////data/mlflow.db", "/shared", r"a sqlite file.*type tracking\.uri=http://HOST:5000"),
        ("sqlite:////data/mlflow.db", None, "a sqlite file"),
        ("http://10.0.0.1:5000", None, r"no place to meet: type sweep\.storage=FOLDER"),
        (None, None, "no place to meet"),
        ("http://ada:secret@127.0.0.1:5000", "/shared", r"another machine's.*type tracking\.uri="),
    ],
)
def test_what_several_nodes_cannot_share_is_refused_in_one_line(
    uri: str | None, storage: str | None, message: str
) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        check_shared(SEVERAL, uri=uri, storage=storage)
    assert "\n" not in str(caught.value) and "3 nodes" in str(caught.value) and "secret" not in str(caught.value)


def test_workers_get_code_configuration_and_variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "MLFLOW_TRACKING_URI": "sqlite:///mlruns/mlflow.db",
        "MLFLOW_TRACKING_TOKEN": "t",
        "AWS_ENDPOINT_URL": "http://10.0.0.1:9000",
        "DEPTHLAB_DATA": "data",
        "AWS_CA_BUNDLE": "/etc/certificates.crt",
        "SECRET_OF_SOMETHING_ELSE": "s",
    }.items():
        monkeypatch.setenv(name, value)
    given = runtime_env({"MORE": "1"})
    assert given["working_dir"] == str(PROJECT)
    variables = given["env_vars"]
    assert variables["MLFLOW_TRACKING_URI"] == f"sqlite:///{tmp_path}/mlruns/mlflow.db"
    assert variables["DEPTHLAB_DATA"] == str(tmp_path / "data")
    assert (variables["MLFLOW_TRACKING_TOKEN"], variables["MORE"], variables["PYTHONPATH"]) == ("t", "1", "src")
    assert variables["AWS_ENDPOINT_URL"] == "http://10.0.0.1:9000"
    assert not {"SECRET_OF_SOMETHING_ELSE", "AWS_CA_BUNDLE"} & variables.keys()


def test_a_folder_in_the_home_is_each_machines_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPTHLAB_DATA", "~/data")
    assert runtime_env({})["env_vars"]["DEPTHLAB_DATA"] == "~/data"


def test_the_copy_for_workers_has_what_a_recipe_needs_and_nothing_of_results(tmp_path: Path) -> None:
    from ray._private.runtime_env.packaging import create_package

    given = runtime_env({})
    archive = tmp_path / "sent.zip"
    create_package(given["working_dir"], archive, include_gitignore=True, excludes=given["excludes"])
    import zipfile

    names = zipfile.ZipFile(archive).namelist()
    assert {"train.py", "conf/train.yaml", "src/depthlab/sweeps/workers/cluster.py"} <= set(names)
    tops = {name.partition("/")[0] for name in names}
    assert not tops & {"mlruns", ".git", ".venv", "docs", "tests", ".mypy_cache"}
    assert archive.stat().st_size < 3 * 2**20


def test_what_a_submitted_job_brought_along_is_not_told_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "t")
    job = {"working_dir": "gcs://_ray_pkg_1.zip", "env_vars": {"PYTHONPATH": "src", "MLFLOW_TRACKING_TOKEN": "t"}}
    monkeypatch.setenv("RAY_JOB_CONFIG_JSON_ENV_VAR", json.dumps({"runtime_env": job}))
    given = runtime_env({"MORE": "1"})
    assert given.keys() == {"env_vars"}
    assert given["env_vars"]["MORE"] == "1"
    assert not given["env_vars"].keys() & job["env_vars"]


def test_a_job_that_computes_with_other_code_than_its_own_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    job = {"runtime_env": {"working_dir": "gcs://_ray_pkg_1.zip"}}
    monkeypatch.setenv("RAY_JOB_CONFIG_JSON_ENV_VAR", json.dumps(job))
    monkeypatch.chdir(PROJECT)
    assert "working_dir" not in runtime_env({})
    (tmp_path / "src" / "depthlab").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="env PYTHONPATH=src python") as caught:
        runtime_env({})
    assert "\n" not in str(caught.value)


def test_the_page_names_what_goes_along() -> None:
    page = (PROJECT / "docs" / "cluster.md").read_text(encoding="utf-8")
    for prefix in _PREFIXES:
        assert f"`{prefix}`" in page


def test_a_copy_on_another_machine_knows_its_commit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given = runtime_env({})["env_vars"]
    here = capture_environment()
    assert given["DEPTHLAB_COMMIT"] == here.commit
    assert given["DEPTHLAB_DIFF"][:1000] == here.diff[:1000]
    monkeypatch.setenv("DEPTHLAB_COMMIT", "c0ffee")
    monkeypatch.setenv("DEPTHLAB_DIFF", "a patch")
    there = capture_environment(source=tmp_path)
    assert (there.commit, there.diff) == ("c0ffee", "a patch")
    assert capture_environment().commit == here.commit, "a checkout knows better"
