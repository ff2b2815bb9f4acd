"""Years in disorder, and long periods unlike their parts."""

from __future__ import annotations

import random
from datetime import date

import polars as pl

from matchmaker.sector import Sector
from matchmaker.snapshot import series

CODES = [f"H{at:02}" for at in range(60)]


def yearly(values: dict[int, list[float]]) -> pl.DataFrame:
    """Staff of sixty harbours, one list of values for each year."""
    return pl.concat(
        pl.DataFrame({"code": CODES, "value": row}).with_columns(
            measure=pl.lit("staff"),
            period_start=pl.lit(date(year, 1, 1)),
            period_end=pl.lit(date(year, 12, 31)),
            source=pl.lit("survey"),
            file=pl.lit("survey.csv"),
            sheet=pl.lit(None, pl.String),
            column=pl.lit("Staff"),
        )
        for year, row in values.items()
    )


def survey() -> dict[int, list[float]]:
    noise = random.Random(7)
    return {year: [at + noise.gauss(0, 4) for at in range(60)] for year in range(2012, 2018)}


def test_a_year_whose_rows_are_mixed_up_is_told(harbours: Sector) -> None:
    values = survey()
    assert series.out_of_step(yearly(values), harbours) == []
    mixed = values[2015][:20]
    random.Random(3).shuffle(mixed)
    half = values[2015][20:50][::-1]
    values[2015] = [*mixed, *half, *values[2015][50:]]
    (issue,) = series.out_of_step(yearly(values), harbours)
    assert issue.expected.startswith("staff of 2015-12-31 to go with 2014-12-31 and 2016-12-31 about as well")
    assert (issue.file, issue.column) == ("survey.csv", "Staff")


def test_a_year_that_changes_for_good_is_none(harbours: Sector) -> None:
    values = survey()
    for year in (2015, 2016, 2017):
        values[year] = values[year][::-1]
    assert series.out_of_step(yearly(values), harbours) == []


def test_few_organisations_are_not_compared(harbours: Sector) -> None:
    values = survey()
    random.Random(3).shuffle(values[2015])
    few = yearly(values).filter(pl.col("code").is_in(CODES[: series.FEWEST - 1]))
    assert series.out_of_step(few, harbours) == []


def shares(year: float, quarters: tuple[float, float, float, float], n: int = 40) -> pl.DataFrame:
    """The share on time of many harbours in a year and in its quarters."""
    starts = [date(2014, month, 1) for month in (1, 4, 7, 10)]
    ends = [date(2014, 3, 31), date(2014, 6, 30), date(2014, 9, 30), date(2014, 12, 31)]
    rows = [
        (code, "on_time", start, end, value, file, file)
        for code in CODES[:n]
        for start, end, value, file in [
            (date(2014, 1, 1), date(2014, 12, 31), year, "years"),
            *zip(starts, ends, quarters, ["quarters"] * 4, strict=True),
        ]
    ]
    columns = ["code", "measure", "period_start", "period_end", "value", "source", "file"]
    return pl.DataFrame(rows, schema=columns, orient="row")


def test_yearly_shares_outside_the_range_of_their_quarters_are_told(harbours: Sector) -> None:
    (issue,) = series.unlike_its_parts(shares(0.57, (0.95, 0.96, 0.94, 0.93)), harbours)
    assert issue.file == "years"
    assert "outside it for 40 of 40, such as 0.57 of" in (issue.value or "")


def test_within_the_range_and_where_parts_are_missing_nothing_is_told(harbours: Sector) -> None:
    assert series.unlike_its_parts(shares(0.945, (0.95, 0.96, 0.94, 0.93)), harbours) == []
    gap = shares(0.57, (0.95, 0.96, 0.94, 0.93)).filter(pl.col("period_end") != date(2014, 6, 30))
    assert series.unlike_its_parts(gap, harbours) == []
    assert series.unlike_its_parts(shares(0.57, (0.95, 0.96, 0.94, 0.93), n=10), harbours) == []
