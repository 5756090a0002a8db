"""A sweep's run on a real server, which dies while the sweep goes on and comes back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from depthlab.sweeps.mlflow.synchronize import synchronize_sweeps
from depthlab.tracking import open_client
from tests.sweeps.mlflow.test_sweep_run import TRIALS, artifacts, history, make_parent, parents, run_sweep, stand
from tests.tracking.test_server import Server

pytestmark = pytest.mark.slow


@pytest.fixture
def server(tmp_path: Path, empty_store: Path) -> Iterator[Server]:
    (tmp_path / "server.db").write_bytes(empty_store.read_bytes())
    server = Server(tmp_path)
    server.start()
    yield server
    server.kill()


def test_a_server_lost_in_mid_sweep_costs_nothing(server: Server, tmp_path: Path) -> None:
    """One sweep sees the server come back, one ends without it and is sent by a later command, one by `sync`."""
    enduring, late, lost = (tmp_path / "sweeps" / name for name in ("enduring", "late", "lost"))
    going_on = make_parent(enduring, server.uri)
    going_on.start()
    assert going_on.run_id is not None
    broken_off = {folder: make_parent(folder, server.uri) for folder in (late, lost)}
    for parent in (going_on, *broken_off.values()):
        if parent is not going_on:
            parent.start()
        parent.update(stand(1))
        assert parent.run_id is not None
    server.kill()
    try:
        for folder, parent in broken_off.items():
            for done in range(2, TRIALS + 1):
                parent.update(stand(done))
            warning = parent.finish("finished", stand(TRIALS), patience=0.5)
            assert warning is not None
            assert warning.count("\n") == 0
            (folder / "record.json").write_text(stand(TRIALS).to_json())
        going_on.update(stand(2))
    finally:
        server.start()
    going_on.update(stand(TRIALS))
    assert going_on.finish("finished") is None
    run_sweep(late, server.uri, [stand(TRIALS)])
    (sent,) = synchronize_sweeps(lost.parent)
    assert (sent.folder, sent.warning) == ("lost", None)
    found = parents(server.uri)
    assert [run.info.status for run in found] == ["FINISHED"] * 3
    for run in found:
        steps = history(server.uri, run.info.run_id, "trials/finished")
        expected = {1, 2, TRIALS} if run.data.tags["depthlab.folder"] == str(enduring) else range(1, TRIALS + 1)
        assert steps == {done: done for done in expected}
        client, _ = open_client(server.uri, "tests")
        assert "figures/parallel_coordinates.svg" in artifacts(client, run.info.run_id)
