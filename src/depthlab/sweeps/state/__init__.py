"""What is known of a sweep: its folder, its trials' states, the runs that are there already."""
