"""Checks the rows of a user's table, wide or long; every fault is told with its row and column."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from matchmaker.dates import format_date
from matchmaker.errors import Issue, IssueList
from matchmaker.sectors.nhs.sources.cqc_ratings import WORDS as RATINGS
from matchmaker.snapshot.overlay.columns import (
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

CODE = re.compile(r"[A-Z0-9]{3,10}")
GREAT_BRITAIN = {"latitude": (49.8, 60.9), "longitude": (-8.7, 1.8)}
EARLIEST = date(2000, 1, 1)
LATEST = timedelta(days=731)
"""A day so long after the snapshot's is taken for a slip of the pen."""
NEXT_STEP = "Mend these cells and ask again; nothing was used."

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
    """What a table says.

    Attributes:
        name: of the file.
        organisations: code -> those of `IDENTITY` that it gives.
        figures: in the order of the table.
    """

    name: str
    organisations: dict[str, dict[str, Any]]
    figures: tuple[Figure, ...]


def checked(cells: Cells, snapshot: Snapshot) -> Rows:
    """The rows of a table, typed.

    Raises:
        BadFile: with every fault of the table.
    """
    faults = IssueList()
    places = columns(cells, faults)
    check = _Check(cells, places, faults, snapshot)
    if "code" in places:
        rows = [(row, {name: content[at] for name, at in places.items()}) for row, content in cells.rows]
        told = [(row, content) for row, content in rows if not is_remark(content["code"])]
        if not told:
            faults.add(Issue(cells.name, "a row for an organisation, under the headings", remedy=START_HERE))
        for row, content in told:
            check.row(row, content)
        check.newcomers()
        check.points()
    faults.raise_if_any(NEXT_STEP)
    return Rows(cells.name, check.organisations, tuple(check.figures))


