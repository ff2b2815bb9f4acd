"""What a build refuses: figures that can't be right, each told with its place in its file."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from matchmaker.errors import Issue
from matchmaker.sources.publication import measures

ENOUGH = 10
"""A file's unit is judged only where this many organisations can be compared."""
REPEATED = 0.8
"""Two periods are one and the same where more than this share of organisations has equal figures."""
DIFFERENT = 20
"""Figures that take fewer values than this (ratings, small counts) may well be equal by nature."""


def out_of_range(figures: pl.DataFrame) -> list[Issue]:
    """Figures outside the range that the catalogue gives their measure, and measures it lacks."""
    catalogue = pl.DataFrame(
        [(m.name, m.minimum, m.maximum, m.unit) for m in measures().values()],
        schema={"measure": pl.String, "low": pl.Float64, "high": pl.Float64, "of": pl.String},
        orient="row",
    )
    known = figures.join(catalogue, on="measure", how="left")
    strange = known.filter(pl.col("of").is_null()).unique(["file", "measure"])
    faults = [
        Issue(file, "a measure of the catalogue in sources/measures", measure)
        for file, measure in strange.select("file", "measure").sort("file", "measure").iter_rows()
    ]
    outside = known.filter((pl.col("value") < pl.col("low")) | (pl.col("value") > pl.col("high")))
    places = ["file", "sheet", "row", "column", "code", "measure", "value", "low", "high", "of"]
    for file, sheet, row, column, code, measure, value, low, high, unit in outside.select(places).iter_rows():
        expected = f"{measure} of {code} between {_bound(low)} and {_bound(high)} {unit}"
        faults.append(Issue(file, expected, f"{value:g}", sheet, row, column))
    return faults


def _bound(value: float | None) -> str:
    return "any" if value is None else f"{value:g}"


def given_twice(figures: pl.DataFrame) -> list[Issue]:
    """Figures that one file gives twice with different values."""
    key = ["code", "measure", "period_start", "period_end", "file", "source"]
    twice = figures.filter(pl.len().over(key) > 1).filter(pl.col("value").n_unique().over(key) > 1)
    rows = twice.group_by(key, maintain_order=True).agg(
        pl.col("row").drop_nulls(), pl.col("value"), pl.col("sheet").first(), pl.col("column").first()
    )
    return [
        Issue(
            file,
            f"one value of {measure} for {code} in {start:%Y-%m-%d} to {end:%Y-%m-%d}"
            + (f"; rows {at}" if at else ""),
            " and ".join(f"{value:g}" for value in values),
            sheet,
            at[0] if at else None,
            column,
        )
        for code, measure, start, end, file, _, at, values, sheet, column in rows.iter_rows()
    ]


def other_unit(figures: pl.DataFrame) -> list[Issue]:
    """Periods of a file in which figures are many times those of the same organisations elsewhere.

    The typical ratio (median over organisations) of a period's figures to the organisations' usual
    ones (median over all files and periods; with two of them, the other one) is compared with the
    measure's `max_ratio`. Where there are only two, no one can say which is wrong: both are told.
    """
    limits = {m.name: m.max_ratio for m in measures().values() if m.max_ratio}
    own = ["measure", "code"]
    ratios = (
        figures.filter(pl.col("measure").is_in(list(limits)) & (pl.col("value") > 0))
        .group_by(*own, "file", "period_start", "period_end")
        .agg(pl.col("value").median())
        .filter(pl.len().over(own) > 1)
        .with_columns(
            usual=pl.when(pl.len().over(own) == 2)
            .then(pl.col("value").sum().over(own) - pl.col("value"))
            .otherwise(pl.col("value").median().over(own))
        )
        .group_by("file", "measure", "period_start", "period_end")
        .agg(ratio=(pl.col("value") / pl.col("usual")).median(), compared=pl.len())
        .filter(pl.col("compared") >= ENOUGH)
        .with_columns(limit=pl.col("measure").replace_strict(limits, return_dtype=pl.Float64))
    )
    odd = ratios.filter((pl.col("ratio") > pl.col("limit")) | (pl.col("ratio") < 1 / pl.col("limit")))
    place = ["file", "measure", "period_start", "period_end"]
    return [
        Issue(
            file,
            f"{measure} of {start:%Y-%m-%d} to {end:%Y-%m-%d} in {measures()[measure].unit}, as elsewhere",
            f"values typically {ratio:.3g} times those of the same organisations elsewhere",
            remedy="Check the unit of the file (thousands, days, months added up).",
        )
        for file, measure, start, end, ratio in odd.sort(place).select(*place, "ratio").iter_rows()
    ]


