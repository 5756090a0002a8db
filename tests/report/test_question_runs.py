"""What a page says of the runs that it rests on."""

import pytest

from depthlab.records import RunRef, TrialState
from depthlab.report.question_runs import date_text, seed_notices


@pytest.mark.parametrize(
    ("named", "told"), [(False, "Type `seed=0,1,2` or more"), (True, "name all of the runs in `run=`")]
)
def test_advice_for_one_seed_fits_the_command(named: bool, told: str) -> None:
    run = RunRef("resnet-8 · seed 0", "resnet-8", "resnet", 8, TrialState.FINISHED, {}, "f", ())
    [notice] = seed_notices([run], named=named)
    assert told in notice.text
    assert seed_notices([], named=named) == ()


def test_dates_of_all_pages_read_alike() -> None:
    assert date_text("2026-11-28T20:40:10+00:00") == date_text("2026-11-28T22:40:10+02:00") == "2026-11-28 20:40 UTC"
    assert date_text("unknown") == "unknown"
