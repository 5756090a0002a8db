"""Training: the LightningModule around a network, its schedules, callbacks and evaluation.

Names are imported when they are first used: Lightning takes seconds to import, and not all of them need it.
"""

from typing import TYPE_CHECKING

from depthlab.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from depthlab.training.checkpoints import Checkpoints, read_checkpoint, read_weights, save_weights, zip_damage
    from depthlab.training.classifier import Classifier
    from depthlab.training.distributed import TeamStrategy
    from depthlab.training.diverged import Diverged
    from depthlab.training.evaluation import Evaluation, ImageOutcomes, evaluate
    from depthlab.training.hardware import Hardware, choose_hardware
    from depthlab.training.interruption import Interrupted, Interruption, Pruned
    from depthlab.training.limit import StepLimit
    from depthlab.training.progress import ProgressBar, track
    from depthlab.training.progress_listener import ListenerCallback, ProgressListener
    from depthlab.training.reporting import MetricsRecorder
    from depthlab.training.schedules import CyclicCosine
    from depthlab.training.snapshots import Snapshots
    from depthlab.training.team import Team

_MODULES = {
    "checkpoints": ("Checkpoints", "read_checkpoint", "read_weights", "save_weights", "zip_damage"),
    "classifier": ("Classifier",),
    "distributed": ("TeamStrategy",),
    "diverged": ("Diverged",),
    "evaluation": ("Evaluation", "ImageOutcomes", "evaluate"),
    "hardware": ("Hardware", "choose_hardware"),
    "interruption": ("Interrupted", "Interruption", "Pruned"),
    "limit": ("StepLimit",),
    "progress": ("ProgressBar", "track"),
    "reporting": ("MetricsRecorder",),
    "schedules": ("CyclicCosine",),
    "snapshots": ("Snapshots",),
    "team": ("Team",),
    "progress_listener": ("ProgressListener", "ListenerCallback"),
}

__all__ = [
    "Checkpoints",
    "Classifier",
    "CyclicCosine",
    "Diverged",
    "Evaluation",
    "Hardware",
    "ImageOutcomes",
    "Interrupted",
    "Interruption",
    "ListenerCallback",
    "MetricsRecorder",
    "ProgressBar",
    "ProgressListener",
    "Pruned",
    "Snapshots",
    "StepLimit",
    "Team",
    "TeamStrategy",
    "choose_hardware",
    "evaluate",
    "read_checkpoint",
    "read_weights",
    "save_weights",
    "track",
    "zip_damage",
]

__getattr__ = lazy_exports(__name__, _MODULES)
