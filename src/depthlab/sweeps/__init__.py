"""Many runs: a search space becomes trials, Ray Tune runs them, and what was recorded is never lost or done twice.

The names are imported when they are asked for: Hydra's plugin imports this package at every start.
"""

from typing import TYPE_CHECKING

from depthlab.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from depthlab.sweeps.plan.costs import CostCounter
    from depthlab.sweeps.plan.settings import Settings, settings_of
    from depthlab.sweeps.result import SweepResult
    from depthlab.sweeps.sweep import ensure_sweep, preview_sweep, run_sweep

_MODULES = {
    "plan.costs": ("CostCounter",),
    "plan.settings": ("Settings", "settings_of"),
    "result": ("SweepResult",),
    "sweep": ("ensure_sweep", "preview_sweep", "run_sweep"),
}

__all__ = [
    "CostCounter",
    "Settings",
    "SweepResult",
    "ensure_sweep",
    "preview_sweep",
    "run_sweep",
    "settings_of",
]

__getattr__ = lazy_exports(__name__, _MODULES)
