"""Working shortlists: options that people keep, rule out and write notes on until they decide."""
