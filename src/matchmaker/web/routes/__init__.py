"""One module for each page; a route asks, a presenter arranges, a template shows."""
