"""Many recipients at once: one partner each, so that the fits add up to the most."""

CAPACITY = 1
"""How many recipients a partner can take on, help on record included; a judgement."""
FLOOR = 0.5
"""The fit of a candidate for which, on balance, nothing speaks: no pair below it is made."""
N_DRAWS = 200
"""Draws of other reasonable weights and unknown figures under which the assignment is made again."""
