"""Many runs: a search space becomes trials, Ray Tune runs them, and what was recorded is never lost or done twice.

The names are imported when they are asked for: Hydra's plugin opens this door at every start.
"""

from typing import TYPE_CHECKING

from depthlab.doors import lazy_door

if TYPE_CHECKING:
    from depthlab.sweeps.answers import begin_answer, measured_run, run_folder, run_refs, split_sizes, trained_images
    from depthlab.sweeps.equal_cost import CostMatch, base_rung, held_words, read_budgets
    from depthlab.sweeps.factor_words import Factors, read_factors
    from depthlab.sweeps.few_images import with_few_images
    from depthlab.sweeps.ladders import Ladder, Rung, check_axes, rung_name
    from depthlab.sweeps.measured import Measuring
    from depthlab.sweeps.networks import Networks, Untrained, span_networks
    from depthlab.sweeps.publishing import check_answerable, publish
    from depthlab.sweeps.settings import Settings, settings_of
    from depthlab.sweeps.step_times import StepTimes
    from depthlab.sweeps.subjects import RUN_KEYS, Subject, Subjects, find_subjects, publish_answer, untrained_subject
    from depthlab.sweeps.sweep import ensure_sweep, preview_sweep, run_sweep
    from depthlab.sweeps.swept import Swept, attach
    from depthlab.sweeps.tune_words import Tune, read_tune
    from depthlab.sweeps.tuned import Tuned, ensure_tuned, preview_tuned

_PLACES = {
    "answers": ("begin_answer", "measured_run", "run_folder", "run_refs", "split_sizes", "trained_images"),
    "equal_cost": ("CostMatch", "base_rung", "held_words", "read_budgets"),
    "factor_words": ("Factors", "read_factors"),
    "few_images": ("with_few_images",),
    "ladders": ("Ladder", "Rung", "check_axes", "rung_name"),
    "measured": ("Measuring",),
    "networks": ("Networks", "Untrained", "span_networks"),
    "publishing": ("check_answerable", "publish"),
    "settings": ("Settings", "settings_of"),
    "step_times": ("StepTimes",),
    "subjects": ("RUN_KEYS", "Subject", "Subjects", "find_subjects", "publish_answer", "untrained_subject"),
    "sweep": ("ensure_sweep", "preview_sweep", "run_sweep"),
    "swept": ("Swept", "attach"),
    "tune_words": ("Tune", "read_tune"),
    "tuned": ("Tuned", "ensure_tuned", "preview_tuned"),
}

__all__ = [
    "RUN_KEYS",
    "CostMatch",
    "Factors",
    "Ladder",
    "Measuring",
    "Networks",
    "Rung",
    "Settings",
    "StepTimes",
    "Subject",
    "Subjects",
    "Swept",
    "Tune",
    "Tuned",
    "Untrained",
    "attach",
    "base_rung",
    "begin_answer",
    "check_answerable",
    "check_axes",
    "ensure_sweep",
    "ensure_tuned",
    "find_subjects",
    "held_words",
    "measured_run",
    "preview_sweep",
    "preview_tuned",
    "publish",
    "publish_answer",
    "read_budgets",
    "read_factors",
    "read_tune",
    "run_folder",
    "run_refs",
    "run_sweep",
    "rung_name",
    "settings_of",
    "span_networks",
    "split_sizes",
    "trained_images",
    "untrained_subject",
    "with_few_images",
]

__getattr__ = lazy_door(__name__, _PLACES)
