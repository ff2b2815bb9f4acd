"""What a build refuses of days: those after today, and periods that a file's own name or title denies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import PurePath

import polars as pl

from matchmaker.dates import format_date
from matchmaker.errors import Issue
from matchmaker.snapshot.ingest import ReadFile
from matchmaker.sources import said
from matchmaker.sources.periods import month
from matchmaker.sources.publication import Standing

PLANNED = timedelta(days=800)
"""A list may hold what is planned (a closing, a merger), but nothing later than so long after today."""
NEAR_YEARS = 1
"""A name may be of the year of publication, or of the year in which a period of two begins."""


def periods_after(figures: pl.DataFrame, on: date) -> list[Issue]:
    """Figures of a period that has not ended, or known from a day that has not come.

    Args:
        figures: of organisations that are listed.
        on: today.
    """
    late = figures.filter(pl.max_horizontal("period_end", "known_from") > on)
    first = late.sort("file", "measure", "code").unique(["file", "period_end", "known_from"], keep="first")
    return [
        Issue(
            row["file"],
            f"a period that has ended, and a publication, by {format_date(on)}",
            f"{row['measure']} up to {format_date(row['period_end'])}, "
            f"known from {format_date(row['known_from'])}",
            row["sheet"],
            row["row"],
            row["column"],
        )
        for row in first.sort("file", "period_end", "known_from").iter_rows(named=True)
    ]


def days_after(read: Sequence[ReadFile], on: date) -> list[Issue]:
    """Days in other tables than that of figures that are further off than anything is planned."""
    issues = []
    for item in read:
        if item.publication.table == "measures":
            continue
        for column in (name for name, dtype in item.frame.schema.items() if dtype == pl.Date):
            late = item.frame.filter(pl.col(column) > on + PLANNED)
            rows = late["row"] if "row" in late.columns else [None] * late.height
            expected = f"a day not long after {format_date(on)}"
            issues += [
                Issue(item.name, expected, f"{day:%Y-%m-%d}", row=row, column=column)
                for row, day in zip(rows, late[column], strict=True)
            ]
    return issues


def not_yet(read: Sequence[ReadFile], on: date) -> list[str]:
    """Facts that hold only from a day to come: of a month or year that is not over, or with a wrong day."""
    notes = []
    for item in read:
        if item.publication.table != "measures" and "as_of" in item.frame.columns:
            later = item.frame.filter(pl.col("as_of") > on)["as_of"]
            if isinstance(last := later.max(), date):
                n = f"{len(later)} fact{'s hold' if len(later) > 1 else ' holds'}"
                notes.append(
                    f"{item.publication.id} ({item.name}): {n} from a later day only, {format_date(last)}."
                )
    return notes


def denied(read: Sequence[ReadFile]) -> list[Issue]:
    """Files whose name, or whose words above the table, are of other months, quarters or years."""
    issues = []
    for item in read:
        frame, name = item.frame, PurePath(item.name).name
        if item.publication.table != "measures" or frame.is_empty():
            continue
        if item.publication.standing == Standing.MODELLED:  # of years for which the file stands in
            continue
        first, last = frame["period_start"].min(), frame["period_end"].max()
        assert isinstance(first, date) and isinstance(last, date)
        period = f"{format_date(first)} to {format_date(last)}"
        title = "name of the file"
        for where, spans in (
            (title, {month(day.year, day.month) for day in said.months(name)}),
            (title, set().union(*said.quarters(name))),
            ("above the table", {month(day.year, day.month) for day in item.said}),
        ):
            if spans and not any(start <= last and first <= end for start, end in spans):
                shown = ", ".join(_shown(*span) for span in sorted(spans))
                remedy = "Check the period in the file, and that it stands under its own name."
                issues.append(
                    Issue(item.name, f"{period}, as its figures are", shown, column=where, remedy=remedy)
                )
        years = said.years(name)
        known = max(last, last + timedelta(days=item.publication.lag_days))
        near = range(first.year - NEAR_YEARS, max(last.year + NEAR_YEARS, known.year) + 1)
        if years and not any(year in near for year in years):
            shown = ", ".join(map(str, sorted(years)))
            remedy = "Check that the file stands under its own name."
            issues.append(Issue(item.name, f"figures of its year, not of {period}", shown, remedy=remedy))
    return issues


def _shown(start: date, end: date) -> str:
    return f"{start:%B %Y}" if start.month == end.month else f"{start:%B} to {end:%B %Y}"
