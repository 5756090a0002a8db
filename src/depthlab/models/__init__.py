"""Families of networks: functions with keyword-only arguments that return a `depthlab.nn.Network`."""

from depthlab.models.alexnet import alexnet
from depthlab.models.dense import densenet
from depthlab.models.inception_v1 import inception_v1
from depthlab.models.inception_v2 import inception_v2
from depthlab.models.inception_v3 import inception_v3
from depthlab.models.locally_connected import locally_connected
from depthlab.models.mlp import mlp
from depthlab.models.nin import nin
from depthlab.models.preactivation import preresnet
from depthlab.models.residual import plain, resnet
from depthlab.models.resnext import resnext
from depthlab.models.torchvision_file import TorchvisionWeights, read_torchvision
from depthlab.models.torchvision_weights import load_torchvision
from depthlab.models.vgg import vgg
from depthlab.models.wide_resnet import wide_resnet

__all__ = [
    "TorchvisionWeights",
    "alexnet",
    "densenet",
    "inception_v1",
    "inception_v2",
    "inception_v3",
    "load_torchvision",
    "locally_connected",
    "mlp",
    "nin",
    "plain",
    "preresnet",
    "read_torchvision",
    "resnet",
    "resnext",
    "vgg",
    "wide_resnet",
]
