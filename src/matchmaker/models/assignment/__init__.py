"""Many trusts at once: the most total fit, and who would rather have whom."""
