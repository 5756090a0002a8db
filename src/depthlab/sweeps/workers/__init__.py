"""The processes that compute: the Ray cluster, its workers, and what they are sent."""
