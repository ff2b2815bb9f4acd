"""Past pairings as choice sets, and models fitted on them."""
