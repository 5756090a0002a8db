"""Weights that torchvision published, for our networks; torchvision itself is not needed."""

from depthlab.models.torchvision.file import TorchvisionWeights, read_torchvision
from depthlab.models.torchvision.weights import load_torchvision

__all__ = ["TorchvisionWeights", "load_torchvision", "read_torchvision"]
