"""Pairings from a user's file: every problem is reported, and what is usable is used.

The file is read as own data are (`sources/user_tables`) and has the columns of the snapshot's table of
pairings. To be replayed a pairing needs who was helped, who helped, in which way and from when; all else may
be missing, and what is then assumed is reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from matchmaker.dates import format_date
from matchmaker.errors import BadFile, Issue, MatchmakerError
from matchmaker.sector import Sector
from matchmaker.snapshot.overlay.columns import slug
from matchmaker.snapshot.overlay.identity import who
from matchmaker.snapshot.registry import OrganisationRegistry
from matchmaker.sources.fact_table import CONFIDENCE, PRECISIONS, FactTable
from matchmaker.sources.marks import is_missing
from matchmaker.sources.pairings import COLUMNS, SCOPES, STATUSES, check_pairings
from matchmaker.sources.user_tables.cells import day_and_precision
from matchmaker.sources.user_tables.layout import Form, Table, find_table
from matchmaker.sources.user_tables.sheets import open_sheets
from matchmaker.training.choice_sets import day_before

NEEDED = ("recipient", "partner", "kind", "start")
"""Without these a pairing can't be replayed."""
WORDS = {
    "scope": SCOPES,
    "status": STATUSES,
    "start_precision": PRECISIONS,
    "confidence": CONFIDENCE,
    "code_confidence": CONFIDENCE,
}
"""Columns that decide whether and how a pairing is replayed, and the words they may hold."""
ASSUMED = {
    "scope": "whole",
    "status": "completed",
    "start_precision": "day",
    "confidence": "medium",
    "code_confidence": "medium",
}
"""What an empty cell is taken as, so that a pairing whose file says less is still scored."""
STRICT = ("scope", "status")
"""A word here that is not known may mean that the pairing does not count, so it is not guessed."""
OTHER_HEADINGS = {
    "recipient": ("recipient", "recipient_code", "helped", "recipient_{one}", "{one}_helped"),
    "partner": ("partner", "partner_code", "helper", "partner_{one}", "supporting_{one}"),
    "kind": ("kind", "type", "kind_of_pairing", "arrangement"),
    "start": ("start", "date", "from", "began", "start_day", "from_date", "date_from"),
    "end": ("end", "until", "to", "to_date", "date_to"),
}
"""Column -> further headings; `{one}` is the sector's word for an organisation."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem of the file, and what was done about it.

    Attributes:
        row: of the file, where 1 is the heading; None for the whole column.
        found: what stands there; None is nothing.
        left_out: whether the row is not used because of it.
    """

    row: int | None
    column: str
    found: str | None
    expected: str
    done: str
    left_out: bool

    def __str__(self) -> str:
        where = f"column {self.column}" if self.row is None else f"row {self.row}, {self.column}"
        found = "nothing stands there" if self.found is None else f"found {self.found!r}"
        return f"{where}: {found}; expected {self.expected}. {self.done}"


@dataclass(frozen=True)
class UserPairings:
    """The usable pairings of a file, in the form of the snapshot's table, and what was wrong.

    Attributes:
        rows: how many the file holds, blank ones aside.
        told: how the file was read where that is not plain, in sentences.
    """

    table: pl.DataFrame
    problems: tuple[Problem, ...]
    rows: int
    told: tuple[str, ...] = ()

    @property
    def left_out(self) -> dict[int, str]:
        """Row of the file -> the first reason why it is not used."""
        out: dict[int, str] = {}
        for one in self.problems:
            if one.left_out and one.row is not None:
                out.setdefault(one.row, str(one))
        return out


def headings(sector: Sector) -> dict[str, str]:
    """Column -> heading in a user's file, where it is another."""
    code = sector.words.code_column
    return {
        "recipient": f"recipient_{code}",
        "partner": f"partner_{code}",
        "start": "start_date",
        "end": "end_date",
    }


