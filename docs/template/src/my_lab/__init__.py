"""A model, a data set and a question beside those of depthlab. Keep this file light: it is imported at each start."""
