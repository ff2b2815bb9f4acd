"""Criteria: how well a candidate meets what an arrangement weighs."""
