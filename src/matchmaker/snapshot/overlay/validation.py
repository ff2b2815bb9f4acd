"""Validates the rows of a user's table, wide or long; every issue names its row and column."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

import polars as pl

from matchmaker.dates import format_date
from matchmaker.errors import Issue, IssueList
from matchmaker.sector import Sector
from matchmaker.snapshot.overlay.columns import (
    CODE,
    IDENTITY,
    LONG,
    PERIOD,
    columns,
    did_you_mean,
    measure_names,
    slug,
)
from matchmaker.snapshot.overlay.reader import (
    START_HERE,
    Cells,
    day,
    is_formula,
    is_missing,
    is_remark,
    number,
)
from matchmaker.snapshot.store import Snapshot
from matchmaker.sources.publication import Measure, measures

NEW_CODE = re.compile(r"[A-Z0-9]{3,10}")
"""The form of a code that a user makes up."""
MARGIN = 5.0
"""How many degrees a user's own organisation may lie outside the sector's extent."""
EARLIEST = date(2000, 1, 1)
LATEST = timedelta(days=731)
"""A day so long after the snapshot's is taken for a typing error."""
NEXT_STEP = "Mend these cells and try again; nothing was used."

Value = TypeVar("Value")


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


@dataclass(frozen=True, slots=True)
class Rows:
    """The content of a table.

    Attributes:
        name: of the file.
        organisations: code -> those of `IDENTITY` that it gives.
        figures: in the order of the table.
        first_row: code -> the first row that names it.
    """

    name: str
    organisations: dict[str, dict[str, Any]]
    figures: tuple[Figure, ...]
    first_row: dict[str, int]


def validate(cells: Cells, snapshot: Snapshot, hint: Callable[[str], str] = lambda code: "") -> Rows:
    """The rows of a table, typed.

    Args:
        cells: the table.
        snapshot: what it is for.
        hint: what an unknown code may mean, as a sentence, or nothing.

    Raises:
        BadFile: with every issue of the table.
    """
    issues = IssueList()
    places = columns(cells, snapshot.sector, issues)
    validator = _Validator(cells, places, issues, snapshot, hint)
    if CODE in places:
        rows = [(row, {name: content[at] for name, at in places.items()}) for row, content in cells.rows]
        rows = [(row, content) for row, content in rows if not is_remark(content[CODE])]
        if not rows:
            issues.add(Issue(cells.name, "a row for an organisation, under the headings", remedy=START_HERE))
        for row, content in rows:
            validator.check_row(row, content)
        validator.check_new_organisations()
        validator.check_points()
    issues.raise_if_any(NEXT_STEP)
    return Rows(cells.name, validator.organisations, tuple(validator.figures), validator.first_row)


