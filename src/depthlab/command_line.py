"""Where a person's typing comes in: one line for a person's mistake, a traceback for ours."""

import os
import sys
from collections.abc import Callable
from typing import Any, NoReturn

import hydra
from hydra.errors import HydraException
from omegaconf import DictConfig
from omegaconf.errors import OmegaConfBaseException

from depthlab.recipe import Recipe, from_hydra
from depthlab.recipe.compose import CONF


def main(task: Callable[[Recipe], Any]) -> None:
    """Read the command line with Hydra and run `task` on the recipe.

    A person's mistake (any `ValueError` or `OSError`) ends in one line on stderr and exit code 2.
    """

    def hydra_task(cfg: DictConfig) -> None:
        try:
            task(from_hydra(cfg))
        except (ValueError, OSError, HydraException, OmegaConfBaseException) as error:
            _fail(error)

    os.environ.setdefault("HYDRA_FULL_ERROR", "1")  # or Hydra prints and exits before we see the error
    try:
        hydra.main(config_path=str(CONF), config_name="train", version_base="1.3")(hydra_task)()
    except (HydraException, OmegaConfBaseException) as error:
        _fail(error)


def _fail(error: BaseException) -> NoReturn:
    print(f"error: {' '.join(str(error).split())}", file=sys.stderr)
    raise SystemExit(2)
