"""Finds the table in what a user brings: its sheet, its headings, and what is a title, a note or a total."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matchmaker.errors import BadFile, Issue
from matchmaker.sources.marks import without_marks
from matchmaker.sources.user_tables.sheets import DELIMITERS, Sheet

HEADINGS_WITHIN = 60
"""The headings are among the first so many rows."""
TOTALS = frozenset(
    {"total", "totals", "grand total", "sub-total", "subtotal", "sum", "average", "mean", "median", "all"}
)
_NOTE = re.compile(
    r"((sources?|notes?|footnotes?|contact|copyright|published|produced|data|key|see)(\s*[:.=\-–]\s*|\s+)"
    r"|(\*+|†|‡|©|\(?\d{1,2}\)|\[[a-z0-9 ]{1,8}\])\s*)\S.*",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Form:
    """What a table is recognised by.

    Attributes:
        meaning: what a heading means; None where nothing.
        keys: the first of them that a row holds makes it the row of headings, with one other.
        missing: the fault of a table that has none of them.
        is_key: whether a cell names what a row is about, so that the row is no note.
        side: what says who a row is about and when, not what of them; a sheet of these only is a list.
        totals: further words that begin a row of totals, in small letters.
        remedy: where somebody begins who has no such table yet.
    """

    meaning: Callable[[str], str | None]
    keys: frozenset[str]
    missing: str
    is_key: Callable[[str], bool]
    side: frozenset[str] = frozenset()
    totals: frozenset[str] = frozenset()
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table as text, without what is no row of it.

    Attributes:
        file: its name, for issues and provenance.
        sheet: of a workbook that has several.
        heading_row: its number; 0 in a frame.
        headings: as in the table, blank ones too.
        rows: number of the row and its cells, as many as headings.
        issues: rows that can't be read by these headings.
        passed_over: what was not read and why, in sentences.
    """

    file: str
    sheet: str | None
    heading_row: int
    headings: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    issues: tuple[Issue, ...]
    passed_over: tuple[str, ...]


