"""Papers that are made in a queue, and the middleware that puts them there."""
