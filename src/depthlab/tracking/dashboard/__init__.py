"""MLflow's pages, opened on an answer: where in which store, and a server for them."""
