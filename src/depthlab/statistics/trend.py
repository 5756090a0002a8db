"""Do values rise along ordered groups? An exact test of the order of all values, the lost ones worst."""

import math
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from depthlab.records import Trend

MOST_STATES = 20_000  # of the exact recursion: some seconds
MOST_ALLOCATIONS = 2_000_000  # likewise, over all states and tied values
SHUFFLES = 20_000  # beyond that, random arrangements

Counts = tuple[int, ...]


def jonckheere(groups: Sequence[Iterable[float]], *, seed: int = 0) -> Trend:
    """Test for a trend over groups in their order (Jonckheere, Biometrika 41, 1954; Terpstra, Indag. Math. 14, 1952).

    J counts the pairs of values from two groups of which the later group's is larger; a tie counts one half. Its
    distribution is that over all ways to deal the same values out to groups of these sizes, ties as they are: exact
    by recursion over the distinct values, beyond `MOST_STATES` by `SHUFFLES` random ways from `seed`. p is two-sided,
    twice the smaller tail.

    Args:
        groups: Values of each group, such as errors by depth, in any units; +inf stands for what diverged, the worst
            rank. Groups without values are left out.

    Raises:
        ValueError: fewer than two groups have values, or a value is NaN.
    """
    samples = [list(group) for group in groups]
    samples = [sample for sample in samples if sample]
    if len(samples) < 2:
        raise ValueError("a trend needs two groups with values at least")
    if any(math.isnan(value) for sample in samples for value in sample):
        raise ValueError("a value is NaN: give +inf for what diverged")
    sizes = tuple(map(len, samples))
    values = np.array([value for sample in samples for value in sample], dtype=np.float64)
    ties = np.unique(values, return_counts=True)[1].tolist()
    doubled = _doubled_statistic(values, np.repeat(np.arange(len(sizes)), sizes))
    if _is_small(sizes, ties):
        shares = _exact_shares(sizes, tuple(ties))
        above, below = float(shares[doubled:].sum()), float(shares[: doubled + 1].sum())
        method = "exact"
    else:
        above, below = _random_tails(values, sizes, doubled, seed)
        method = f"{SHUFFLES:,} random arrangements"
    pairs = (sum(sizes) ** 2 - sum(size**2 for size in sizes)) // 2
    return Trend(
        n=sizes,
        statistic=doubled / 2,
        probability=doubled / 2 / pairs,
        p=min(1.0, 2 * min(above, below)),
        least_p=least_trend_p(sizes),
        method=method,
    )


def least_trend_p(sizes: Sequence[int]) -> float:
    """Return the smallest two-sided p that groups of these sizes can have, when no value is tied.

    That is two over the number of ways to deal the values out: 0.10 for 3 and 3, 0.0008 for 2, 2, 2 and 2.
    """
    ways, total = 1, 0
    for size in sizes:
        total += size
        ways *= math.comb(total, size)
    return min(1.0, 2 / ways)


def failure_limit(runs: int, level: float = 0.95) -> float:
    """Return the failure rate that `runs` runs without a failure still allow: 0.63 for three at a level of 0.95."""
    return float(1 - (1 - level) ** (1 / runs))


def _doubled_statistic(values: npt.NDArray[np.float64], group: npt.NDArray[np.int64]) -> int:
    """Return 2 J, a whole number."""
    later = group[:, None] < group[None, :]
    return int(2 * (later & (values[:, None] < values[None, :])).sum() + (later & (values[:, None] == values)).sum())


def _is_small(sizes: Counts, ties: Sequence[int]) -> bool:
    states = math.prod(size + 1 for size in sizes)
    allocations = sum(math.comb(tied + len(sizes) - 1, tied) for tied in set(ties))
    return states <= MOST_STATES and states * allocations <= MOST_ALLOCATIONS


@lru_cache(maxsize=512)
def _exact_shares(sizes: Counts, ties: Counts) -> npt.NDArray[np.float64]:
    """Return the share of all arrangements that have 2 J = 0, 1, 2, ...

    The distinct values are dealt out from the smallest on. A state is how many values each group has already; the
    next value's ties are allocated to groups, each of them larger than what earlier groups have.
    """
    shape = [size + 1 for size in sizes]
    used = np.zeros((1, len(sizes)), dtype=np.int64)  # a row for each state
    ways = np.ones((1, 1))  # state, 2 J
    for tied in ties:
        steps = []
        for taken in map(np.array, _allocations(tied, sizes)):
            fits = (used + taken <= sizes).all(axis=1)
            if fits.any():
                states = np.ravel_multi_index(tuple((used[fits] + taken).T), shape)
                weight = math.factorial(tied) / math.prod(map(math.factorial, taken.tolist()))
                steps.append((states, _gains(used[fits], taken), ways[fits] * weight))
        found = np.unique(np.concatenate([states for states, _, _ in steps]))
        columns = np.arange(ways.shape[1])
        ways = np.zeros((len(found), ways.shape[1] + max(int(gains.max()) for _, gains, _ in steps)))
        for states, gains, counts in steps:  # no state is twice in one step
            ways[np.searchsorted(found, states)[:, None], gains[:, None] + columns] += counts
        used = np.stack(np.unravel_index(found, shape), axis=1)
    shares: npt.NDArray[np.float64] = ways[0] / ways[0].sum()
    return shares


def _allocations(items: int, free: Counts) -> Iterator[Counts]:
    """Yield all ways to give `items` equal things to places that have room for `free` each."""
    if len(free) == 1:
        if items <= free[0]:
            yield (items,)
        return
    for first in range(min(items, free[0]) + 1):
        for rest in _allocations(items - first, free[1:]):
            yield (first, *rest)


def _gains(used: npt.NDArray[np.int64], taken: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return what tied values add to 2 J: 2 for each smaller value of an earlier group, 1 for each tie with one."""
    smaller, tied = np.cumsum(used, axis=1) - used, np.cumsum(taken) - taken
    return (2 * smaller + tied) @ taken


def _random_tails(values: npt.NDArray[np.float64], sizes: Counts, doubled: int, seed: int) -> tuple[float, float]:
    """Return both tails over random arrangements, of which the one that was seen is one."""
    generator = np.random.default_rng(seed)
    ranks = np.unique(values, return_inverse=True)[1].astype(np.float64)
    group = np.repeat(np.arange(len(sizes)), sizes)
    found = np.array([_doubled_statistic(generator.permutation(ranks), group) for _ in range(SHUFFLES)])
    above, below = (found >= doubled).sum(), (found <= doubled).sum()
    return float((above + 1) / (SHUFFLES + 1)), float((below + 1) / (SHUFFLES + 1))
