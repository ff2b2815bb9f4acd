"""Texts of the pages that are data: the transparency record."""
