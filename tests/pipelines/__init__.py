"""The pipelines, against a real run."""
