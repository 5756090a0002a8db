"""A sweep in an MLflow store: one run, with its trials under it."""
