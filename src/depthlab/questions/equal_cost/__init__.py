"""Networks of equal cost: candidates along an axis, and the search for the one nearest to a budget."""
