"""The results put into words, tables and charts, for page and document."""
