"""Training: the LightningModule around a network, its schedules, callbacks and evaluation."""

from depthlab.training.checkpoints import Checkpoints, read_weights, save_weights
from depthlab.training.classifier import Classifier
from depthlab.training.distributed import TeamStrategy
from depthlab.training.evaluation import Evaluation, evaluate
from depthlab.training.hardware import Hardware, choose_hardware
from depthlab.training.interruption import Interrupted, Interruption, Pruned
from depthlab.training.limit import StepLimit
from depthlab.training.progress import ProgressBar, track
from depthlab.training.reporting import Diverged, Reporting
from depthlab.training.team import Team
from depthlab.training.watching import Watch, Watching

__all__ = [
    "Checkpoints",
    "Classifier",
    "Diverged",
    "Evaluation",
    "Hardware",
    "Interrupted",
    "Interruption",
    "ProgressBar",
    "Pruned",
    "Reporting",
    "StepLimit",
    "Team",
    "TeamStrategy",
    "Watch",
    "Watching",
    "choose_hardware",
    "evaluate",
    "read_weights",
    "save_weights",
    "track",
]
