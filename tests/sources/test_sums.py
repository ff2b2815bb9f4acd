"""Sums over what may be missing: what is not known is no nought."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.sources.sums import total, total_of_rows

CELLS = st.lists(st.one_of(st.none(), st.integers(-1000, 1000)), min_size=1, max_size=6)


@given(st.lists(CELLS.filter(lambda row: len(row) == 4), min_size=1, max_size=8) | st.just([[None] * 4]))
def test_a_sum_is_known_where_every_part_is(rows: list[list[int | None]]) -> None:
    frame = pl.DataFrame(rows, schema=dict.fromkeys("abcd", pl.Int64), orient="row")
    found = frame.select(total("abcd")).to_series().to_list()
    assert found == [None if None in row else sum(filter(None, row)) for row in rows]


@given(CELLS)
def test_so_is_one_over_rows(cells: list[int | None]) -> None:
    frame = pl.DataFrame({"a": cells}, schema={"a": pl.Int64})
    (found,) = frame.select(total_of_rows("a")).to_series()
    assert found == (None if None in cells else sum(filter(None, cells)))
