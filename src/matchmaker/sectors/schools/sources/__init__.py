"""Readers of the official files on English schools; see README.md."""
