"""Families of networks: functions with keyword-only arguments that return a `depthlab.nn.Network`."""

from depthlab.models.dense import densenet
from depthlab.models.preactivation import preresnet
from depthlab.models.residual import plain, resnet
from depthlab.models.resnext import resnext
from depthlab.models.torchvision_file import TorchvisionWeights, read_torchvision
from depthlab.models.torchvision_weights import load_torchvision
from depthlab.models.vgg import vgg
from depthlab.models.wide_resnet import wide_resnet

__all__ = [
    "TorchvisionWeights",
    "densenet",
    "load_torchvision",
    "plain",
    "preresnet",
    "read_torchvision",
    "resnet",
    "resnext",
    "vgg",
    "wide_resnet",
]
