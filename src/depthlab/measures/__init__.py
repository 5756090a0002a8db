"""Measures on a trained network that several questions take."""
