"""The rows of some organisations in the table of measures, found without reading those of all others."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from matchmaker.cache import cached
from matchmaker.snapshot.store import Snapshot

Spans = dict[str, tuple[int, int]]
"""Code -> its first row and how many there are."""


@cached
def _spans(snapshot: Snapshot) -> Spans:
    """Where the rows of each code stand in the table of measures, which is sorted by code."""
    runs = snapshot.measures.select(pl.col("code").rle()).unnest("code")
    ends = runs.select("value", "len", start=pl.col("len").cum_sum() - pl.col("len"))
    return {code: (start, length) for code, length, start in ends.iter_rows()}


def rows_of(snapshot: Snapshot, codes: Collection[str]) -> pl.DataFrame:
    """The rows of the table of measures that some codes have, in their order."""
    if snapshot.under is not None and snapshot.changed is not None:
        changed = snapshot.changed.filter(pl.col("code").is_in(list(codes)))
        others = rows_of(snapshot.under, set(codes) - set(changed["code"]))
        return pl.concat([others, changed]).sort("code", maintain_order=True)
    spans, measures = _spans(snapshot), snapshot.measures
    parts = [measures.slice(*spans[code]) for code in sorted(set(codes)) if code in spans]
    return pl.concat(parts) if parts else measures.clear()


def with_rows_of(snapshot: Snapshot, codes: Collection[str], rows: pl.DataFrame) -> pl.DataFrame:
    """The table of measures with other rows for some codes; all else is shared, not copied.

    Args:
        snapshot: that has the table.
        codes: those whose rows go.
        rows: what comes in their place, sorted as the table is.
    """
    spans, measures, at, parts = _spans(snapshot), snapshot.measures, 0, []
    new = {str(code): part for (code,), part in rows.partition_by("code", as_dict=True).items()}
    order = measures["code"]
    for code in sorted({*codes, *new}):
        start, length = spans.get(code, (order.search_sorted(code), 0))
        parts += [measures.slice(at, start - at), new.get(code, measures.clear())]
        at = start + length
    return pl.concat([*parts, measures.slice(at)])
