"""What changed between two snapshots, and for whom."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from matchmaker.errors import InvalidParameter
from matchmaker.snapshot.store import Snapshot

FIGURE = ["code", "measure", "period_start", "period_end", "source"]


@dataclass(frozen=True, slots=True)
class Diff:
    """The difference of a later snapshot (b) to an earlier one (a).

    Attributes:
        tables: table, rows only in a, rows only in b; one row per table that differs.
        figures: every figure that came, went or changed: `FIGURE`, value_a, value_b, change.
        organisations: those that came, went, or whose name, type, locality or dates changed.
    """

    tables: pl.DataFrame
    figures: pl.DataFrame
    organisations: pl.DataFrame

    @property
    def same(self) -> bool:
        """Whether the two hold the same."""
        return self.tables.is_empty()


def diff(a: Snapshot, b: Snapshot) -> Diff:
    """Compare two snapshots table by table and figure by figure.

    Raises:
        InvalidParameter: they are of different sectors.
    """
    if a.manifest["sector"] != b.manifest["sector"]:
        sectors = f"{a.manifest['sector']} and {b.manifest['sector']}"
        raise InvalidParameter(f"The snapshots are of two sectors, {sectors}.", "Choose two of one sector.")
    changed = [
        (name, _only_in(a, b, name), _only_in(b, a, name))
        for name in a.manifest["tables"]
        if name in b.manifest["tables"]
        and a.manifest["tables"][name]["content_sha256"] != b.manifest["tables"][name]["content_sha256"]
    ]
    columns = {"table": pl.String, "only_in_a": pl.Int64, "only_in_b": pl.Int64}
    return Diff(
        tables=pl.DataFrame(changed, schema=columns, orient="row"),
        figures=_figures(a, b),
        organisations=_organisations(a, b),
    )


def _only_in(one: Snapshot, other: Snapshot, name: str) -> int:
    mine, theirs = one.table(name), other.table(name)
    return mine.join(theirs, on=mine.columns, how="anti", nulls_equal=True).height


def _figures(a: Snapshot, b: Snapshot) -> pl.DataFrame:
    before = a.measures.select(*FIGURE, value_a="value")
    after = b.measures.select(*FIGURE, value_b="value")
    both = before.join(after, on=FIGURE, how="full", coalesce=True)
    return both.filter(pl.col("value_a").ne_missing(pl.col("value_b"))).with_columns(_change()).sort(FIGURE)


def _change() -> pl.Expr:
    return (
        pl.when(pl.col("value_a").is_null())
        .then(pl.lit("new"))
        .when(pl.col("value_b").is_null())
        .then(pl.lit("gone"))
        .otherwise(pl.lit("changed"))
        .alias("change")
    )


def _organisations(a: Snapshot, b: Snapshot) -> pl.DataFrame:
    columns = ["code", "name", "type", "locality", "opened", "closed"]
    parts = [
        one.organisations.select(columns)
        .join(other.organisations.select(columns), on=columns, how="anti", nulls_equal=True)
        .with_columns(held_by=pl.lit(label))
        for one, other, label in ((a, b, "a"), (b, a, "b"))
    ]
    return pl.concat(parts).sort("code", "held_by")
