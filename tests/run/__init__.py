"""Whole runs in the small."""
