from pathlib import Path

import pytest

from depthlab.records import RunRecord, RunStatus
from depthlab.tracking import RunFolder, find_finished, find_folders, find_interrupted, find_run
from depthlab.tracking.sync_progress import SyncProgress
from tests.tracking.conftest import MakeFolder


def _left(folder: RunFolder, status: RunStatus) -> RunFolder:
    folder.status = status
    folder.release()
    return folder


@pytest.mark.parametrize("status", ["running", "killed", "pruned"])
def test_a_run_that_was_cut_off_is_found_and_locked(make_folder: MakeFolder, status: RunStatus) -> None:
    cut_off = _left(make_folder(), status)
    found = find_interrupted(cut_off.path.parent, "1a2b3c4d5e6f7788")
    assert found is not None
    assert found.path == cut_off.path
    assert cut_off.alive, "the finder holds it"
    assert find_interrupted(cut_off.path.parent, "1a2b3c4d5e6f7788") is None


def test_a_run_that_ended_by_itself_is_not_continued(make_folder: MakeFolder) -> None:
    ended = _left(make_folder(), "failed")
    assert find_interrupted(ended.path.parent, "1a2b3c4d5e6f7788") is None
    assert not ended.alive


def test_neither_a_living_run_nor_another_recipe_is_continued(make_folder: MakeFolder) -> None:
    living = make_folder()
    _left(make_folder(fingerprint="ffff0000ffff0000"), "killed")
    _left(make_folder(fingerprint="1a2b3c4dffff0000"), "killed")  # the same beginning
    assert find_interrupted(living.path.parent, "1a2b3c4d5e6f7788") is None


def test_the_newest_of_several_is_continued(make_folder: MakeFolder) -> None:
    older, newer = (_left(make_folder(), "killed") for _ in range(2))
    found = find_interrupted(older.path.parent, "1a2b3c4d5e6f7788")
    assert found is not None
    assert found.path == newer.path


ASKED, FORMER, IN_PARTS = "1a2b3c4d5e6f7788", "aaaa3c4d5e6f7788", "bbbb3c4d5e6f7788"


def _finished(folder: RunFolder) -> RunFolder:
    fingerprint = folder.manifest.fingerprint
    folder.record = RunRecord(folder.name, folder.name, None, fingerprint, RunStatus.FINISHED, (), {}, {}, (), (), ())
    return _left(folder, RunStatus.FINISHED)


def test_a_run_of_an_earlier_version_is_found_but_behind_todays(make_folder: MakeFolder) -> None:
    old = _finished(make_folder(fingerprint=FORMER))
    root = old.path.parent
    assert find_finished(root, ASKED) is None
    found = find_finished(root, ASKED, former=(FORMER,))
    assert found is not None and found.path == old.path
    new = _finished(make_folder(fingerprint=ASKED))
    found = find_finished(root, ASKED, former=(FORMER,))
    assert found is not None and found.path == new.path


def test_a_former_run_in_microbatches_is_none_of_those_that_could_not_tell(make_folder: MakeFolder) -> None:
    old = _finished(make_folder(fingerprint=FORMER, microbatches=8))
    assert find_finished(old.path.parent, ASKED, former=(FORMER,)) is None


def test_a_run_in_parts_counts_where_memory_ran_out_for_what_was_asked(make_folder: MakeFolder) -> None:
    others = _finished(make_folder(fingerprint=IN_PARTS, microbatches=2))
    root = others.path.parent
    assert find_finished(root, ASKED) is None, "somebody asked for two parts"
    made = _finished(make_folder(fingerprint=IN_PARTS, microbatches=2, stands_for=ASKED))
    found = find_finished(root, ASKED)
    assert found is not None and found.path == made.path
    found = find_finished(root, IN_PARTS)
    assert found is not None and found.path == others.path


def test_no_runs_at_all(tmp_path: Path) -> None:
    assert find_folders(tmp_path / "none") == []
    assert find_interrupted(tmp_path / "none", "1a2b3c4d5e6f7788") is None
    with pytest.raises(ValueError, match="there are no runs in"):
        find_run(tmp_path / "none", "abc")


def test_a_run_is_found_by_name_beginning_path_and_id(make_folder: MakeFolder) -> None:
    first, second = make_folder(name="plain-20"), make_folder(name="resnet-20")
    SyncProgress(uri="sqlite:///x", experiment="depthlab", key="k", run_id="0123abcd" * 4).write(second.path)
    root = first.path.parent
    for given in (first.name, first.name[:20], str(first.path)):
        assert find_run(root, given).path == first.path
    for given in (second.name, "0123abcd" * 4, "0123ab"):
        assert find_run(root, given).path == second.path


def test_a_name_that_begins_another_is_that_run(make_folder: MakeFolder) -> None:
    first, second = make_folder(), make_folder()
    assert second.name.startswith(first.name)
    assert find_run(first.path.parent, first.name).path == first.path


@pytest.mark.parametrize(("given", "says"), [("none", "no run 'none'"), ("2", "any of 2 runs"), ("", "no run ''")])
def test_what_names_no_one_run_is_answered_with_what_exists(make_folder: MakeFolder, given: str, says: str) -> None:
    folders = [make_folder(name="plain-20"), make_folder(name="resnet-20")]
    with pytest.raises(ValueError, match=says) as raised:
        find_run(folders[0].path.parent, given)
    assert all(folder.name in str(raised.value) for folder in folders)
    assert "\n" not in str(raised.value)
