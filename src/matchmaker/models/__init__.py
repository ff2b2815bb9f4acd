"""Shortlists: similarity, rules, criteria, fit and explanation; arrangements as data."""
