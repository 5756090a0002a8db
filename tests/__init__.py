"""The tests mirror src/; tests/rules holds the house rules."""
