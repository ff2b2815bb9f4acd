"""Many recipients at once: one partner each, so that the fits add up to the most."""
