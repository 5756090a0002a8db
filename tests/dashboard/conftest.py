"""A store that need not be built anew."""

from tests.tracking.conftest import empty_store

__all__ = ["empty_store"]
