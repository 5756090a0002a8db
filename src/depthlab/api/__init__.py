"""depthlab from Python: `import depthlab as dl`, then `dl.train(...)`, as on the command line without a shell."""

from depthlab.api.answers import Answer, question_function
from depthlab.api.errors import UserError
from depthlab.api.networks import load
from depthlab.api.single import Run, train
from depthlab.api.sweeping import Sweep, sweep
from depthlab.api.table import runs

__all__ = ["Answer", "Run", "Sweep", "UserError", "load", "question_function", "runs", "sweep", "train"]
