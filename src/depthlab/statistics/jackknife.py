"""What each member of a sample adds to a statistic of all of them: pseudo-values, over which there is an interval."""

from collections.abc import Sequence


def pseudo_values(whole: float, all_but_one: Sequence[float]) -> tuple[float, ...]:
    """Return n T - (n - 1) T_i for each i, with T of the whole sample of n, and T_i of it without the i-th member.

    For a mean they are the values themselves. For a mean over all pairs, or all ensembles of m, of the members (a U
    statistic) their mean is T, and Student's interval over them is that of T for large samples (Tukey 1958; Arvesen
    1969), although pairs share members.
    """
    n = len(all_but_one)
    return tuple(n * whole - (n - 1) * rest for rest in all_but_one)
