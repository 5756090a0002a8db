"""What a person sees of a sweep: progress, tables, the last lines."""
