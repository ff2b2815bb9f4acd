"""The table of the schools sector's own: which school was in which trust."""

from __future__ import annotations

import dataframely as dy
import polars as pl


class Membership(dy.Schema):
    """Which organisation is a member of which, from a day to a day (the first on which it no longer is)."""

    member = dy.String(primary_key=True)
    group = dy.String(primary_key=True)
    start = dy.Date(primary_key=True)
    end = dy.Date(nullable=True)
    known_from = dy.Date()
    basis = dy.String()
    source = dy.String()

    @dy.rule()
    def ends_after_it_starts(cls) -> pl.Expr:
        """No membership that ends before it starts."""
        return pl.col("end").is_null() | (pl.col("end") > pl.col("start"))


SCHEMAS = {"membership": Membership}
