"""Residual networks: units that add a weighted branch and a skip."""

from depthlab.models.residual.preresnet import preresnet
from depthlab.models.residual.resnet import plain, resnet
from depthlab.models.residual.resnext import resnext
from depthlab.models.residual.wide_resnet import wide_resnet

__all__ = ["plain", "preresnet", "resnet", "resnext", "wide_resnet"]
