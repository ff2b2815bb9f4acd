"""Pure functions from answers to what templates show."""
