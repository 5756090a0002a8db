"""Training: the LightningModule around a network, its schedules, callbacks and evaluation.

The names are imported when they are asked for: Lightning takes seconds, and not all of them need it.
"""

from typing import TYPE_CHECKING

from depthlab.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from depthlab.training.checkpoints import Checkpoints, read_weights, save_weights
    from depthlab.training.classifier import Classifier
    from depthlab.training.distributed import TeamStrategy
    from depthlab.training.diverged import Diverged
    from depthlab.training.evaluation import Evaluation, evaluate
    from depthlab.training.hardware import Hardware, choose_hardware
    from depthlab.training.interruption import Interrupted, Interruption, Pruned
    from depthlab.training.limit import StepLimit
    from depthlab.training.progress import ProgressBar, track
    from depthlab.training.progress_listener import ProgressListener, Watching
    from depthlab.training.reporting import Reporting
    from depthlab.training.schedules import CyclicCosine
    from depthlab.training.snapshots import Snapshots
    from depthlab.training.team import Team

_MODULES = {
    "checkpoints": ("Checkpoints", "read_weights", "save_weights"),
    "classifier": ("Classifier",),
    "distributed": ("TeamStrategy",),
    "diverged": ("Diverged",),
    "evaluation": ("Evaluation", "evaluate"),
    "hardware": ("Hardware", "choose_hardware"),
    "interruption": ("Interrupted", "Interruption", "Pruned"),
    "limit": ("StepLimit",),
    "progress": ("ProgressBar", "track"),
    "reporting": ("Reporting",),
    "schedules": ("CyclicCosine",),
    "snapshots": ("Snapshots",),
    "team": ("Team",),
    "progress_listener": ("ProgressListener", "Watching"),
}

__all__ = [
    "Checkpoints",
    "Classifier",
    "CyclicCosine",
    "Diverged",
    "Evaluation",
    "Hardware",
    "Interrupted",
    "Interruption",
    "ProgressBar",
    "ProgressListener",
    "Pruned",
    "Reporting",
    "Snapshots",
    "StepLimit",
    "Team",
    "TeamStrategy",
    "Watching",
    "choose_hardware",
    "evaluate",
    "read_weights",
    "save_weights",
    "track",
]

__getattr__ = lazy_exports(__name__, _MODULES)
