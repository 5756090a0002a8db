"""Families of networks: functions with keyword-only arguments that return a `depthlab.nn.Network`."""

from depthlab.models.residual import plain, resnet

__all__ = ["plain", "resnet"]