def read_pairings(path: Path | str, registry: OrganisationRegistry) -> UserPairings:
    """Read pairings that may be incomplete.

    Args:
        path: a CSV file or a workbook with at least the columns of `NEEDED`, in any layout that own data may
            have; organisations by code or name.
        registry: of the organisations that the snapshot holds, on whose days they were open.

    Raises:
        BadFile: the file can't be read as a table with these columns.
    """
    sector = registry.sector
    found = _table(path, sector)
    frame, read = _as_text(found, registry)
    heading = headings(sector) | _placed(found, sector)[1]
    table = check_pairings(
        FactTable(frame, {name: heading.get(name, name) for name in COLUMNS}, found.file),
        heading,
        kinds=sector.pairing_kinds,
        code_pattern=sector.words.code_pattern,
    )
    sound = _sound(table.frame, sector)
    rows = set(sound["row"])
    named = {heading: name for name, heading in table.headings.items()}
    unusable = {name: _unusable(sound, name) for name in (*NEEDED, *STRICT)}
    absent = {
        name for name in COLUMNS if name not in NEEDED and table.frame[name].null_count() == len(table.frame)
    }
    problems: dict[tuple[int | None, str, str], Problem] = {}
    told_already = {(one.row, one.column) for one in read}
    for one in read:
        problems[one.row, one.column, one.expected] = one
    for fault in table.issues.found:
        name = named[fault.column or ""]
        if fault.row not in rows or (fault.row, fault.column) in told_already:
            continue
        row = None if name in absent else fault.row
        out = row is not None and row in unusable.get(name, set())
        value = fault.value or None
        done = _done(name, value, out, sector)
        key = row, name, "" if row is None else fault.expected
        problems[key] = Problem(row, fault.column or name, value, fault.expected, done, out)
    lost = {one.row for one in problems.values() if one.left_out}
    kept = sound.filter(~pl.col("row").is_in(sorted(filter(None, lost))))
    for problem in _on_the_day(kept, registry, table.headings):
        problems[problem.row, problem.column, problem.expected] = problem
    ordered = sorted(problems.values(), key=lambda one: (one.row or 0, one.column, one.expected))
    lost = {one.row for one in ordered if one.left_out}
    usable = sound.filter(~pl.col("row").is_in(sorted(filter(None, lost))))
    return UserPairings(_filled(usable), tuple(ordered), sound.height, found.passed_over)


def _meanings(sector: Sector) -> dict[str, str]:
    """Heading (as a slug) -> column."""
    one = slug(sector.words.organisation)
    out = {slug(name): name for name in COLUMNS}
    for column, others in OTHER_HEADINGS.items():
        out |= {other.format(one=one): column for other in others}
    return out | {slug(heading): column for column, heading in headings(sector).items()}


def _table(path: Path | str, sector: Sector) -> Table:
    heading = headings(sector)
    needed = ", ".join(heading.get(name, name) for name in NEEDED)
    step = f"Save the table as CSV or as an Excel workbook, with the headings {needed}."
    meanings = _meanings(sector)
    form = Form(
        meaning=lambda cell: meanings.get(slug(cell)),
        keys=frozenset({"recipient", "partner"}),
        missing="a column named " + heading["recipient"],
        is_key=lambda cell: re.fullmatch(sector.words.code_pattern, cell.strip().upper()) is not None,
        remedy=step,
    )
    try:
        found = find_table(open_sheets(path), form)
    except BadFile as error:
        raise BadFile(error.faults, step) from error
    places, _ = _placed(found, sector)
    missing = [heading.get(name, name) for name in NEEDED if name not in places]
    row = found.heading_row
    if missing:
        expected = f"a heading {' and one '.join(missing)}"
        there = ", ".join(filter(None, found.headings))
        raise BadFile([Issue(found.file, expected, there, found.sheet, row)], step)
    if not found.rows and not found.issues:
        raise BadFile([Issue(found.file, f"rows under the headings of row {row}", sheet=found.sheet)], step)
    if found.issues:
        raise BadFile(found.issues, "Mend these rows and try again.")
    return found


