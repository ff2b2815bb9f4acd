"""Everything about one organisation as of a day."""
