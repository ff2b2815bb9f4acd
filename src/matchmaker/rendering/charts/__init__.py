"""The geometry of charts, in units of a view box; templates draw them without inline style."""
