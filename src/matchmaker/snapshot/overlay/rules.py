"""What must hold of a user's figures, their periods and the places of organisations, as schemas."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import dataframely as dy
import polars as pl

from matchmaker.dates import format_date
from matchmaker.sector import Sector
from matchmaker.snapshot.overlay.columns import CODE
from matchmaker.sources.publication import Measure
from matchmaker.sources.user_tables.validator import Told, types

MARGIN = 5.0
"""How many degrees a user's own organisation may lie outside the sector's extent."""
EARLIEST = date(2000, 1, 1)
LATEST = timedelta(days=731)
"""A day so long after the snapshot's is taken for a typing error."""
DEGREES = ("latitude", "longitude")

Heading = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure as the user gives it; a day that is None was not given."""

    code: str
    measure: str
    value: float
    period_start: date | None
    period_end: date | None
    known_from: date | None
    row: int
    column: str
    cell: str
    """What stands there."""


@dataclass(frozen=True, slots=True)
class Period:
    """The period of one row: its days, and the cells that they were read from."""

    row: int
    code: str
    measure: str | None
    has_figures: bool
    period_start: date | None
    period_end: date | None
    known_from: date | None
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Identity:
    """One coordinate of one row."""

    row: int
    code: str
    column: str
    value: float
    cell: str


class Periods(dy.Schema):
    """The periods of a table, one for each row (and measure, in the long form)."""

    row = dy.Int64()
    code = dy.String()
    of = dy.String()
    """The organisation and, in the long form, the measure."""
    has_figures = dy.Bool()
    period_start = dy.Date(nullable=True)
    period_end = dy.Date(nullable=True)
    known_from = dy.Date(nullable=True)
    period_start_cell = dy.String()
    period_end_cell = dy.String()
    known_from_cell = dy.String()
    ends = dy.Date()
    last = dy.Date()
    first_row = dy.Int64()

    @dy.rule()
    def start_in_reach(cls) -> pl.Expr:
        """No start before the first day that figures may be of, or long after the snapshot's."""
        return pl.col("period_start").is_between(EARLIEST, "last")

    @dy.rule()
    def end_in_reach(cls) -> pl.Expr:
        """No end out of reach."""
        return pl.col("period_end").is_between(EARLIEST, "last")

    @dy.rule()
    def known_in_reach(cls) -> pl.Expr:
        """No day of knowledge out of reach."""
        return pl.col("known_from").is_between(EARLIEST, "last")

    @dy.rule()
    def starts_before_it_ends(cls) -> pl.Expr:
        """No period that begins after its end."""
        return pl.col("period_start") <= pl.col("ends")

    @dy.rule()
    def known_after_its_end(cls) -> pl.Expr:
        """No figure that was known before its period was over."""
        return pl.col("known_from") >= pl.col("ends")

    @dy.rule()
    def once(cls) -> pl.Expr:
        """An organisation has one figure of a measure for periods that end on the same day."""
        return ~pl.col("has_figures") | (pl.col("row") == pl.col("first_row"))


class Figures(dy.Schema):
    """Figures beside the range of their measure."""

    row = dy.Int64()
    column = dy.String()
    cell = dy.String()
    measure = dy.String()
    unit = dy.String()
    value = dy.Float64()
    low = dy.Float64(nullable=True)
    high = dy.Float64(nullable=True)

    @dy.rule()
    def in_range(cls) -> pl.Expr:
        """No figure outside the range that the catalogue gives its measure."""
        low, high = pl.col("low").fill_null(float("-inf")), pl.col("high").fill_null(float("inf"))
        return pl.col("value").is_between(low, high)


class Places(dy.Schema):
    """Coordinates of organisations."""

    row = dy.Int64()
    code = dy.String()
    column = dy.String()
    cell = dy.String()
    value = dy.Float64()
    low = dy.Float64()
    high = dy.Float64()
    other = dy.String()
    other_given = dy.Bool()
    swapped = dy.Bool()

    @dy.rule()
    def in_the_area(cls) -> pl.Expr:
        """No place far outside the sector's extent."""
        return pl.col("value").is_between("low", "high")

    @dy.rule()
    def both(cls) -> pl.Expr:
        """A place is a latitude and a longitude."""
        return pl.col("other_given")


