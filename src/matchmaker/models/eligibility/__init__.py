"""Rules: who is excluded, and what is said of it."""
