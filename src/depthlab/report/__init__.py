"""From records to figures and tables. No torch here: a report needs what was written down, and nothing else."""

from depthlab.report.blocks import Block, Code, Facts, Folded, Notice, Page, PageTable, Picture, Section
from depthlab.report.cells import Estimate
from depthlab.report.drawn_trials import Quantity, count_trials
from depthlab.report.figures import confusion_matrix, learning_curves, save_figure
from depthlab.report.page import write_page
from depthlab.report.parallel import parallel_coordinates
from depthlab.report.scale import show
from depthlab.report.sweep_figures import metric_against_axis
from depthlab.report.trial_table import Table, best_trials, trial_table

__all__ = [
    "Block",
    "Code",
    "Estimate",
    "Facts",
    "Folded",
    "Notice",
    "Page",
    "PageTable",
    "Picture",
    "Quantity",
    "Section",
    "Table",
    "best_trials",
    "confusion_matrix",
    "count_trials",
    "learning_curves",
    "metric_against_axis",
    "parallel_coordinates",
    "save_figure",
    "show",
    "trial_table",
    "write_page",
]