def periods_frame(periods: Sequence[Period], as_of: date) -> pl.DataFrame:
    """Periods in the columns of `Periods`; without an end, a figure is of the day of the snapshot."""
    rows = [
        (
            one.row,
            one.code,
            one.code if one.measure is None else f"{one.code} and {one.measure}",
            one.has_figures,
            one.period_start,
            one.period_end,
            one.known_from,
            *one.cells.values(),
            one.period_end or as_of,
            as_of + LATEST,
        )
        for one in periods
    ]
    schema = {name: kind for name, kind in types(Periods).items() if name != "first_row"}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    with_figures = pl.when("has_figures").then("row")
    return frame.with_columns(first_row=with_figures.min().over("of", "ends").fill_null(pl.col("row")))


def periods_told(heading: Heading) -> dict[str, Told]:
    """How the rules of `Periods` are told."""

    def reach(row: Mapping[str, Any]) -> str:
        return f"a day from {format_date(EARLIEST)} to {format_date(row['last'])}"

    def cell(name: str) -> Callable[[Mapping[str, Any]], str]:
        return lambda row: str(row[f"{name}_cell"])

    def at(name: str) -> Callable[[Mapping[str, Any]], str | None]:
        return lambda row: heading(name)

    def end(words: str) -> Callable[[Mapping[str, Any]], str]:
        return lambda row: f"a day not {words} the end of the period, {format_date(row['ends'])}"

    return {
        "start_in_reach": Told(at("period_start"), reach, cell("period_start")),
        "end_in_reach": Told(at("period_end"), reach, cell("period_end")),
        "known_in_reach": Told(at("known_from"), reach, cell("known_from")),
        "starts_before_it_ends": Told(at("period_start"), end("after"), cell("period_start")),
        "known_after_its_end": Told(at("known_from"), end("before"), cell("known_from")),
        "once": Told(
            at(CODE),
            lambda row: (
                f"one row for {row['of']} up to {format_date(row['ends'])}; row {row['first_row']} is another"
            ),
            lambda row: str(row["code"]),
            lambda row: "Keep one of them.",
        ),
    }


def figures_frame(figures: Sequence[Figure], catalogue: Mapping[str, Measure]) -> pl.DataFrame:
    """Figures in the columns of `Figures`."""
    rows = []
    for figure in figures:
        measure = catalogue[figure.measure]
        bounds = (measure.minimum, measure.maximum)
        said = (figure.row, figure.column, figure.cell)
        rows.append((*said, measure.name, measure.unit, figure.value, *bounds))
    return pl.DataFrame(rows, schema=types(Figures), orient="row")


def figures_told() -> dict[str, Told]:
    """How the rule of `Figures` is told."""

    def between(row: Mapping[str, Any]) -> str:
        low, high = ("any" if row[at] is None else f"{row[at]:,.10g}" for at in ("low", "high"))
        return f"{row['measure']} between {low} and {high} {row['unit']}"

    def remedy(row: Mapping[str, Any]) -> str:
        return "A share is written as 0.74 or 74%." if row["unit"] == "share" else "Check unit and period."

    return {"in_range": Told(lambda row: row["column"], between, lambda row: row["cell"], remedy)}


def identities_frame(
    places: Sequence[Identity],
    organisations: Mapping[str, Mapping[str, Any]],
    refused: set[tuple[str, str]],
    sector: Sector,
) -> pl.DataFrame:
    """Coordinates in the columns of `Places`."""
    extent = sector.extent
    bounds = {
        "latitude": (extent.south - MARGIN, extent.north + MARGIN),
        "longitude": (extent.west - MARGIN, extent.east + MARGIN),
    }
    rows = []
    for one in places:
        other = DEGREES[1 - DEGREES.index(one.column)]
        given = other in organisations[one.code] or (one.code, other) in refused
        swapped = bounds[other][0] <= one.value <= bounds[other][1]
        row = (one.row, one.code, one.column, one.cell, one.value, *bounds[one.column], other, given, swapped)
        rows.append(row)
    return pl.DataFrame(rows, schema=types(Places), orient="row")


def identities_told(heading: Heading, sector: Sector) -> dict[str, Told]:
    """How the rules of `Places` are told."""
    area = f"a place in or near the area of the {sector.words.organisations}"
    return {
        "in_the_area": Told(
            lambda row: heading(row["column"]),
            lambda row: f"{area}, {row['low']:g} to {row['high']:g} degrees",
            lambda row: row["cell"],
            lambda row: f"This may be the {row['other']}." if row["swapped"] else "Give decimal degrees.",
        ),
        "both": Told(
            lambda row: heading(row["column"]),
            lambda row: f"a {row['other']} of {row['code']} as well as its {row['column']}",
        ),
    }
