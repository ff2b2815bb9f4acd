"""Figures of one's own on a page: what was understood of a table, and its faults in their place."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from matchmaker.dates import format_period
from matchmaker.errors import BadFile, Issue
from matchmaker.features.formatting import format_value
from matchmaker.models.engine import Matchmaker
from matchmaker.snapshot.overlay.merge import OwnData, latest
from matchmaker.sources.publication import measures

MAX_SHOWN = 200
"""Faults, and figures, that one page shows."""
COMMAND = "'matchmaker "
"""Some remedies name a command, which is none on a page."""


@dataclass(frozen=True, slots=True)
class UnderstoodOrganisation:
    """One organisation of the table."""

    code: str
    name: str
    type: str
    is_new: bool
    n_figures: int


@dataclass(frozen=True, slots=True)
class UnderstoodFigure:
    """One figure of the table, beside the published one."""

    code: str
    label: str
    value: str
    period: str
    published: str
    published_until: date | None


@dataclass(frozen=True, slots=True)
class FaultyCell:
    """One cell as it was given, and what is wrong with it.

    Attributes:
        name: of its field.
        row: as a spreadsheet counts.
        whose: what the first filled cells of its row say.
        column: its heading.
    """

    name: str
    row: int
    whose: str
    column: str
    text: str
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Faults:
    """What can't be used of a table, each where it stands.

    Attributes:
        cells: in the order of the table.
        general: faults of no cell.
        more: how many are not shown.
    """

    cells: tuple[FaultyCell, ...]
    general: tuple[str, ...]
    more: int


def decoded(content: bytes) -> str:
    """The text of an uploaded CSV file: UTF-8, or what older versions of Excel save.

    Raises:
        BadFile: it is a workbook or another file that is no text.
    """
    if content[:2] == b"PK" or b"\x00" in content:
        issue = Issue("The file", "a CSV file; this is a workbook or another file that is no text")
        raise BadFile([issue], "Save the sheet as 'CSV UTF-8 (comma delimited)'.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def mended(text: str, cells: Mapping[str, str]) -> str:
    """A table with some cells replaced.

    Args:
        text: of the table.
        cells: `cell-ROW-COLUMN` -> new text; rows count from 1, columns from 0.
    """
    changed = {key.removeprefix("cell-"): value for key, value in cells.items() if key.startswith("cell-")}
    if not changed:
        return text
    rows = _rows(text)
    for key, value in changed.items():
        row, _, column = key.partition("-")
        if row.isdecimal() and column.isdecimal() and 0 < int(row) <= len(rows):
            cells_of_row = rows[int(row) - 1]
            if int(column) < len(cells_of_row):
                cells_of_row[int(column)] = value.strip()
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def understood(
    own: OwnData, engine: Matchmaker
) -> tuple[list[UnderstoodOrganisation], list[UnderstoodFigure]]:
    """The organisations and the figures of a table, each figure beside the published one.

    Args:
        own: the table, checked.
        engine: on the published figures.
    """
    catalogue = measures(engine.sector)
    rows = own.figures.sort("code", "measure", "period_end").to_dicts()
    counted: dict[str, int] = defaultdict(int)
    for row in rows:
        counted[row["code"]] += 1
    published = latest(engine.snapshot, set(counted))
    columns = ("code", "name", "type")
    known = {code: (name, kind) for code, name, kind in engine.snapshot.organisations[columns].iter_rows()}
    organisations = []
    for code in dict.fromkeys([*own.organisations, *counted]):
        given = own.organisations.get(code, {})
        name, kind = known.get(code, (given.get("name") or code, ""))
        kind = str(given.get("type") or kind or "")
        organisations.append(
            UnderstoodOrganisation(
                code,
                str(name),
                engine.sector.type_label(kind) if kind else "",
                code not in known,
                counted[code],
            )
        )
    figures = [_figure(row, published.get((row["code"], row["measure"])), catalogue, engine) for row in rows]
    return organisations, figures


def faults_in_place(error: BadFile, text: str) -> Faults:
    """Every fault in the cell where it stands.

    Args:
        error: of the table.
        text: of the table.
    """
    rows = _rows(text)
    at = next((n for n, row in enumerate(rows) if any(row) and not row[0].startswith(("# ", "#,"))), 0)
    headings = tuple(cell.strip() for cell in rows[at]) if rows else ()
    found: dict[tuple[int, int], list[str]] = defaultdict(list)
    general = []
    for fault in error.faults[:MAX_SHOWN]:
        says = fault_text(fault)
        if fault.row is None or fault.column not in headings or fault.row > len(rows):
            where = f"Row {fault.row}. " if fault.row is not None else ""
            general.append(f"{where}{says}")
        else:
            found[fault.row, headings.index(fault.column)].append(says)
    cells = []
    for (row, column), texts in sorted(found.items()):
        given = [cell.strip() for cell in _padded(rows[row - 1], len(headings))]
        whose = ", ".join([cell for cell in given[:2] if cell])
        cells.append(
            FaultyCell(f"cell-{row}-{column}", row, whose, headings[column], given[column], tuple(texts))
        )
    return Faults(tuple(cells), tuple(general), max(0, len(error.faults) - MAX_SHOWN))


def fault_text(fault: Issue) -> str:
    """What was expected, in a sentence, without commands."""
    remedy = "" if COMMAND in fault.remedy else fault.remedy
    found = f"It says “{fault.value}”; " if fault.value else ""
    says = f"{found}expected: {fault.expected}."
    return f"{says[:1].upper()}{says[1:]} {remedy}".rstrip()


def _figure(
    row: Mapping[str, Any], there: Mapping[str, Any] | None, catalogue: Mapping[str, Any], engine: Matchmaker
) -> UnderstoodFigure:
    measure = catalogue[row["measure"]]

    def shown(value: float | None) -> str:
        return format_value(value, measure.unit, engine.sector)

    return UnderstoodFigure(
        row["code"],
        measure.label,
        shown(row["value"]),
        format_period(row["period_start"], row["period_end"]),
        shown(there["value"]) if there else "none",
        there["period_end"] if there else None,
    )


def _rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.lstrip("\ufeff"), newline="")))


def _padded(row: Sequence[str], length: int) -> list[str]:
    return [*row, *[""] * (length - len(row))][:length]
