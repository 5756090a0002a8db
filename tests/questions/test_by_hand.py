"""Verdicts of made-up records, recomputed from their JSON by other means."""

import json
import random

from tests.questions.by_hand import degradation_by_hand, regularization_by_hand, width_by_hand
from tests.questions.degradation import records as degradations
from tests.questions.regularization import records as regularizations
from tests.questions.width_vs_depth import records as widths


def test_degradation() -> None:
    assert degradation_by_hand(json.loads(degradations.record_of(degradations.SEVERAL).to_json())) == 2
    assert degradation_by_hand(json.loads(degradations.record_of(degradations.ONE).to_json())) == 0


def test_regularization() -> None:
    assert regularization_by_hand(json.loads(regularizations.record_of(3).to_json())) == 2


def test_width_against_depth() -> None:
    assert width_by_hand(json.loads(widths.record_of(widths.SEVERAL).to_json())) == 24
    noise = random.Random(3)
    off_the_lines = {name: [x + noise.gauss(0, 0.05) for x in errors] for name, errors in widths.SEVERAL.items()}
    off_the_lines["resnet-26"] = [error - 0.5 for error in off_the_lines["resnet-26"]]
    assert width_by_hand(json.loads(widths.record_of(off_the_lines).to_json())) == 24
    flat = {name: [5 + noise.gauss(0, 1) for _ in range(3)] for name in widths.SEVERAL}
    assert width_by_hand(json.loads(widths.record_of(flat).to_json())) == 24