def repeated_period(figures: pl.DataFrame) -> list[Issue]:
    """Periods in which nearly every organisation has the very figures of another period.

    Seen in a copy of the monthly A&E counts whose February and March 2025 were those of 2024.
    """
    own = ["source", "measure", "code"]
    some = figures.filter(pl.col("value") != 0)  # to have none of a thing in both is no wonder
    equal = some.filter(pl.len().over(*own, "value") > 1)
    period = ["period_start", "period_end"]
    pairs = (
        equal.select(*own, "value", *period)
        .join(
            equal.select(*own, "value", *period, "file", "sheet", "column"), on=[*own, "value"], suffix="_2"
        )
        .filter(pl.col("period_end") < pl.col("period_end_2"))
        .group_by("source", "measure", *period, "period_start_2", "period_end_2")
        .agg(
            pl.col("code").n_unique().alias("same"),
            pl.col("value").n_unique().alias("values"),
            pl.col("file", "sheet", "column").first(),
        )
        .filter(pl.col("values") >= DIFFERENT)
    )
    sizes = some.group_by("source", "measure", *period).agg(pl.col("code").n_unique().alias("all"))
    odd = pairs.join(sizes, on=["source", "measure", *period]).filter(
        pl.col("same") > REPEATED * pl.col("all")
    )
    shown = ["file", "sheet", "column", "measure", "period_start_2", "period_end_2", *period, "same", "all"]
    return [
        Issue(
            file,
            f"{measure} of {start:%Y-%m-%d} to {end:%Y-%m-%d} with figures of its own",
            f"for {same} of {everyone} organisations the figure of {other_start} to {other_end}",
            sheet,
            column=column,
            remedy="Leave out the period that is a copy of the other.",
        )
        for file, sheet, column, measure, start, end, other_start, other_end, same, everyone in odd.select(
            shown
        )
        .sort(shown)
        .iter_rows()
    ]


def known_too_early(figures: pl.DataFrame) -> list[Issue]:
    """Figures said to be known before their period had ended, and periods that end before they start."""
    place = ["file", "sheet", "row", "column", "code", "measure", "period_start", "period_end", "known_from"]
    order = (pl.col("period_start") <= pl.col("period_end")) & (pl.col("period_end") <= pl.col("known_from"))
    return [
        Issue(
            file,
            f"{measure} of {code} to be known no earlier than its period ends",
            f"{start} to {end}, known from {known}",
            sheet,
            row,
            column,
        )
        for file, sheet, row, column, code, measure, start, end, known in figures.filter(~order)
        .select(place)
        .iter_rows()
    ]


def contradicted(rows: pl.DataFrame, key: list[str], said: list[str]) -> list[Issue]:
    """Rows of one file that say different things of the same: one trust listed twice, for example."""
    if "row" not in rows.columns:
        rows = rows.with_columns(row=pl.lit(None, pl.Int64))
    faults = []
    for column in said:
        twice = rows.filter(pl.col(column).n_unique().over("file", *key) > 1)
        first = pl.col(column, "row").first().over("file", *key).name.prefix("first_")
        other = twice.with_columns(first).filter(pl.col(column).ne_missing(pl.col(f"first_{column}")))
        shown = ["file", "row", *key, column, "first_row", f"first_{column}"]
        for file, row, *names, value, first_row, first_value in other.select(shown).iter_rows():
            of = " ".join(str(name) for name in names)
            before = f"{first_value!s} as in row {first_row}" if first_row else str(first_value)
            faults.append(Issue(file, f"one {column} of {of}: {before}", str(value), row=row, column=column))
    return faults


OF_FIGURES: tuple[Callable[[pl.DataFrame], list[Issue]], ...] = (
    out_of_range,
    given_twice,
    other_unit,
    repeated_period,
    known_too_early,
)
"""Every check that figures go through; each takes all figures of a build and gives its faults."""
