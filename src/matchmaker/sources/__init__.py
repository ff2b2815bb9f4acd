"""The toolkit for readers of official files."""
