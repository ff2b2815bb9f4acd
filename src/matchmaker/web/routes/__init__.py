"""One module for each page: a route asks the engine, a presenter prepares data, a template shows it."""
