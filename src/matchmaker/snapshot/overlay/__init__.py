"""A user's own figures, laid over a snapshot for one query."""
