"""The rules of the house as tests: who may import whom, what is declared, what the pages say one can type."""

from pathlib import Path

__all__ = ["ROOT"]

ROOT = Path(__file__).resolve().parents[2]
