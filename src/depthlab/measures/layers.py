"""The layers of a network along its main path, in the order in which they are declared."""

from torch import nn

from depthlab.nn import LocallyConnected2d, Network

CONVOLUTIONS = (nn.Conv2d, LocallyConnected2d)
WEIGHTED = (*CONVOLUTIONS, nn.Linear)


def main_layers(network: nn.Module, kinds: tuple[type[nn.Module], ...]) -> dict[str, nn.Module]:
    """Return the layers of the given kinds by name.

    Convolutions on the skip path of a unit (projections and gates) and auxiliary heads are beside the main path and
    left out: papers don't count them as layers.
    """
    aside: set[nn.Module] = set()
    if isinstance(network, Network):
        aside |= set(network.auxiliary.modules())
        for unit in network.units():
            if "skip" in unit.paths:
                aside |= set(unit.paths["skip"].modules())
    return {name: layer for name, layer in network.named_modules() if isinstance(layer, kinds) and layer not in aside}
