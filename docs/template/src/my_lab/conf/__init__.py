"""Choices that depthlab finds by name."""
