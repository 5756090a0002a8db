"""kill -9 of a sweep's command, and the same command again until it is done.

The suite does it at two moments and a few random ones; `python -m tests.sweeps.test_killed 20` does it as often as one
likes.
"""

import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from depthlab.tracking import open_client
from tests.sweeps.living import PATIENCE, Sandbox, placed, wait_until

pytestmark = pytest.mark.slow

WORDS = (
    *("model=plain,resnet", "depth=8", "dropout=0.1", "cutout=2"),
    "trainer.checkpoint_minutes=0.001",
)
FEW = ("seed=0,1", "epochs=40")
MANY = ("seed=0,1,2,3", "epochs=150")
STEPS = 6  # an epoch


def kill_until_done(place: Sandbox, kills: int, chance: random.Random) -> list[str]:
    """Run the sweep until it ends by itself, killing it up to so many times before; return what happened.

    One kill in four comes at any moment of the start, the others some time after trials have made steps.
    """
    story: list[str] = []
    began = time.monotonic()
    while True:
        before, process = place.steps, place.start()
        early = chance.random() < 0.25
        if len(story) < kills:
            if not early:
                wait_until(lambda: place.steps > before or process.poll() is not None, "a step")  # noqa: B023
            time.sleep(chance.uniform(0.0, 15.0 if early else 5.0))
        if len(story) >= kills or process.poll() is not None:
            out, err = process.communicate(timeout=2 * PATIENCE)
            assert process.returncode == 0, f"{story}\n{out}\n{err}"
            return story
        process.kill()
        process.communicate()
        statuses = dict(Counter(run.status for run in place.runs))
        when = "at the start" if early else f"after {place.steps - before} steps"
        story.append(f"{time.monotonic() - began:.0f} s: killed {when}; runs: {statuses}")
        if chance.random() < 0.5:  # else the next command meets processes that are still going away
            place.wait_until_gone()


def check_the_same(whole: Sandbox, broken: Sandbox) -> None:
    """See that table and store of a broken sweep are those of an unbroken one."""
    steps = STEPS * int(whole.runs[0].manifest.axes["epochs"])
    broken.wait_until_gone()
    assert broken.table == whole.table
    expected, found = whole.children, broken.children
    assert {key: child.result for key, child in found.items()} == {key: child.result for key, child in expected.items()}
    for key, child in found.items():
        assert child.tags["depthlab.trial"] == expected[key].tags["depthlab.trial"]
        assert child.points["train/step_loss"] == expected[key].points["train/step_loss"] == [*range(1, steps + 1)]
        assert not child.tags.get("depthlab.fault")
    assert [trial.words for trial in broken.sweep.trials] == [trial.words for trial in whole.sweep.trials]
    assert len(broken.runs) == len(found) == len(expected) == len(broken.record.trials) and len(broken.sweeps) == 1
    assert {trial.state for trial in broken.record.trials} == {"finished"}


@pytest.fixture
def whole(tmp_path: Path, empty_store: Path) -> Iterator[Sandbox]:
    """A sweep that nothing breaks off."""
    with placed(tmp_path / "whole", empty_store, *WORDS, *FEW, cores=2) as place:
        ended = place.run_in_turn()
        assert ended.code == 0, ended.said
        yield place


@pytest.fixture
def broken(tmp_path: Path, empty_store: Path) -> Iterator[Sandbox]:
    with placed(tmp_path / "broken", empty_store, *WORDS, *FEW, cores=2) as place:
        yield place


def test_a_sweep_killed_early_and_at_a_checkpoint_ends_like_an_unbroken_one(whole: Sandbox, broken: Sandbox) -> None:
    for moment, what in (("sweeps/*/sweep.json", "its plan"), ("runs/*/checkpoints/last.ckpt", "a checkpoint")):
        process = broken.start()
        wait_until(lambda: any(broken.path.glob(f"mlruns/{moment}")) or process.poll() is not None, what)  # noqa: B023
        process.kill()
        assert process.wait() == -signal.SIGKILL, process.communicate()
    ended = broken.run()  # which meets processes that are still going away
    assert ended.code == 0, ended.said
    check_the_same(whole, broken)
    assert any(run.journal.resumptions for run in broken.runs)


@pytest.mark.exhaustive
def test_a_sweep_killed_at_random_moments_ends_like_an_unbroken_one(whole: Sandbox, broken: Sandbox) -> None:
    assert kill_until_done(broken, 2, random.Random(1))
    check_the_same(whole, broken)


def main(kills: int, seed: int) -> None:
    """Do it often, and tell."""
    os.environ["OMP_NUM_THREADS"] = "1"
    with tempfile.TemporaryDirectory() as name:
        folder, words = Path(name), (*WORDS, *MANY)
        store = folder / "empty.db"
        open_client(f"sqlite:///{store}", "Default")
        with (
            placed(folder / "whole", store, *words, cores=2) as whole,
            placed(folder / "broken", store, *words, cores=2) as broken,
        ):
            ended = whole.run()
            assert ended.code == 0, ended.said
            print(f"unbroken: {ended.seconds:.0f} s", flush=True)
            story = kill_until_done(broken, kills, random.Random(seed))
            print("\n".join(story), flush=True)
            check_the_same(whole, broken)
            print(f"the same after {len(story)} kills", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20, int(sys.argv[2]) if len(sys.argv) > 2 else 0)
