"""Months to quarters: whole ones only, and unknown is not nothing."""

from __future__ import annotations

from datetime import date

import polars as pl

from matchmaker.sources.periods import quarterly, share


def test_only_whole_quarters() -> None:
    frame = pl.DataFrame(
        {
            "code": ["A"] * 4 + ["B"] * 3 + ["C"] * 3,
            "month": [date(2024, m, 1) for m in (1, 2, 3, 4)] + [date(2024, m, 1) for m in (1, 2, 3)] * 2,
            "n": [1.0, 2.0, 3.0, 4.0, 1.0, None, 1.0, 5.0, 5.0, float("nan")],
        }
    )
    assert quarterly(frame, ("n",)).rows() == [("A", date(2024, 1, 1), 6.0, date(2024, 3, 31))]


def test_rows_of_one_month_are_added_up() -> None:
    frame = pl.DataFrame(
        {"code": ["A"] * 4, "month": [date(2024, m, 1) for m in (10, 11, 12, 12)], "n": [1, 2, 3, 4]}
    )
    assert quarterly(frame, ("n",)).rows() == [("A", date(2024, 10, 1), 10, date(2024, 12, 31))]


def test_a_share_of_nothing_is_unknown() -> None:
    frame = pl.DataFrame({"part": [1, 0], "whole": [4, 0]})
    assert frame.select(share("part", "whole")).to_series().to_list() == [0.25, None]