class _Validator:
    """What was read so far, and what is wrong with it."""

    def __init__(
        self,
        cells: Cells,
        places: dict[str, int],
        issues: IssueList,
        snapshot: Snapshot,
        hint: Callable[[str], str],
    ) -> None:
        self.cells, self.places, self.issues, self.as_of = cells, places, issues, snapshot.as_of
        self.hint = hint
        self.sector = snapshot.sector
        table = snapshot.organisations
        self.codes = {code.casefold(): code for code in table[CODE]}
        self.words = {
            "type": {slug(name): name for name in self.sector.types},
            "region": _by_slug(table["region"]),
            "locality": _by_slug(table["locality"]),
        }
        extent = self.sector.extent
        self.extent = {
            "latitude": (extent.south - MARGIN, extent.north + MARGIN),
            "longitude": (extent.west - MARGIN, extent.east + MARGIN),
        }
        self.long = set(LONG) <= places.keys()
        self.catalogue = measures(self.sector)
        self.measures = measure_names(self.sector)
        self.organisations: dict[str, dict[str, Any]] = {}
        self.figures: list[Figure] = []
        self.first_row: dict[str, int] = {}
        self.seen: dict[tuple[Any, ...], int] = {}
        self.refused: set[tuple[str, str]] = set()

    def refuse(
        self, row: int, column: str, expected: str, value: str | None = None, remedy: str = ""
    ) -> None:
        """Add an issue; it names the column by its heading in the table."""
        heading = self.cells.headings[self.places[column]]
        self.issues.add(Issue(self.cells.name, expected, value, row=row, column=heading, remedy=remedy))

    def parse(self, row: int, column: str, cell: str, how: Callable[[str], Value]) -> Value | None:
        """What `how` makes of a cell; None with an issue where it refuses."""
        try:
            return how(cell)
        except ValueError as error:
            self.refuse(row, column, str(error), cell)
            return None

    def check_row(self, row: int, content: dict[str, str]) -> None:
        """Check one row and add its content."""
        text = re.sub(r"\s", "", content[CODE])
        code = self.codes.get(text.casefold(), text.upper())
        if code not in self.codes.values() and not NEW_CODE.fullmatch(code):
            self.refuse(row, CODE, "a code of 3 to 10 letters and digits", content[CODE])
            return
        self.first_row.setdefault(code, row)
        self.check_identity(row, code, content)
        period = self.period(row, content)
        given = self.cells_of_measures(row, content)
        names = tuple(name for name, _, _ in given) if self.long else ()
        if given and period is not None:
            self.check_unique(row, (code, *names, period[1] or self.as_of))
        for name, column, cell in given:
            value = self.value(row, column, cell, self.catalogue[name])
            if value is not None and period is not None:
                heading = self.cells.headings[self.places[column]]
                self.figures.append(Figure(code, name, value, *period, row, heading))

    def cells_of_measures(self, row: int, content: dict[str, str]) -> list[tuple[str, str, str]]:
        """(measure, column, cell) of the figures in a row."""
        if not self.long:
            return [
                (c, c, cell) for c, cell in content.items() if c in self.catalogue and not is_missing(cell)
            ]
        if is_missing(content["value"]):
            return []
        name = content["measure"]
        if slug(name) not in self.measures:
            remedy = did_you_mean(name, self.measures) or START_HERE
            self.refuse(row, "measure", "a measure of the catalogue", name, remedy)
            return []
        return [(self.measures[slug(name)], "value", content["value"])]

    def check_unique(self, row: int, key: tuple[Any, ...]) -> None:
        """An organisation has one figure of a measure for periods that end on the same day."""
        before = self.seen.setdefault(key, row)
        if before != row:
            of = f"{' and '.join(key[:-1])} up to {format_date(key[-1])}"
            self.refuse(row, CODE, f"one row for {of}; row {before} is another", key[0], "Keep one of them.")

    def value(self, row: int, column: str, cell: str, measure: Measure) -> float | None:
        """A number within the range of its measure; a rating may be written as a word."""
        ratings = _scale(self.sector, measure.unit)
        if cell.casefold() in ratings:
            return ratings[cell.casefold()]
        value = self.parse(row, column, cell, lambda text: number(text, measure.unit))
        low, high = measure.minimum, measure.maximum
        if value is None or ((low is None or value >= low) and (high is None or value <= high)):
            return value
        bounds = " and ".join("any" if bound is None else f"{bound:,.10g}" for bound in (low, high))
        remedy = "A share is written as 0.74 or 74%." if measure.unit == "share" else "Check unit and period."
        self.refuse(row, column, f"{measure.name} between {bounds} {measure.unit}", cell, remedy)
        return None

    def period(
        self, row: int, content: dict[str, str]
    ) -> tuple[date | None, date | None, date | None] | None:
        """Start, end and the day from which it was known; None where any of them is not valid."""
        before = len(self.issues.found)
        days: dict[str, date | None] = dict.fromkeys(PERIOD)
        last = self.as_of + LATEST
        for name in days:
            cell = content.get(name, "")
            one = days[name] = None if is_missing(cell) else self.parse(row, name, cell, day)
            if one is not None and not EARLIEST <= one <= last:
                self.refuse(row, name, f"a day from {format_date(EARLIEST)} to {format_date(last)}", cell)
        start, end, known = days.values()
        ends = end or self.as_of
        if start is not None and start > ends:
            expected = f"a day not after the end of the period, {format_date(ends)}"
            self.refuse(row, "period_start", expected, content["period_start"])
        if known is not None and known < ends:
            expected = f"a day not before the end of the period, {format_date(ends)}"
            self.refuse(row, "known_from", expected, content["known_from"])
        return (start, end, known) if len(self.issues.found) == before else None

    def check_identity(self, row: int, code: str, content: dict[str, str]) -> None:
        """Add name, type, region, locality, place and opening; all rows of an organisation must agree."""
        known = self.organisations.setdefault(code, {})
        for column in IDENTITY:
            cell = content.get(column, "")
            if is_missing(cell):
                continue
            value = self.identity(row, column, cell)
            if value is None:
                self.refused.add((code, column))
            elif known.setdefault(column, value) != value:
                self.refuse(row, column, f"{known[column]}, as in another row of {code}", cell)

    def identity(self, row: int, column: str, cell: str) -> Any:
        """One cell of `IDENTITY`, typed; None with an issue where it is not valid."""
        if column == "opened":
            return self.parse(row, column, cell, day)
        if column in self.extent:
            return self.degrees(row, column, cell)
        if column in self.words:
            words = self.words[column]
            if slug(cell) not in words:
                expected = f"one of {', '.join(dict.fromkeys(words.values()))}"
                self.refuse(row, column, expected, cell, did_you_mean(cell, words))
            return words.get(slug(cell))
        if is_formula(cell) or cell.startswith("#") or len(cell) < 3:
            self.refuse(row, column, "a name of 3 letters or more, not a formula", cell)
            return None
        return cell

    def degrees(self, row: int, column: str, cell: str) -> float | None:
        """A latitude or longitude in or near the sector's extent."""
        low, high = self.extent[column]
        organisations = self.sector.words.organisations
        value = self.parse(row, column, cell, lambda text: number(text, "degrees"))
        if value is None or low <= value <= high:
            return value
        (other,) = self.extent.keys() - {column}
        swapped = self.extent[other][0] <= value <= self.extent[other][1]
        remedy = f"This may be the {other}." if swapped else "Give decimal degrees."
        self.refuse(
            row,
            column,
            f"a place in or near the area of the {organisations}, {low:g} to {high:g} degrees",
            cell,
            remedy,
        )
        return None

    def check_new_organisations(self) -> None:
        """A code that the snapshot does not hold needs a name and a type."""
        for code, given in self.organisations.items():
            missing = [c for c in ("name", "type") if c not in given and (code, c) not in self.refused]
            if code.casefold() not in self.codes and missing:
                add = f"Give {' and '.join(missing)} to add it"
                remedy = self.hint(code) or f"{add}; 'matchmaker organisations' lists the codes in use."
                expected = "the code of an organisation in the snapshot, or a new one with name and type"
                self.refuse(self.first_row[code], CODE, expected, code, remedy)

    def check_points(self) -> None:
        """A place is a latitude and a longitude."""
        for code, given in self.organisations.items():
            for column, other in (("latitude", "longitude"), ("longitude", "latitude")):
                if column in given and other not in given and (code, other) not in self.refused:
                    self.refuse(self.first_row[code], column, f"a {other} of {code} as well as its {column}")


def _by_slug(names: pl.Series) -> dict[str, str]:
    return {slug(name): name for name in names.drop_nulls().unique().sort()}


def _scale(sector: Sector, unit: str) -> dict[str, float]:
    """Word -> value of the scale of a unit; a unit of measures is the first word of that of features."""
    scales = sector.display.scales
    values = next((scales[name] for name in scales if unit in {name, name.partition(",")[0]}), {})
    return {word.casefold(): float(value) for value, word in values.items()}
