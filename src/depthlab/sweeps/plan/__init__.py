"""From a search space to trials: composed, checked, counted, estimated."""
