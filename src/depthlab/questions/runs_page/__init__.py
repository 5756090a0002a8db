"""A page of any runs."""
