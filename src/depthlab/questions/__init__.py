"""The questions of the lab: a folder each, and what they share."""
