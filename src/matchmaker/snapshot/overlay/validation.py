"""Validates the rows of a user's table, wide or long; every issue names its row and column."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, TypeVar

import polars as pl

from matchmaker.errors import Issue, IssueList
from matchmaker.sector import Sector
from matchmaker.snapshot.overlay import rules
from matchmaker.snapshot.overlay.columns import (
    CODE,
    IDENTITY,
    LONG,
    NO_LABELS,
    PERIOD,
    START_HERE,
    Labels,
    columns,
    did_you_mean,
    measure_names,
    own_data_form,
    plain_heading,
    slug,
)
from matchmaker.snapshot.overlay.rules import Figure
from matchmaker.snapshot.store import Snapshot
from matchmaker.sources.marks import is_missing
from matchmaker.sources.publication import Measure, measures
from matchmaker.sources.user_tables.cells import day, is_formula, number
from matchmaker.sources.user_tables.layout import Table
from matchmaker.sources.user_tables.sheets import UNVALUED
from matchmaker.sources.user_tables.validator import check

NEW_CODE = re.compile(r"[A-Z0-9]{3,10}")
"""The form of a code that a user makes up."""
NEXT_STEP = "Mend these cells and try again; nothing was used."

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Who:
    """The organisation that a cell names.

    Attributes:
        code: None where it names none, or several.
        told: how it was read, as a sentence, where that is not plain.
        remedy: what it may mean, as a sentence, where it names none.
    """

    code: str | None
    told: str = ""
    remedy: str = ""


class Finder(Protocol):
    """Finds organisations by what people write for them."""

    def __call__(self, text: str) -> Who:
        """The organisation that a code, a name, or a name with its code means."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The content of a table.

    Attributes:
        name: of the file.
        organisations: code -> those of `IDENTITY` that it gives.
        figures: in the order of the table.
        first_row: code -> the first row that names it.
        sheet: of a workbook that has several.
        told: how the table was read where that is not plain, in sentences.
    """

    name: str
    organisations: dict[str, dict[str, Any]]
    figures: tuple[Figure, ...]
    first_row: dict[str, int]
    sheet: str | None = None
    told: tuple[str, ...] = ()


def validate(
    table: Table, snapshot: Snapshot, find: Finder = lambda text: Who(None), labels: Labels = NO_LABELS
) -> Rows:
    """The rows of a table, typed.

    Args:
        table: as text.
        snapshot: what it is for.
        find: finds the organisations that cells name.
        labels: headings that are copied from a profile.

    Raises:
        BadFile: with every issue of the table.
    """
    issues = IssueList()
    places = columns(table, snapshot.sector, issues, labels)
    issues.extend(table.issues)
    parser = _Parser(table, places, issues, snapshot, find)
    if CODE in places:
        if not table.rows and not table.issues:
            issues.add(Issue(table.file, "a row for an organisation, under the headings", remedy=START_HERE))
        for row, content in table.rows:
            parser.read_row(row, {name: content[at] for name, at in places.items()})
        parser.check()
    issues.found.sort(key=lambda issue: issue.row or 0)
    issues.raise_if_any(NEXT_STEP)
    told = (*table.passed_over, *dict.fromkeys(parser.told))
    figures = tuple(parser.figures)
    return Rows(table.file, parser.organisations, figures, parser.first_row, table.sheet, told)


class _Parser:
    """What was read so far, and what is wrong with it."""

    def __init__(
        self, table: Table, places: dict[str, int], issues: IssueList, snapshot: Snapshot, find: Finder
    ) -> None:
        self.table, self.places, self.issues, self.find = table, places, issues, find
        self.as_of, self.sector = snapshot.as_of, snapshot.sector
        organisations = snapshot.organisations
        self.codes: dict[str, str] = {code.casefold(): code for code in organisations[CODE]}
        self.words = {
            "type": {slug(name): name for name in self.sector.types},
            "region": _by_slug(organisations["region"]),
            "locality": _by_slug(organisations["locality"]),
        }
        self.long = set(LONG) <= places.keys()
        self.catalogue = measures(self.sector)
        self.measures = measure_names(self.sector)
        self.times = {name: plain_heading(table.headings[at])[1] for name, at in places.items()}
        self.named_only = places.get(CODE) == places.get("name")
        self.organisations: dict[str, dict[str, Any]] = {}
        self.identities: list[rules.Identity] = []
        self.figures: list[Figure] = []
        self.periods: list[rules.Period] = []
        self.first_row: dict[str, int] = {}
        self.refused: set[tuple[str, str]] = set()
        self.told: list[str] = []
        self.remedies: dict[str, str] = {}

    def heading(self, column: str) -> str | None:
        """The heading of a column in the table."""
        return self.table.headings[self.places[column]] if column in self.places else None

    def refuse(
        self, row: int, column: str, expected: str, value: str | None = None, remedy: str = ""
    ) -> None:
        """Add an issue; it names the column by its heading in the table."""
        issue = Issue(self.table.file, expected, value, self.table.sheet, row, self.heading(column), remedy)
        self.issues.add(issue)

    def parse(self, row: int, column: str, cell: str, how: Callable[[str], Value]) -> Value | None:
        """What `how` makes of a cell; None with an issue where it refuses."""
        try:
            return how(cell)
        except ValueError as error:
            shown = cell.removeprefix(UNVALUED).strip() if cell.startswith(UNVALUED) else cell
            self.refuse(row, column, str(error), shown)
            return None

    def read_row(self, row: int, content: dict[str, str]) -> None:
        """Parse one row and add its content."""
        code = self.code(row, content)
        if code is None:
            return
        self.first_row.setdefault(code, row)
        self.read_identity(row, code, content)
        given = self.cells_of_measures(row, content)
        days = {name: self.parse_day(row, name, content.get(name, "")) for name in PERIOD}
        if None not in [days[name] for name in PERIOD if not is_missing(content.get(name, ""))]:
            measure = given[0][0] if given and self.long else None
            shown = {name: content.get(name, "") for name in PERIOD}
            self.periods.append(rules.Period(row, code, measure, bool(given), **days, cells=shown))
        start, end, known = (days[name] for name in PERIOD)
        for name, column, cell in given:
            value = self.value(row, column, cell, self.catalogue[name])
            if value is not None:
                said = (row, self.heading(column) or column, cell)
                self.figures.append(Figure(code, name, value, start, end, known, *said))

    def code(self, row: int, content: dict[str, str]) -> str | None:
        """The organisation that a row is about; None with an issue where it names none."""
        cell = content[CODE] if not is_missing(content[CODE]) else content.get("name", "")
        if is_missing(cell):
            words = self.sector.words
            remedy = f"Write the {words.code} into every row, or leave the row out."
            self.refuse(row, CODE, f"the code or the name of one of the {words.organisations}", None, remedy)
            return None
        squeezed = re.sub(r"\s", "", cell)
        if squeezed.casefold() in self.codes:
            return self.codes[squeezed.casefold()]
        new = squeezed.upper() if NEW_CODE.fullmatch(squeezed.upper()) and not self.named_only else None
        named = not is_missing(content.get("name", "")) and cell == content[CODE] and not self.named_only
        if new and (named or new in self.organisations):
            return new
        who = self.find(cell)
        if who.code is not None:
            if who.told:
                self.told.append(who.told)
            return who.code
        if new:
            self.remedies[new] = who.remedy
            return new
        expected = "a code of 3 to 10 letters and digits, or the name of one of the "
        self.refuse(row, CODE, expected + self.sector.words.organisations, cell, who.remedy)
        return None

    def cells_of_measures(self, row: int, content: dict[str, str]) -> list[tuple[str, str, str]]:
        """(measure, column, cell) of the figures in a row."""
        if not self.long:
            return [
                (c, c, cell) for c, cell in content.items() if c in self.catalogue and not is_missing(cell)
            ]
        if is_missing(content["value"]):
            return []
        name, _ = plain_heading(content["measure"])
        if slug(name) not in self.measures:
            remedy = did_you_mean(name, self.measures) or START_HERE
            self.refuse(row, "measure", "a measure of the catalogue", content["measure"], remedy)
            return []
        return [(self.measures[slug(name)], "value", content["value"])]

    def value(self, row: int, column: str, cell: str, measure: Measure) -> float | None:
        """A number; a rating may be written as a word."""
        ratings = _scale(self.sector, measure.unit)
        said = own_data_form(self.sector).words
        word = cell.casefold().strip()
        word = next((meant.casefold() for short, meant in said.items() if short.casefold() == word), word)
        if word in ratings:
            return ratings[word]
        try:
            value = number(cell, measure.unit)
        except ValueError as error:
            expected = str(error)
            if ratings and "such as" in expected:
                expected = f"{expected.partition(',')[0]}, or one of {', '.join(_said(self.sector, measure))}"
            shown = cell.removeprefix(UNVALUED).strip() if cell.startswith(UNVALUED) else cell
            self.refuse(row, column, expected, shown)
            return None
        times = self.times.get(column, 1)
        if self.long:
            times *= plain_heading(self.table_cell(row, "measure"))[1]
        return value * times

    def table_cell(self, row: int, column: str) -> str:
        """A cell of the table as it stands there."""
        return next(content for number, content in self.table.rows if number == row)[self.places[column]]

    def parse_day(self, row: int, column: str, cell: str) -> date | None:
        """A day; of a month or a year the first begins a period, the last ends it."""
        if is_missing(cell):
            return None
        edge = "first" if column == "period_start" else "last"
        return self.parse(row, column, cell, lambda text: day(text, edge))  # type: ignore[arg-type]

    def read_identity(self, row: int, code: str, content: dict[str, str]) -> None:
        """Add name, type, region, locality, place and opening."""
        known = self.organisations.setdefault(code, {})
        for column in IDENTITY:
            cell = content.get(column, "")
            if is_missing(cell) or (column == "name" and (self.named_only or is_missing(content[CODE]))):
                continue
            value = self.identity(row, column, cell)
            if value is None:
                self.refused.add((code, column))
            elif column in known:
                if known[column] != value:
                    self.refuse(row, column, f"{known[column]}, as in another row of {code}", cell)
            else:
                known[column] = value
                if column in rules.DEGREES:
                    self.identities.append(rules.Identity(row, code, column, float(value), cell))

    def identity(self, row: int, column: str, cell: str) -> Any:
        """One cell of `IDENTITY`, typed; None with an issue where it is not valid."""
        if column == "opened":
            return self.parse(row, column, cell, day)
        if column in rules.DEGREES:
            return self.parse(row, column, cell, lambda text: number(text, "degrees"))
        if column in self.words:
            words = self.words[column]
            if slug(cell) not in words:
                expected = f"one of {', '.join(dict.fromkeys(words.values()))}"
                self.refuse(row, column, expected, cell, did_you_mean(cell, words))
            return words.get(slug(cell))
        if is_formula(cell) or cell.startswith("#") or len(cell) < 3 or not re.search(r"[^\W\d_]", cell):
            self.refuse(row, column, "a name of 3 letters or more, not a formula", cell)
            return None
        return cell

    def check(self) -> None:
        """What only shows when all rows are read: ranges, periods, what stands twice, what is missing."""
        file, sheet = self.table.file, self.table.sheet
        periods = rules.periods_frame(self.periods, self.as_of)
        self.issues.extend(list(check(periods, rules.Periods, rules.periods_told(self.heading), file, sheet)))
        figures = rules.figures_frame(self.figures, self.catalogue)
        self.issues.extend(list(check(figures, rules.Figures, rules.figures_told(), file, sheet)))
        places = rules.identities_frame(self.identities, self.organisations, self.refused, self.sector)
        told = rules.identities_told(self.heading, self.sector)
        self.issues.extend(list(check(places, rules.Places, told, file, sheet)))
        self.check_new_organisations()

    def check_new_organisations(self) -> None:
        """A code that the snapshot does not hold needs a name and a type."""
        for code, given in self.organisations.items():
            missing = [c for c in ("name", "type") if c not in given and (code, c) not in self.refused]
            if code.casefold() not in self.codes and missing:
                add = f"Give {' and '.join(missing)} to add it"
                hint = self.remedies.get(code) or self.find(code).remedy
                remedy = hint or f"{add}; 'matchmaker organisations' lists the codes in use."
                expected = "the code of an organisation in the snapshot, or a new one with name and type"
                cell = self.table_cell(self.first_row[code], CODE)
                self.refuse(self.first_row[code], CODE, expected, cell, remedy)


def _by_slug(names: pl.Series) -> dict[str, str]:
    return {slug(name): name for name in names.drop_nulls().unique().sort()}


def _scale(sector: Sector, unit: str) -> dict[str, float]:
    """Word -> value of the scale of a unit; a unit of measures is the first word of that of features."""
    scales = sector.display.scales
    values = next((scales[name] for name in scales if unit in {name, name.partition(",")[0]}), {})
    return {word.casefold(): float(value) for value, word in values.items()}


def _said(sector: Sector, measure: Measure) -> list[str]:
    scales = sector.display.scales
    return list(next((scales[n] for n in scales if measure.unit in {n, n.partition(",")[0]}), {}).values())
