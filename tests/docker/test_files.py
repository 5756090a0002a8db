"""Compose file, manifests, image and scripts agree: on scripts, variables, ports, volumes and names."""

import re
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.version import Version

from tests.docker.nodes import DOCKER
from tests.rules import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
MANIFESTS: list[dict[str, Any]] = [
    document
    for name in ("kuberay.yaml", "kuberay-sweep.yaml")
    for document in yaml.safe_load_all((DOCKER / name).read_text())
]
SCRIPTS = sorted([*DOCKER.glob("*.sh"), DOCKER / "sweep.sbatch"])
IMAGE = (DOCKER / "Dockerfile").read_text()


def pods() -> Iterator[tuple[str, dict[str, Any]]]:
    """Name and description of every pod in the manifests."""

    def walk(name: str, node: Any) -> Iterator[tuple[str, dict[str, Any]]]:
        if isinstance(node, dict):
            if "containers" in node:
                yield name, node
            for key, value in node.items():
                yield from walk(name if key == "spec" else f"{name}.{key}", value)
        elif isinstance(node, list):
            for item in node:
                yield from walk(name, item)

    for manifest in MANIFESTS:
        yield from walk(manifest["kind"], manifest)


def containers() -> Iterator[tuple[str, str, dict[str, str]]]:
    """Place, script and variables of everything that a script of ours starts."""
    for name, service in SERVICES.items():
        if "entrypoint" in service:
            yield f"compose {name}", service["entrypoint"][0], service["environment"]
    for name, pod in pods():
        for container in pod["containers"]:
            if container["image"] == "depthlab":
                variables = {entry["name"]: str(entry.get("value", "")) for entry in container["env"]}
                yield f"kuberay {name} {container['name']}", container["command"][0], variables


STARTED = list(containers())


def needed_by(script: Path) -> set[str]:
    """The variables without which a script stops."""
    return set(re.findall(r"^: \"\$\{(\w+):\?", script.read_text(), flags=re.MULTILINE))


def known_to(script: Path) -> set[str]:
    """All variables that a script, or one that it sources, reads."""
    return set(re.findall(r"\$\{?([A-Z_]+)", script.read_text() + (DOCKER / "ray-token.sh").read_text()))


def test_everything_is_started_by_a_script_of_ours():
    scripts = {script for _, script, _ in STARTED}
    assert scripts == {f"docker/{path.name}" for path in DOCKER.glob("st*.sh")} | {"docker/submit-sweep.sh"}
    assert len(STARTED) == 8


@pytest.mark.parametrize(("place", "script", "variables"), STARTED, ids=[place for place, _, _ in STARTED])
def test_a_script_gets_the_variables_that_it_reads(place: str, script: str, variables: dict[str, str]):
    path = ROOT / script
    assert needed_by(path) <= variables.keys()
    assert variables.get("RAY_AUTH_MODE") == "token" or "ray" not in script
    unread = variables.keys() - known_to(path)
    assert unread <= {"POSTGRES_PASSWORD", "RAY_HEAD", "RAY_PORT", "RAY_DASHBOARD_PORT"}, f"{unread} does nothing"


@pytest.mark.parametrize("script", SCRIPTS, ids=[path.name for path in SCRIPTS])
def test_scripts_are_sound(script: Path):
    subprocess.run(["bash", "-n", script], check=True)
    text = script.read_text()
    if script.name == "ray-token.sh":  # sourced
        return
    assert text.startswith("#!/usr/bin/env bash\n") and "set -euo pipefail" in text
    assert script.stat().st_mode & stat.S_IXUSR
    described = set(re.findall(r"^#   ([A-Z_]+) ", text, flags=re.MULTILINE))
    assert described <= known_to(script) and needed_by(script) <= described | {"SLURM_SUBMIT_DIR"}


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("start-mlflow.sh", "set DATABASE"),
        ("start-ray-head.sh", "RAY_AUTH_TOKEN is not set"),
        ("start-ray-worker.sh", "RAY_AUTH_TOKEN is not set"),
        ("submit-sweep.sh", "RAY_AUTH_TOKEN is not set"),
    ],
)
def test_a_script_says_what_it_lacks(script: str, message: str):
    done = subprocess.run([DOCKER / script], env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False)
    assert done.returncode != 0 and message in done.stderr and len(done.stderr.splitlines()) == 1


