"""Readers of official files about trusts, one module for each publication."""
