"""The word that a person probably meant."""

from collections.abc import Iterable
from difflib import get_close_matches

# what other programs call our keys
_ALIASES = {
    "arch": "model",
    "batch": "batch_size",
    "batch_norm": "batch",
    "batchnorm": "batch",
    "batchsize": "batch_size",
    "bs": "batch_size",
    "dataset": "data",
    "depthwise": "separable",
    "depthwise_separable": "separable",
    "epoch": "epochs",
    "glorot": "xavier",
    "group_norm": "group",
    "groupnorm": "group",
    "kaiming": "he",
    "layer_norm": "layer",
    "layernorm": "layer",
    "layers": "depth",
    "lr": "learning_rate",
    "max_epochs": "epochs",
    "network": "model",
    "optim": "optimizer",
    "random_seed": "seed",
    "scheduler": "schedule",
    "shuffle": "shuffled",
    "stochastic_depth": "drop_path",
    "swish": "silu",
    "wd": "weight_decay",
}


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word nearest to `word`, or None if none is near.

    A dotted key is also found by its last part alone: `momentum` means `optimizer.momentum`.
    """
    words = sorted(known)
    small = word.lower().replace("-", "_")
    alias = _ALIASES.get(small)
    if alias in words:
        return alias
    exact = [key for key in words if key.lower() == small or key.rpartition(".")[2].lower() == small.rpartition(".")[2]]
    near = exact or get_close_matches(small, words, n=1) or _near_last_part(small, words)
    return near[0] if near else None


def _near_last_part(word: str, words: list[str]) -> list[str]:
    parts = {key.rpartition(".")[2]: key for key in words}
    return [parts[part] for part in get_close_matches(word.rpartition(".")[2], parts, n=1, cutoff=0.75)]


def did_you_mean(word: str, known: Iterable[str], prefix: str = "") -> str:
    """Return `; did you mean ...?`, or nothing."""
    near = nearest(word, known)
    return f"; did you mean {prefix}{near}?" if near else ""
