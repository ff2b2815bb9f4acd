"""The geometry of charts: places in units of a view box, drawn by templates without inline style."""
