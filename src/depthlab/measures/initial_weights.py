"""Which networks begin alike: runs of one seed are twins where their initial weights are the same."""

import hashlib

from torch import nn


def weights_digest(network: nn.Module) -> str:
    """Return 16 hexadecimal digits that networks share if their parameters have the same names and values."""
    found = hashlib.sha256()
    for name, parameter in network.named_parameters():
        found.update(f"{name} {tuple(parameter.shape)} ".encode())
        found.update(parameter.detach().float().cpu().contiguous().numpy().tobytes())
    return found.hexdigest()[:16]
