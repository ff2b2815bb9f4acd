"""Tables that people fill in, read as they are."""
