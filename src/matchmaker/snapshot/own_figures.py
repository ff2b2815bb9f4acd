"""Which figures and organisations of a snapshot are a user's own, laid over the published ones."""

from __future__ import annotations

import polars as pl

from matchmaker.snapshot.store import Snapshot

OWN = "own data"
"""The source of every figure that a user gives."""


def own_organisations(snapshot: Snapshot) -> frozenset[str]:
    """The codes of which a user's own data laid over a snapshot say something."""
    added = snapshot.organisations.filter(
        pl.any_horizontal(
            pl.col("type_basis", "coordinate_basis").str.starts_with(f"{OWN}: ").fill_null(False)
        )
    )
    figures = snapshot.measures.filter(pl.col("source") == OWN)
    return frozenset([*added["code"], *figures["code"]])