def find_table(sheets: Sequence[Sheet], form: Form) -> Table:
    """The table of a file.

    Raises:
        BadFile: every sheet is empty.
    """
    found = [_headings(sheet, form) for sheet in sheets if any(map(any, sheet.rows))]
    if not found:
        raise BadFile([Issue(sheets[0].file, "a row of headings; the file is empty")], form.remedy)
    # Of two sheets alike the earlier, of two ways to split lines the one by which most is understood.
    best = max(found, key=lambda one: one.rank)
    sheet, at = best.sheet, best.at
    several = len({one.name for one in sheets}) > 1
    table = _rows(sheet, at, form, sheet.name if several else None)
    if not several:
        return table
    alike = [one for one in found if best.rank[0] and one.rank[:2] == best.rank[:2]]
    others = [one.sheet.name for one in alike if one.sheet.name != sheet.name]
    told = f"The sheet '{sheet.name}' was read."
    if others:
        listed = " and ".join(f"'{name}'" for name in others)
        told += f" {listed} also {'holds a table' if len(others) == 1 else 'hold tables'}: name the sheet "
        told += f"that is meant behind the file, as in {sheet.file}#{others[0]}."
    return Table(
        table.file, table.sheet, table.heading_row, table.headings, table.rows, table.issues,
        (told, *table.passed_over),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the headings of a sheet seem to stand.

    `rank`: whether they are whole, whether there is something under them, and how many are understood where
    that tells two readings apart.
    """

    sheet: Sheet
    at: int
    rank: tuple[bool, bool, int]


def _headings(sheet: Sheet, form: Form) -> _Place:
    candidates = [
        (at, row)
        for at, row in enumerate(sheet.rows[: HEADINGS_WITHIN if sheet.first else 1])
        if any(row) and not is_remark(row)
    ]
    if not candidates:
        return _Place(sheet, next(at for at, row in enumerate(sheet.rows) if any(row)), (False, False, 0))
    # Where nothing is understood, titles stand in one cell and headings in several.
    at = next((at for at, row in candidates if sum(map(bool, row)) > 1), candidates[0][0])
    best, whole = 0, False
    for place, row in candidates:
        known = {meaning for cell in row if cell and (meaning := form.meaning(cell))}
        is_whole = bool(known & form.keys) and len(known) > 1
        if (is_whole, len(known)) > (whole, best):
            at, best, whole = place, len(known), is_whole
    told = {meaning for cell in sheet.rows[at] if cell and (meaning := form.meaning(cell))}
    says = bool(told - form.side) and any(any(row) and not is_remark(row) for row in sheet.rows[at + 1 :])
    return _Place(sheet, at, (whole, says, 0 if whole and sheet.name is not None else best))


def _rows(sheet: Sheet, at: int, form: Form, name: str | None) -> Table:
    width = max((place for place, cell in enumerate(sheet.rows[at], 1) if cell), default=0)
    headings = sheet.rows[at][:width]
    keys = [place for place, cell in enumerate(headings) if form.meaning(cell) in form.keys]
    rows: list[tuple[int, tuple[str, ...]]] = []
    issues: list[Issue] = []
    over: dict[str, list[int]] = {}
    if above := [number for number, row in enumerate(sheet.rows[:at], sheet.first) if any(row)]:
        over["above the headings"] = above
    for number, row in enumerate(sheet.rows[at + 1 :], sheet.first + at + 1):
        cells = row[:width] + ("",) * (width - len(row))
        if not any(row) or is_remark(row):
            continue
        if cells == headings:
            over["the headings again"] = [*over.get("the headings again", []), number]
        elif why := _no_row(row, cells, keys, form):
            over[why] = [*over.get(why, []), number]
        elif any(row[width:]):
            issues.append(_too_long(sheet, name, number, row, width))
        elif _is_another_head(row, form):
            expected = "one table with one row of headings on a sheet"
            remedy = "Put the second table on a sheet or into a file of its own."
            issues.append(Issue(sheet.file, expected, row[0], name, number, remedy=remedy))
        else:
            rows.append((number, cells))
    told = tuple(f"Not read, {why}: {_listed(numbers)}." for why, numbers in over.items())
    found_at = sheet.first + at
    if above:
        told = (f"The headings were found in row {found_at}.", *told)
    return Table(sheet.file, name, found_at, headings, tuple(rows), tuple(issues), told)


def _no_row(row: tuple[str, ...], cells: tuple[str, ...], keys: list[int], form: Form) -> str | None:
    """Why a row says nothing of anybody; None where it does."""
    filled = [cell for cell in row if cell]
    own = [cells[place] for place in keys if cells[place]]
    first = filled[0]
    tidy = without_marks(first).rstrip(":").casefold()
    if any(form.is_key(cell) for cell in own):
        return None
    if (tidy in TOTALS or tidy in form.totals) and len(filled) > 1:
        return "a total"
    if _NOTE.fullmatch(first) and not any(_is_number(cell) for cell in filled[1:]):
        return "a note"
    if len(filled) == 1 and (not own or " " in first) and not _is_number(first):
        return "a note"
    return None


def _is_number(cell: str) -> bool:
    return any(sign.isdigit() for sign in cell) and not any(sign.isalpha() for sign in cell)


def _is_another_head(row: tuple[str, ...], form: Form) -> bool:
    known = [form.meaning(cell) for cell in row if cell]
    return len(known) > 1 and None not in known and any(one in form.keys for one in known)


def _too_long(sheet: Sheet, name: str | None, number: int, row: tuple[str, ...], width: int) -> Issue:
    last = max(place for place, cell in enumerate(row, 1) if cell)
    headings = f"{width} cells, as many as headings"
    if sheet.delimiter is None:
        remedy = "Give every column a heading, or empty the cells beside the table."
    else:
        remedy = (
            f"Between cells stand {DELIMITERS[sheet.delimiter]}: put a name or number that holds one "
            'in quotation marks ("").'
        )
    return Issue(sheet.file, headings, f"{last} cells", name, number, remedy=remedy)


def is_remark(row: Sequence[str]) -> bool:
    """Whether a row begins with `# `; one that begins with `#REF!` and other errors does not."""
    first = next(filter(None, row), "")
    return first == "#" or first.startswith("# ")


def _listed(numbers: Sequence[int]) -> str:
    """Numbers of rows: row 4; rows 2, 3 and 7 to 9."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts = [f"{run[0]} to {run[-1]}" if len(run) > 2 else " and ".join(map(str, run)) for run in runs]
    return f"row{'s' if len(numbers) > 1 else ''} {', '.join(parts)}"