def _placed(table: Table, sector: Sector) -> tuple[dict[str, int], dict[str, str]]:
    """Column -> its position, and -> its heading; the first of two counts, the documented before others."""
    meanings, documented = _meanings(sector), {slug(one) for one in headings(sector).values()}
    places: dict[str, int] = {}
    order = sorted(enumerate(table.headings), key=lambda one: slug(one[1]) not in documented)
    for at, heading in order:
        if heading and (name := meanings.get(slug(heading))):
            places.setdefault(name, at)
    return places, {name: table.headings[at] for name, at in places.items()}


def _as_text(table: Table, registry: OrganisationRegistry) -> tuple[pl.DataFrame, list[Problem]]:
    """The table as text in `COLUMNS` with `row`: names as codes, days in full; and what was read so."""
    places, heading = _placed(table, registry.sector)
    out: list[dict[str, str | int | None]] = []
    problems: list[Problem] = []
    for row, cells in table.rows:
        given = {name: cells[at] for name, at in places.items()}
        content: dict[str, str | int | None] = {
            name: None if is_missing(given.get(name, "")) else given[name] for name in COLUMNS
        }
        for name in ("start", "end"):
            if content[name] is not None:
                _read_day(row, name, content, heading, problems)
        for side in ("recipient", "partner"):
            if content[side] is not None:
                _read_code(row, side, content, heading, registry, problems)
        out.append(content | {"row": row})
    schema = {"row": pl.UInt32} | dict.fromkeys(COLUMNS, pl.String)
    return pl.DataFrame(out, schema=schema), problems


def _read_day(
    row: int,
    name: str,
    content: dict[str, str | int | None],
    heading: dict[str, str],
    problems: list[Problem],
) -> None:
    cell, precision = str(content[name]), f"{name}_precision"
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell):
        return
    if re.fullmatch(r"\d{4}", cell) and "1900" < cell < "2100":
        found, known = date(int(cell), 1, 1), "year"
    else:
        try:
            found, known = day_and_precision(cell)
        except ValueError:
            return  # told as what is no date
        if known == "year":  # a financial year
            return
    content[name] = found.isoformat()
    content[precision] = known if known != "day" or name == "end" else (content[precision] or known)
    done = f"Read as {format_date(found, known)}."
    problems.append(Problem(row, heading[name], cell, "a date, YYYY-MM-DD", done, False))


def _read_code(
    row: int,
    side: str,
    content: dict[str, str | int | None],
    heading: dict[str, str],
    registry: OrganisationRegistry,
    problems: list[Problem],
) -> None:
    cell = str(content[side])
    if (code := "".join(cell.split()).upper()) in registry.by_code:
        content[side] = code
        return
    found = who(cell, registry, followed=False)
    if found.code is not None:
        content[side] = found.code
        done = f"Read as {registry.by_code[found.code].name} ({found.code})."
        problems.append(Problem(row, heading[side], cell, "the code of an organisation", done, False))
        return
    expected = "a code that the snapshot holds"
    if not re.fullmatch(registry.sector.words.code_pattern, code):
        expected = "the code of an organisation"
    done = " ".join(filter(None, (found.remedy, "The row is left out.")))
    problems.append(Problem(row, heading[side], cell, expected, done, True))


