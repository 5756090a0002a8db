"""Stores that need not be built anew for each test."""

from tests.tracking.conftest import empty_store, store

__all__ = ["empty_store", "store"]
