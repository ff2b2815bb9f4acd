"""The report of an evaluation: published figures put into words, tables and charts."""
