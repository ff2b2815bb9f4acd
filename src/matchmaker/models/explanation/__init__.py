"""Why a candidate stands where it does: rows, sentences, notes, what would change it."""