def _on_the_day(
    frame: pl.DataFrame, registry: OrganisationRegistry, heading: dict[str, str]
) -> Iterator[Problem]:
    """Pairings of the future, of bodies that were not open yet, and of such as had closed before."""
    last = registry.snapshot.as_of
    for row in frame.sort("row").iter_rows(named=True):
        precision = row["start_precision"] if row["start_precision"] in PRECISIONS else "day"
        day = day_before(row["start"], precision)
        shown = format_date(row["start"], precision)
        if day > last:
            expected = f"a day up to {format_date(last + timedelta(days=1))}, to which the figures reach"
            yield Problem(row["row"], heading["start"], shown, expected, "The row is left out.", True)
            continue
        for side in ("recipient", "partner"):
            one = registry.by_code[row[side]]
            expected = f"an organisation open on {format_date(day)}, the day before"
            if one.opened is not None and one.opened > day:
                done = f"{one.name} opened on {format_date(one.opened)}. The row is left out."
                before = registry.predecessors(one.code)
                if before:
                    done += f" Before it there was {' and '.join(before)}."
                yield Problem(row["row"], heading[side], one.code, expected, done, True)
            elif one.closed is not None and one.closed < day:
                closed = f"{one.name} closed on {format_date(one.closed)}."
                try:
                    after = registry.find(one.code, day).organisation
                except MatchmakerError as error:
                    done = f"{error.message} The row is left out."
                    yield Problem(row["row"], heading[side], one.code, expected, done, True)
                else:
                    done = f"{closed} Its successor {after.name} ({after.code}) is taken."
                    yield Problem(row["row"], heading[side], one.code, expected, done, False)


def _sound(frame: pl.DataFrame, sector: Sector) -> pl.DataFrame:
    """Words and codes that are not known are emptied; `raw_` keeps what stood in the strict columns."""
    allowed = WORDS | {"kind": tuple(sector.pairing_kinds)}
    frame = frame.with_columns(pl.col(name).alias(f"raw_{name}") for name in STRICT).with_columns(
        pl.col(name).str.to_lowercase().str.replace_all("[ -]", "_").replace(_aliases(sector))
        for name in allowed
    )
    pattern = sector.words.code_pattern
    code = {side: pl.col(side).str.contains(pattern).fill_null(False) for side in ("recipient", "partner")}
    checks = code | {name: pl.col(name).is_in(words).fill_null(False) for name, words in allowed.items()}
    return frame.with_columns(pl.when(sound).then(pl.col(name)).alias(name) for name, sound in checks.items())


def _aliases(sector: Sector) -> dict[str, str]:
    """Other words for a scope."""
    one = sector.words.organisation.replace(" ", "_")
    return {f"whole_{one}": "whole", f"part_of_{one}": "part", "service_level": "service"}


def _unusable(frame: pl.DataFrame, name: str) -> set[int]:
    """Rows that can't be used because of a column."""
    bad = pl.col(name).is_null()
    if name in STRICT:
        bad &= pl.col(f"raw_{name}").is_not_null()
    if name == "partner":
        bad |= (pl.col("partner") == pl.col("recipient")).fill_null(False)
    return set(frame.filter(bad)["row"])


def _done(name: str, found: str | None, left_out: bool, sector: Sector) -> str:
    if left_out:
        return "The row is left out."
    if found is not None:
        word = re.sub("[ -]", "_", found.lower())
        word = _aliases(sector).get(word, word)
        if word in (sector.pairing_kinds if name == "kind" else WORDS.get(name, ())):
            return f"Read as {word.replace('_', ' ')}."
    if name == "pairing_id":
        return "The row is called by its number."
    if name == "start":
        return "The first day that it can mean is used."
    if name in ASSUMED and (found is None or name not in STRICT):
        return f"Taken as {ASSUMED[name].replace('_', ' ')}."
    return "The row is used: this is not needed to score it."


def _filled(frame: pl.DataFrame) -> pl.DataFrame:
    """The form of the snapshot's table: an id for every row, and what is assumed in empty cells."""
    named = pl.col("pairing_id").is_not_null() & ~pl.col("pairing_id").is_duplicated()
    return frame.with_columns(
        pl.when(named).then("pairing_id").otherwise(pl.format("row {}", "row")).alias("pairing_id"),
        *(pl.col(name).fill_null(word) for name, word in ASSUMED.items()),
    ).select(COLUMNS)
