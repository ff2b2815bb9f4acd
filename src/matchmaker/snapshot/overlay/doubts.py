"""What is valid in a user's table and yet may not be meant: another unit, a lost % sign, a closed body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from matchmaker.cache import cached
from matchmaker.dates import format_date, months_before
from matchmaker.errors import Issue
from matchmaker.snapshot.overlay.rules import Figure
from matchmaker.snapshot.overlay.validation import Rows
from matchmaker.snapshot.own_figures import OWN
from matchmaker.snapshot.store import Snapshot
from matchmaker.sources.publication import Measure, measures

YEARS = 3
"""Figures are compared with those that were published for periods of the last so many years."""
TIMES = 5.0
"""A share this many times the published one may have lost its % sign."""
STEP = 0.05
"""Two shares that are less apart are not so different."""
BEYOND = 0.5
"""A number this share of the whole spread beyond what was ever published is doubted."""
USED = "It is used as it is: check the unit."

Published = Mapping[tuple[str, str], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Spread:
    """The lowest and the highest published figure of a measure, and the first end of a period among them."""

    low: float
    high: float
    since: date


def doubts(
    rows: Rows, figures: Sequence[Figure], published: Published, snapshot: Snapshot
) -> Iterator[Issue]:
    """A warning for each figure that may not be meant, with its row and what was probably meant.

    Args:
        rows: of the table.
        figures: those of it that say something new.
        published: (organisation, measure) -> its latest published figure, with the `days` of its period.
        snapshot: what the table is for.
    """
    catalogue = measures(snapshot.sector)
    spreads = published_spreads(snapshot)
    closings = dict(snapshot.organisations.select("code", "closed").drop_nulls().iter_rows())
    for figure in figures:
        end = figure.period_end or snapshot.as_of
        measure, closed = catalogue[figure.measure], closings.get(figure.code)
        there = published.get((figure.code, figure.measure))
        if closed is not None and closed < end:
            day = format_date(closed)
            expected = f"an organisation open on {format_date(end)}; {figure.code} closed on {day}"
            found = expected, "Give the figure to its successor."
        elif doubt := (
            _lost_sign(figure, measure, there, spreads)
            or _other_unit(figure, measure, end, there)
            or _beyond(figure, measure, spreads)
        ):
            found = doubt
        elif there is not None and end < there["period_end"]:
            day = format_date(there["period_end"])
            expected = f"a period that ends after {day}, as the published one does"
            found = expected, f"For later days the published {figure.measure} of {figure.code} is used."
        else:
            continue
        place = (rows.sheet, figure.row, figure.column)
        yield Issue(rows.name, found[0], figure.cell, *place, remedy=found[1])


@cached
def published_spreads(snapshot: Snapshot) -> dict[str, Spread]:
    """Measure -> the spread of its published figures for periods of the last `YEARS` years."""
    recent = snapshot.measures.filter(
        pl.col("period_end") > months_before(snapshot.as_of, 12 * YEARS), pl.col("source") != OWN
    )
    found = recent.group_by("measure").agg(
        pl.col("value").min().alias("low"), pl.col("value").max().alias("high"), pl.col("period_end").min()
    )
    return {measure: Spread(low, high, since) for measure, low, high, since in found.iter_rows()}


def _lost_sign(
    figure: Figure, measure: Measure, there: Mapping[str, Any] | None, spreads: Mapping[str, Spread]
) -> tuple[str, str] | None:
    """A share outside all that was published, or many times the organisation's own."""
    spread = spreads.get(measure.name)
    if measure.unit != "share" or spread is None or figure.value == 0:
        return None
    value, less = figure.value, _shown(figure.value / 100, measure)
    meant = f"It is used as {_shown(value, measure)}: was {less} meant, with a % sign?"
    reach = f"{_shown(spread.low, measure)} to {_shown(spread.high, measure)}"
    all_of = f"all published since {spread.since:%Y} ({reach})"
    if value < spread.low:
        return f"{measure.name} not below {all_of}", meant
    if value > spread.high:
        return f"{measure.name} not above {all_of}", meant
    if there is not None and abs(value - there["value"]) > STEP and there["value"]:
        times = value / there["value"]
        if times >= TIMES:
            near = f"{measure.name} of {figure.code} near the published {_shown(there['value'], measure)}"
            return f"{near}, of which it is {times:.0f} times", meant
    return None


def _other_unit(
    figure: Figure, measure: Measure, end: date, there: Mapping[str, Any] | None
) -> tuple[str, str] | None:
    """A figure that is many times the published one, or a fraction of it, in a period as long."""
    limit = measure.max_ratio
    if there is None or limit is None or min(figure.value, there["value"]) <= 0:
        return None
    days = there["days"] if figure.period_start is None else (end - figure.period_start).days + 1
    if not 2 / 3 < days / there["days"] < 3 / 2 or 1 / limit <= figure.value / there["value"] <= limit:
        return None
    return (
        f"{figure.measure} of {figure.code} near the published {there['value']:,.10g} {there['unit']}",
        USED,
    )


def _beyond(figure: Figure, measure: Measure, spreads: Mapping[str, Spread]) -> tuple[str, str] | None:
    """A figure far beyond all that was published of anybody."""
    spread = spreads.get(measure.name)
    if spread is None or figure.period_start is not None:
        return None
    room = BEYOND * (spread.high - spread.low)
    if spread.low - room <= figure.value <= spread.high + room:
        return None
    reach = f"{spread.low:,.10g} to {spread.high:,.10g} {measure.unit}"
    return f"{measure.name} nearer to all published since {spread.since:%Y} ({reach})", USED


def _shown(value: float, measure: Measure) -> str:
    """A value as people write it: shares in percent."""
    return f"{100 * value:.3g}%" if measure.unit == "share" else f"{value:,.10g}"
