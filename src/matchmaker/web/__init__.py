"""The pages: what a regulator reads, on the service's own application."""
