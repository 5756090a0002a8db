"""Run folders in a place that all machines see."""
