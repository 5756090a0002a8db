"""From records to figures. No torch here: a report needs what was written down, and nothing else."""

from depthlab.report.figures import confusion_matrix, learning_curves, save_figure

__all__ = ["confusion_matrix", "learning_curves", "save_figure"]
