"""Many runs: a search space becomes trials, Ray Tune runs them, and what was recorded is never lost or done twice.

The names are imported when they are asked for: Hydra's plugin opens this door at every start.
"""

from typing import TYPE_CHECKING

from depthlab.doors import lazy_door

if TYPE_CHECKING:
    from depthlab.sweeps.settings import Settings, settings_of
    from depthlab.sweeps.sweep import ensure_sweep, preview_sweep, run_sweep
    from depthlab.sweeps.swept import Swept, attach

_PLACES = {
    "settings": ("Settings", "settings_of"),
    "sweep": ("ensure_sweep", "preview_sweep", "run_sweep"),
    "swept": ("Swept", "attach"),
}

__all__ = ["Settings", "Swept", "attach", "ensure_sweep", "preview_sweep", "run_sweep", "settings_of"]

__getattr__ = lazy_door(__name__, _PLACES)
