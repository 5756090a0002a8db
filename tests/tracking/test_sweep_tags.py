"""A run tells by its tags which sweeps asked for it, and what broke it."""

from depthlab.tracking import MlflowSync, RunFolder, adopt, fault_tags, open_client, sweep_tags, synchronize
from depthlab.tracking.sync_progress import SyncProgress
from tests.tracking.conftest import MakeFolder

FIRST = sweep_tags("1f" * 8, "a" * 32, 3)
SECOND = sweep_tags("2e" * 8, "b" * 32, 0)


def _start_sync(folder: RunFolder, store: str, tags: dict[str, str]) -> str:
    mlflow_sync = MlflowSync.open(folder, uri=store, experiment="tests", system_metrics=False, every=0.05, tags=tags)
    mlflow_sync.start()
    assert mlflow_sync.finish("finished"), mlflow_sync.warning
    assert mlflow_sync.run_id is not None
    return mlflow_sync.run_id


def _tags(store: str, run_id: str) -> dict[str, str]:
    tags = open_client(store, "tests")[0].get_run(run_id).data.tags
    return {name: value for name, value in tags.items() if name.startswith(("depthlab.sweep", "depthlab.trial"))} | {
        "parent": tags.get("mlflow.parentRunId", ""),
        "fault": tags.get("depthlab.fault", "") + tags.get("depthlab.fault.message", ""),
    }


def _expected(*sweeps: dict[str, str], fault: str = "") -> dict[str, str]:
    tags = {name: value for sweep in reversed(sweeps) for name, value in sweep.items()}
    return {name: value for name, value in tags.items() if name != "mlflow.parentRunId"} | {
        "parent": sweeps[0]["mlflow.parentRunId"],
        "fault": fault,
    }


def test_a_trial_is_tagged_from_its_beginning_and_when_it_goes_on(make_folder: MakeFolder, store: str) -> None:
    folder = make_folder()
    run_id = _start_sync(folder, store, FIRST)
    assert _tags(store, run_id) == _expected(FIRST)
    broken = FIRST | fault_tags("diverged", "the loss is no number", 1)
    assert _start_sync(folder, store, broken) == run_id
    assert _tags(store, run_id) == _expected(FIRST, fault="divergedthe loss is no number")
    assert _start_sync(folder, store, {}) == run_id
    assert _tags(store, run_id) == _expected(FIRST, fault="divergedthe loss is no number")


def test_tags_reach_a_store_that_was_away(make_folder: MakeFolder, store: str) -> None:
    folder = make_folder()
    mlflow_sync = MlflowSync.open(
        folder, uri="http://127.0.0.1:1", experiment="tests", system_metrics=False, tags=FIRST
    )
    mlflow_sync.start()
    folder.status = "finished"
    assert not mlflow_sync.finish("finished", patience=0.1)
    folder.release()
    (done,) = synchronize(folder.path.parent, store)
    assert done.run_id is not None
    # The parent's id is one of the store that never was.
    assert _tags(store, done.run_id) == _expected(FIRST) | {"parent": ""}
    progress = SyncProgress.find(folder.path)
    assert progress is not None
    assert progress.complete


def test_a_run_of_an_earlier_command_is_adopted_and_stays_with_its_first_sweep(
    make_folder: MakeFolder, store: str
) -> None:
    run_id = _start_sync(make_folder(), store, {})
    client, _ = open_client(store, "tests")
    before = client.get_run(run_id).info
    for _ in range(2):
        assert adopt(client, run_id, FIRST)
        assert _tags(store, run_id) == _expected(FIRST)
    assert adopt(client, run_id, SECOND)
    assert _tags(store, run_id) == _expected(FIRST, SECOND)
    new_parent = FIRST | {"mlflow.parentRunId": "c" * 32}  # as the old one was deleted in the store
    assert adopt(client, run_id, new_parent)
    assert _tags(store, run_id) == _expected(new_parent, SECOND)
    assert client.get_run(run_id).info.end_time == before.end_time


def test_a_run_that_a_person_put_under_another_stays_there(make_folder: MakeFolder, store: str) -> None:
    run_id = _start_sync(make_folder(), store, {"mlflow.parentRunId": "d" * 32})
    client, _ = open_client(store, "tests")
    assert adopt(client, run_id, FIRST)
    assert _tags(store, run_id) == _expected(FIRST) | {"parent": "d" * 32}


def test_a_run_of_another_store_is_not_adopted(store: str) -> None:
    assert not adopt(open_client(store, "tests")[0], "e" * 32, FIRST)