def test_a_worker_whose_head_never_comes_says_so():
    environment = {"PATH": "/usr/bin:/bin", "RAY_AUTH_TOKEN": "x", "RAY_HEAD": "127.0.0.1:1", "PATIENCE": "0"}
    done = subprocess.run(
        [DOCKER / "start-ray-worker.sh"], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (1, "error: no head answers at RAY_HEAD=127.0.0.1:1\n")


def test_addresses_in_the_compose_file_lead_to_services_and_their_ports():
    mlflow, head, worker, sweep = (
        SERVICES[name]["environment"] for name in ("mlflow", "ray-head", "ray-worker", "sweep")
    )
    assert mlflow["DATABASE"].endswith("@postgres:5432/mlflow")
    assert SERVICES["postgres"]["environment"]["POSTGRES_DB"] == "mlflow"
    assert sweep["MLFLOW_TRACKING_URI"] == f"http://mlflow:{mlflow['MLFLOW_PORT']}"
    assert f"mlflow:{mlflow['MLFLOW_PORT']}" in mlflow["MLFLOW_NAMES"].split(",")
    assert worker["RAY_HEAD"] == f"ray-head:{head['RAY_PORT']}"
    assert sweep["RAY_API_SERVER_ADDRESS"] == f"http://ray-head:{head['RAY_DASHBOARD_PORT']}"
    for service in SERVICES.values():
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:"), "to be reached from other machines is for a person to decide"


def test_the_compose_files_volumes_are_where_the_scripts_write():
    def mounted(name: str) -> dict[str, str]:
        return dict(reversed(volume.split(":")) for volume in SERVICES[name]["volumes"])

    sweep = SERVICES["sweep"]["environment"]
    for name in ("ray-head", "ray-worker"):
        assert mounted(name)[sweep["SWEEP_STORAGE"]] == "shared"
    assert mounted("ray-head")[str(Path(sweep["RUNS"]).parent)] == "mlruns"
    assert "mlruns" not in mounted("ray-worker").values(), "each node computes in a folder of its own"
    assert {volume for name in SERVICES for volume in mounted_names(name)} == COMPOSE["volumes"].keys()


def mounted_names(service: str) -> list[str]:
    return [volume.split(":")[0] for volume in SERVICES[service].get("volumes", [])]


def test_secrets_come_from_outside():
    text = (DOCKER / "compose.yaml").read_text()
    assert set(re.findall(r"\$\{(\w+):\?", text)) == {"RAY_AUTH_TOKEN", "POSTGRES_PASSWORD"}
    for _, pod in pods():
        for container in pod["containers"]:
            for entry in container["env"]:
                secret = entry["name"] in ("RAY_AUTH_TOKEN", "POSTGRES_PASSWORD")
                assert ("secretKeyRef" in entry.get("valueFrom", {})) == secret


def test_addresses_in_the_manifests_lead_to_services_and_their_ports():
    ports = {m["metadata"]["name"]: m["spec"]["ports"][0]["port"] for m in MANIFESTS if m["kind"] == "Service"}
    cluster = next(manifest for manifest in MANIFESTS if manifest["kind"] == "RayCluster")
    head = f"{cluster['metadata']['name']}-head-svc"  # as the operator names it
    by_script = {script: variables for place, script, variables in STARTED if place.startswith("kuberay")}
    mlflow, sweep = by_script["docker/start-mlflow.sh"], by_script["docker/submit-sweep.sh"]
    assert f"@postgres:{ports['postgres']}/mlflow" in mlflow["DATABASE"]
    assert sweep["MLFLOW_TRACKING_URI"] == f"http://mlflow:{ports['mlflow']}"
    assert f"mlflow:{ports['mlflow']}" in mlflow["MLFLOW_NAMES"] and mlflow["MLFLOW_PORT"] == str(ports["mlflow"])
    given = by_script["docker/start-ray-head.sh"]
    assert by_script["docker/start-ray-worker.sh"]["RAY_HEAD"] == f"{head}:{given['RAY_PORT']}"
    assert sweep["RAY_API_SERVER_ADDRESS"] == f"http://{head}:{given['RAY_DASHBOARD_PORT']}"


def test_volumes_and_claims_of_the_manifests_are_there():
    claims = {m["metadata"]["name"] for m in MANIFESTS if m["kind"] == "PersistentVolumeClaim"}
    used = set()
    for name, pod in pods():
        volumes = {volume["name"]: volume["persistentVolumeClaim"]["claimName"] for volume in pod.get("volumes", [])}
        mounts = [mount for container in pod["containers"] for mount in container.get("volumeMounts", [])]
        assert {mount["name"] for mount in mounts} == volumes.keys(), name
        used |= set(volumes.values())
    assert used == claims


def test_manifests_keep_kubernetes_own_variables_away():
    """A service named mlflow would set MLFLOW_PORT=tcp://10.0.0.1:5000 in every pod."""
    for name, pod in pods():
        if any(container["image"] == "depthlab" for container in pod["containers"]):
            assert pod["enableServiceLinks"] is False, name


def test_versions_are_those_of_the_lock():
    [ray] = re.findall(r"^ray==(.+)$", (ROOT / "constraints.txt").read_text(), flags=re.MULTILINE)
    cluster = next(manifest for manifest in MANIFESTS if manifest["kind"] == "RayCluster")
    assert Version(cluster["spec"]["rayVersion"]) == Version(ray)


def test_the_image_has_what_the_scripts_need():
    assert re.search(r"^COPY .*docker docker$", IMAGE, flags=re.MULTILINE)
    assert "make setup EXTRAS=cluster" in IMAGE
    made = re.search(r"mkdir -p (.+) \\$", IMAGE, flags=re.MULTILINE)
    assert made is not None
    targets = {volume.split(":")[1] for name in SERVICES for volume in SERVICES[name].get("volumes", [])}
    assert targets - {"/var/lib/postgresql/data"} <= set(made[1].split()), "else root owns them"
