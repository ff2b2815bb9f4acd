"""What a build refuses: figures out of range, in another unit, or given twice; told with their place."""

from __future__ import annotations

import polars as pl

from matchmaker.errors import Fault
from matchmaker.sources.publication import measures

ENOUGH = 10
"""A file's unit is judged only where this many organisations can be compared."""


def out_of_range(figures: pl.DataFrame) -> list[Fault]:
    """Figures outside the range that the catalogue gives their measure, and measures it lacks."""
    catalogue = pl.DataFrame(
        [(m.name, m.minimum, m.maximum, m.unit) for m in measures().values()],
        schema={"measure": pl.String, "low": pl.Float64, "high": pl.Float64, "of": pl.String},
        orient="row",
    )
    known = figures.join(catalogue, on="measure", how="left")
    strange = known.filter(pl.col("of").is_null()).unique(["file", "measure"])
    faults = [
        Fault(file, "a measure of the catalogue in sources/measures", measure)
        for file, measure in strange.select("file", "measure").sort("file", "measure").iter_rows()
    ]
    outside = known.filter((pl.col("value") < pl.col("low")) | (pl.col("value") > pl.col("high")))
    places = ["file", "sheet", "row", "column", "ods", "measure", "value", "low", "high", "of"]
    for file, sheet, row, column, ods, measure, value, low, high, unit in outside.select(places).iter_rows():
        expected = f"{measure} of {ods} between {_bound(low)} and {_bound(high)} {unit}"
        faults.append(Fault(file, expected, f"{value:g}", sheet, row, column))
    return faults


def _bound(value: float | None) -> str:
    return "any" if value is None else f"{value:g}"


def given_twice(figures: pl.DataFrame) -> list[Fault]:
    """Figures that one file gives twice with different values."""
    key = ["ods", "measure", "period_start", "period_end", "file"]
    twice = figures.filter(pl.len().over(key) > 1).filter(pl.col("value").n_unique().over(key) > 1)
    rows = twice.group_by(key, maintain_order=True).agg(
        pl.col("row").drop_nulls(), pl.col("value"), pl.col("sheet").first(), pl.col("column").first()
    )
    return [
        Fault(
            file,
            f"one value of {measure} for {ods} in {start:%Y-%m-%d} to {end:%Y-%m-%d}; rows {at}",
            " and ".join(f"{value:g}" for value in values),
            sheet,
            at[0] if at else None,
            column,
        )
        for ods, measure, start, end, file, at, values, sheet, column in rows.iter_rows()
    ]


def other_unit(figures: pl.DataFrame) -> list[Fault]:
    """Files whose figures are many times those of the same organisations in other files.

    The typical ratio (median over organisations) of a file's values to the nearest other values of
    the same measure is compared with the measure's `max_ratio`.
    """
    limits = {m.name: m.max_ratio for m in measures().values() if m.max_ratio}
    steady = figures.filter(pl.col("measure").is_in(list(limits)) & (pl.col("value") > 0))
    per_file = steady.group_by("measure", "ods", "file", "source").agg(pl.col("value").median())
    typical = per_file.group_by("measure", "ods").agg(usual=pl.col("value").median(), files=pl.len())
    ratios = (
        per_file.join(typical, on=["measure", "ods"])
        .filter(pl.col("files") > 1)
        .group_by("measure", "file")
        .agg(ratio=(pl.col("value") / pl.col("usual")).median(), compared=pl.len())
        .filter(pl.col("compared") >= ENOUGH)
        .with_columns(limit=pl.col("measure").replace_strict(limits, return_dtype=pl.Float64))
    )
    odd = ratios.filter((pl.col("ratio") > pl.col("limit")) | (pl.col("ratio") < 1 / pl.col("limit")))
    return [
        Fault(
            file,
            f"{measure} in {measures()[measure].unit}, as in other files",
            f"values typically {ratio:.3g} times those of the same organisations elsewhere",
            remedy="Check the unit of the file (thousands, days, months added up).",
        )
        for measure, file, ratio in odd.sort("file", "measure").select("measure", "file", "ratio").iter_rows()
    ]
