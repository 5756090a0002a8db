"""Many runs: a search space becomes trials, Ray Tune runs them, and what was recorded is never lost or done twice.

The names are imported when they are asked for: Hydra's plugin opens this door at every start.
"""

from typing import TYPE_CHECKING

from depthlab.doors import lazy_door

if TYPE_CHECKING:
    from depthlab.sweeps.answers import begin_answer, run_folder, run_refs
    from depthlab.sweeps.settings import Settings, settings_of
    from depthlab.sweeps.sweep import ensure_sweep, preview_sweep, run_sweep
    from depthlab.sweeps.swept import Swept, attach
    from depthlab.sweeps.tune_words import Tune, read_tune
    from depthlab.sweeps.tuned import Tuned, ensure_tuned, preview_tuned

_PLACES = {
    "answers": ("begin_answer", "run_folder", "run_refs"),
    "settings": ("Settings", "settings_of"),
    "sweep": ("ensure_sweep", "preview_sweep", "run_sweep"),
    "swept": ("Swept", "attach"),
    "tune_words": ("Tune", "read_tune"),
    "tuned": ("Tuned", "ensure_tuned", "preview_tuned"),
}

__all__ = [
    "Settings",
    "Swept",
    "Tune",
    "Tuned",
    "attach",
    "begin_answer",
    "ensure_sweep",
    "ensure_tuned",
    "preview_sweep",
    "preview_tuned",
    "read_tune",
    "run_folder",
    "run_refs",
    "run_sweep",
    "settings_of",
]

__getattr__ = lazy_door(__name__, _PLACES)
