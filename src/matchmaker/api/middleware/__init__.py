"""Plain ASGI around the routes, so that a cached response costs little more than sending it."""
