"""Statistics over seeds and images: intervals, comparisons, effects, families of tests, and planning."""

from depthlab.records import Comparison, Effect, Equivalence, Interval, Ratio, Summary, Trend
from depthlab.statistics.comparisons import paired, welch
from depthlab.statistics.contrasts import Cell, contrast, least_count_variance, slope_weights, variance_floor
from depthlab.statistics.crossed import crossed, discordant_interval, fisher, mcnemar, seeds_and_images_interval
from depthlab.statistics.effects import cohen_d, hedges_g, paired_dz
from depthlab.statistics.equivalence import equivalence
from depthlab.statistics.factorial import Factorial, cell_place, change, factorial
from depthlab.statistics.families import corrected, holm
from depthlab.statistics.intervals import bootstrap_interval, proportion_interval, summarize, t_interval
from depthlab.statistics.planning import (
    detectable_difference,
    seeds_needed,
    seeds_to_reach,
    t_test_power,
    upper_spread,
)
from depthlab.statistics.ratios import fieller_ratio
from depthlab.statistics.significance import ALPHA, LEVEL, claim_level, is_significant, looked_at, told_level
from depthlab.statistics.student import at_level, standard_error
from depthlab.statistics.trend import failure_limit, jonckheere, least_trend_p

__all__ = [
    "ALPHA",
    "LEVEL",
    "Cell",
    "Comparison",
    "Effect",
    "Equivalence",
    "Factorial",
    "Interval",
    "Ratio",
    "Summary",
    "Trend",
    "at_level",
    "bootstrap_interval",
    "cell_place",
    "change",
    "claim_level",
    "cohen_d",
    "contrast",
    "corrected",
    "crossed",
    "detectable_difference",
    "discordant_interval",
    "equivalence",
    "factorial",
    "failure_limit",
    "fieller_ratio",
    "fisher",
    "hedges_g",
    "holm",
    "is_significant",
    "jonckheere",
    "least_count_variance",
    "least_trend_p",
    "looked_at",
    "mcnemar",
    "paired",
    "paired_dz",
    "proportion_interval",
    "seeds_and_images_interval",
    "seeds_needed",
    "seeds_to_reach",
    "slope_weights",
    "standard_error",
    "summarize",
    "t_interval",
    "t_test_power",
    "told_level",
    "upper_spread",
    "variance_floor",
    "welch",
]
