"""Whether a recipe's store can be used, asked before anything heavy is imported."""

from collections.abc import Callable

from depthlab.recipe import Recipe
from depthlab.tracking import check_store, redact, resolve_uri


def check_tracking(recipe: Recipe, tell: Callable[[str], None]) -> None:
    """Check that the run can be recorded in the recipe's store.

    With `tracking.patience` a store that is away is only told: the run keeps all in its folder, and sends it later.

    Raises:
        ValueError: it can't, and no patience was typed.
    """
    tracking = recipe.config["tracking"]
    if not tracking["enabled"]:
        return
    try:
        check_store(resolve_uri(tracking["uri"]))
    except ValueError as error:
        if tracking.get("patience") is None:
            raise
        trouble = redact(str(error).partition(": ")[0])
        tell(f"{trouble}: training goes on, and what the store lacks is sent when it is back")
