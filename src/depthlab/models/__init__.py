"""Network families: functions with keyword-only arguments that return a `depthlab.nn.Network`."""

from depthlab.models.alexnet import alexnet
from depthlab.models.densenet import densenet
from depthlab.models.inception import inception_v1, inception_v2, inception_v3
from depthlab.models.locally_connected import locally_connected
from depthlab.models.mlp import mlp
from depthlab.models.nin import nin
from depthlab.models.residual import plain, preresnet, resnet, resnext, wide_resnet
from depthlab.models.torchvision import TorchvisionWeights, load_torchvision, read_torchvision
from depthlab.models.vgg import vgg

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
