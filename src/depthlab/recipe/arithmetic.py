"""The number of the arithmetic of training: what it computes, not how the code that computes it is written.

A run belongs to its settings, its images and this number, so that a new version of the lab finds an old one's runs.
tests/golden trains some steps of each family, and fails where they come out otherwise: then the number goes up by one,
and no earlier run is taken for one of the new arithmetic.
"""

from typing import Any

ARITHMETIC = 1

# sha256 of the code of versions that had no number yet, and compute what number 1 does
FORMER_SOURCES = (
    "1ced74cfb586f2e51ddce7cdc9a79d3315893f167d0f2764fd4c4089e22a283a",
    "69d69f166aa2802557796875c6238526e0fdfb000874015b137913ea25ef5ee9",
)

# Keys that came later, and the value with which a run computes what it did before there was the key.
LATER_KEYS: dict[str, Any] = {"trainer.workers": 1, "trainer.microbatches": 1, "data.train_size": None}
