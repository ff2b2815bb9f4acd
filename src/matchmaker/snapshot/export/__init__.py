"""A snapshot as a dataset that others can open, check and cite without this package."""
