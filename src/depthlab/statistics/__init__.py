"""Statistics over seeds and images: intervals, comparisons, effects, families of tests, and planning."""

from depthlab.records import Comparison, Effect, Interval, Ratio, Summary
from depthlab.statistics.comparisons import compare, paired, welch
from depthlab.statistics.effects import cohen_d, hedges_g, paired_dz
from depthlab.statistics.families import holm
from depthlab.statistics.intervals import bootstrap_interval, proportion_interval, summarize, t_interval
from depthlab.statistics.planning import detectable_difference, seeds_needed, t_test_power
from depthlab.statistics.ratios import fieller_ratio
from depthlab.statistics.significance import ALPHA, LEVEL, is_significant

__all__ = [
    "ALPHA",
    "LEVEL",
    "Comparison",
    "Effect",
    "Interval",
    "Ratio",
    "Summary",
    "bootstrap_interval",
    "cohen_d",
    "compare",
    "detectable_difference",
    "fieller_ratio",
    "hedges_g",
    "holm",
    "is_significant",
    "paired",
    "paired_dz",
    "proportion_interval",
    "seeds_needed",
    "summarize",
    "t_interval",
    "t_test_power",
    "welch",
]
