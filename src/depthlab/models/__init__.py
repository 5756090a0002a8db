"""Families of networks: functions with keyword-only arguments that return a `depthlab.nn.Network`."""

from depthlab.models.dense import densenet
from depthlab.models.residual import plain, resnet
from depthlab.models.resnext import resnext
from depthlab.models.vgg import vgg

__all__ = ["densenet", "plain", "resnet", "resnext", "vgg"]
