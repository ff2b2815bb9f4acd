"""What stands around the routes, outermost first: envelope, cors, proxy, gate, remembered, bounded.

Plain ASGI, so that an answer that is kept ready costs little more than sending it.
"""