class _Check:
    """What was read so far, and what was wrong with it."""

    def __init__(self, cells: Cells, places: dict[str, int], faults: IssueList, snapshot: Snapshot) -> None:
        self.cells, self.places, self.faults, self.as_of = cells, places, faults, snapshot.as_of
        table = snapshot.organisations
        self.codes = set(table["code"])
        self.words = {
            "type": {slug(org_type): org_type for org_type in snapshot.sector.types},
            "region": {slug(region): region for region in table["region"].drop_nulls().unique().sort()},
        }
        self.long = set(LONG) <= places.keys()
        self.measures = measure_names()
        self.organisations: dict[str, dict[str, Any]] = {}
        self.figures: list[Figure] = []
        self.first_row: dict[str, int] = {}
        self.seen: dict[tuple[Any, ...], int] = {}
        self.refused: set[tuple[str, str]] = set()

    def fault(self, row: int, column: str, expected: str, value: str | None = None, remedy: str = "") -> None:
        """Note a fault; the column is told as the table heads it."""
        heading = self.cells.headings[self.places[column]]
        self.faults.add(Issue(self.cells.name, expected, value, row=row, column=heading, remedy=remedy))

    def read(self, row: int, column: str, cell: str, how: Callable[[str], Value]) -> Value | None:
        """What `how` makes of a cell; None with a fault where it refuses."""
        try:
            return how(cell)
        except ValueError as error:
            self.fault(row, column, str(error), cell)
            return None

    def row(self, row: int, content: dict[str, str]) -> None:
        """Check one row and keep what it says."""
        code = re.sub(r"\s", "", content["code"]).upper()
        if not CODE.fullmatch(code):
            self.fault(row, "code", "a code of 3 to 10 letters and digits", content["code"])
            return
        self.first_row.setdefault(code, row)
        self.identity(row, code, content)
        period = self.period(row, content)
        given = self.given(row, content)
        names = tuple(name for name, _, _ in given) if self.long else ()
        if given and period is not None:
            self.once(row, (code, *names, period[1] or self.as_of))
        for name, column, cell in given:
            value = self.value(row, column, cell, measures()[name])
            if value is not None and period is not None:
                heading = self.cells.headings[self.places[column]]
                self.figures.append(Figure(code, name, value, *period, row, heading))

    def given(self, row: int, content: dict[str, str]) -> list[tuple[str, str, str]]:
        """(measure, column, cell) of the figures in a row."""
        if not self.long:
            return [(c, c, cell) for c, cell in content.items() if c in measures() and not is_missing(cell)]
        if is_missing(content["value"]):
            return []
        said = content["measure"]
        if slug(said) not in self.measures:
            remedy = did_you_mean(said, self.measures) or START_HERE
            self.fault(row, "measure", "a measure of the catalogue", said, remedy)
            return []
        return [(self.measures[slug(said)], "value", content["value"])]

    def once(self, row: int, key: tuple[Any, ...]) -> None:
        """An organisation has one figure of a measure for periods that end on the same day."""
        before = self.seen.setdefault(key, row)
        if before != row:
            of = f"{' and '.join(key[:-1])} up to {format_date(key[-1])}"
            self.fault(row, "code", f"one row for {of}; row {before} is another", key[0], "Keep one of them.")

    def value(self, row: int, column: str, cell: str, measure: Measure) -> float | None:
        """A number within the range of its measure; a rating may be written as a word."""
        if measure.unit == "rating" and cell.casefold() in RATINGS:
            return float(RATINGS[cell.casefold()])
        value = self.read(row, column, cell, lambda text: number(text, measure.unit))
        low, high = measure.minimum, measure.maximum
        if value is None or ((low is None or value >= low) and (high is None or value <= high)):
            return value
        bounds = " and ".join("any" if bound is None else f"{bound:,.10g}" for bound in (low, high))
        remedy = "A share is written as 0.74 or 74%." if measure.unit == "share" else "Check unit and period."
        self.fault(row, column, f"{measure.name} between {bounds} {measure.unit}", cell, remedy)
        return None

    def period(
        self, row: int, content: dict[str, str]
    ) -> tuple[date | None, date | None, date | None] | None:
        """Start, end and the day from which it was known; None where any of them is at fault."""
        before = len(self.faults.found)
        days: dict[str, date | None] = dict.fromkeys(PERIOD)
        last = self.as_of + LATEST
        for name in days:
            cell = content.get(name, "")
            one = days[name] = None if is_missing(cell) else self.read(row, name, cell, day)
            if one is not None and not EARLIEST <= one <= last:
                self.fault(row, name, f"a day from {format_date(EARLIEST)} to {format_date(last)}", cell)
        start, end, known = days.values()
        ends = end or self.as_of
        if start is not None and start > ends:
            expected = f"a day not after the end of the period, {format_date(ends)}"
            self.fault(row, "period_start", expected, content["period_start"])
        if known is not None and known < ends:
            expected = f"a day not before the end of the period, {format_date(ends)}"
            self.fault(row, "known_from", expected, content["known_from"])
        return (start, end, known) if len(self.faults.found) == before else None

    def identity(self, row: int, code: str, content: dict[str, str]) -> None:
        """Keep name, kind, region, place and opening; all rows of an organisation must agree."""
        kept = self.organisations.setdefault(code, {})
        for column in IDENTITY:
            cell = content.get(column, "")
            if is_missing(cell):
                continue
            value = self.fact(row, column, cell)
            if value is None:
                self.refused.add((code, column))
            elif kept.setdefault(column, value) != value:
                self.fault(row, column, f"{kept[column]}, as in another row of {code}", cell)

    def fact(self, row: int, column: str, cell: str) -> Any:
        """One cell of `IDENTITY`, typed; None with a fault where it does not do."""
        if column == "opened":
            return self.read(row, column, cell, day)
        if column in GREAT_BRITAIN:
            return self.degrees(row, column, cell)
        if column in self.words:
            words = self.words[column]
            if slug(cell) not in words:
                expected = f"one of {', '.join(dict.fromkeys(words.values()))}"
                self.fault(row, column, expected, cell, did_you_mean(cell, words))
            return words.get(slug(cell))
        if is_formula(cell) or cell.startswith("#") or len(cell) < 3:
            self.fault(row, column, "a name of 3 letters or more, not a formula", cell)
            return None
        return cell

    def degrees(self, row: int, column: str, cell: str) -> float | None:
        """A latitude or longitude in Great Britain."""
        low, high = GREAT_BRITAIN[column]
        value = self.read(row, column, cell, lambda text: number(text, "degrees"))
        if value is None or low <= value <= high:
            return value
        (other,) = GREAT_BRITAIN.keys() - {column}
        swapped = GREAT_BRITAIN[other][0] <= value <= GREAT_BRITAIN[other][1]
        remedy = f"This may be the {other}." if swapped else "Give degrees, such as 51.38 and 0.54."
        self.fault(row, column, f"a place in Great Britain, {low} to {high} degrees", cell, remedy)
        return None

    def newcomers(self) -> None:
        """A code that the snapshot does not hold needs a name and a kind."""
        for code, given in self.organisations.items():
            missing = [c for c in ("name", "type") if c not in given and (code, c) not in self.refused]
            if code not in self.codes and missing:
                remedy = (
                    f"Give {' and '.join(missing)} to add it; 'matchmaker trusts' lists the codes in use."
                )
                expected = "the code of an organisation in the snapshot, or a new one with name and kind"
                self.fault(self.first_row[code], "code", expected, code, remedy)

    def points(self) -> None:
        """A place is a latitude and a longitude."""
        for code, given in self.organisations.items():
            for column, other in (("latitude", "longitude"), ("longitude", "latitude")):
                if column in given and other not in given and (code, other) not in self.refused:
                    self.fault(self.first_row[code], column, f"a {other} of {code} beside its {column}")
