"""English schools and academy trusts."""
