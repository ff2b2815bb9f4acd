"""Builds the tables of a snapshot from one CSV file per table, for sectors without readers of their own.

The folder holds `organisations.csv` and `measures.csv` and, as far as there are such data, `names.csv`,
`site_names.csv`, `other_bodies.csv`, `successions.csv`, `places.csv`, `attributes.csv`, `pairings.csv`,
`interventions.csv`, `groups.csv` and one file for each table of the sector's own. The headings are the
columns of `snapshot/schema.py`, in any order. An empty cell is unknown. Dates are written as 2026-03-31;
dates with a column for their precision (`start` and `start_precision`), also as 2026-03 or 2026.

| file | columns that must be there | what others default to |
|---|---|---|
| organisations | code, name | `type`: the sector's `other_type` |
| measures | code, measure, value, period_end | `period_start`, `known_from`: `period_end` |
| names | code, name | `kind`: other |
| site_names | code, name, organisation, known_from | `main`: no |
| other_bodies | code, name, label | |
| successions | old, new, date | `part`: no |
| places | code, latitude, longitude | `kind`: main; `name`: none; `known_from`: always |
| attributes | code, attribute, value, known_from | |
| pairings | pairing_id, recipient, partner, kind, start | `scope`: whole; `status`: completed |
| interventions | spell_id, code, regime | `exit_known`: yes where there is an exit |
| groups | code, as_of, group_name | |

The unit of a figure is that of its measure in the sector's catalogue. The optional `snapshot.toml` holds
facts for the manifest: `as_of`, `known_since`, `licence`, `attribution`, and for each value of the columns
`source` a table `[sources.NAME]` with `publisher`, `title`, `page`, `licence`, `standing`, `compiled_by` and,
for a list of what stood on its day, `as_at`, that day.
A row without a source is of the first of them.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import Field, ValidationError

from matchmaker.errors import BadFile, InvalidParameter, Issue, IssueList
from matchmaker.sector import Definition, Sector
from matchmaker.snapshot import checks, merge, reconciliation
from matchmaker.snapshot.names import OTHER
from matchmaker.snapshot.quarantine import quarantine
from matchmaker.snapshot.schema import schemas
from matchmaker.sources.files import cells
from matchmaker.sources.publication import Standing, measures

REQUIRED = ("organisations", "measures")
DERIVED = ("conflicts", "quarantine")
"""Tables that are worked out and have no file."""
MANIFEST = "snapshot.toml"
ALWAYS = date(1900, 1, 1)
"""Before every day that anybody asks about."""
SOURCE = "csv"
"""The source of rows that name none, where `snapshot.toml` lists no sources."""


class Source(Definition):
    """Where figures come from."""

    publisher: str = ""
    """Who published them."""
    title: str = ""
    """Title of the publication."""
    page: str = ""
    """Its address."""
    licence: str = ""
    """Where it differs from that of the snapshot."""
    standing: str = Field(default="official", pattern="^(official|extracted|compiled|modelled)$")
    """`official`, `extracted` from an official publication, `compiled` by others, or `modelled`."""
    compiled_by: str | None = None
    """By whom, where that is not the publisher."""
    as_at: date | None = None
    """The day that all of its figures describe; for lists that are no history."""


class Description(Definition):
    """`snapshot.toml`."""

    as_of: date | None = None
    """The day up to which everything that was published is in it; by default that of the latest figure."""
    known_since: date | None = None
    """The first day that can be asked about; by default that of the first figure."""
    licence: str = ""
    """Under which the figures may be used."""
    attribution: str = ""
    """The sentence that the licence asks for; stands under every answer."""
    sources: dict[str, Source] = Field(default_factory=dict)
    """Name in the column `source` -> where figures come from."""


def read_folder(folder: Path, sector: Sector) -> tuple[dict[str, pl.DataFrame], dict[str, Any]]:
    """Read and check every file of a folder.

    Returns:
        The tables, and the other facts of the manifest.

    Raises:
        BadFile: with the issues of all files.
        InvalidParameter: there is no such folder.
    """
    if not folder.is_dir():
        raise InvalidParameter(f"There is no folder {folder}.", "Give a folder with one CSV file per table.")
    issues = IssueList()
    description = _description(folder / MANIFEST, issues)
    tables, figures = _tables(folder, sector, description, issues)
    issues.raise_if_any("Mend these cells and build again.")
    figures, tables["quarantine"] = quarantine(figures, sector)
    tables |= {"measures": figures, "conflicts": merge.conflicts(figures)}
    known = tables["measures"]["known_from"]
    manifest = {
        "sector": sector.name,
        "as_of": (description.as_of or max(known)).isoformat(),
        "known_since": (description.known_since or min(known)).isoformat(),
        "licence": description.licence,
        "attribution": description.attribution,
        "sources": _sources(folder, tables, description),
    }
    wanted = schemas(sector)
    return {
        name: tables[name].select(wanted[name].column_names()).sort(pl.all()) for name in wanted
    }, manifest


def _description(path: Path, issues: IssueList) -> Description:
    try:
        return Description.model_validate(tomllib.loads(path.read_text("utf-8")) if path.is_file() else {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        issues.add(Issue(path.name, f"TOML ({error})"))
    except ValidationError as error:
        issues.extend(
            [Issue(path.name, one["msg"], column=".".join(map(str, one["loc"]))) for one in error.errors()]
        )
    return Description()


def _tables(
    folder: Path, sector: Sector, description: Description, issues: IssueList
) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """Every table with its columns typed and filled, and the figures with the standing of their source."""
    wanted = {name: schema for name, schema in schemas(sector).items() if name not in DERIVED}
    strange = {path.stem for path in folder.glob("*.csv")} - wanted.keys()
    for name in sorted(strange):
        issues.add(Issue(f"{name}.csv", f"one of {', '.join(f'{one}.csv' for one in wanted)}"))
    tables: dict[str, pl.DataFrame] = {}
    for name, schema in wanted.items():
        path = folder / f"{name}.csv"
        if not path.is_file() and name in REQUIRED:
            issues.add(Issue(path.name, "a file of this name in the folder"))
        columns = {column: dtype.dtype for column, dtype in schema.columns().items()}
        needed = {column for column, dtype in schema.columns().items() if not dtype.nullable}
        frame = _read(path, columns, needed - _defaults(name, sector, description).keys(), issues)
        filled = frame.with_columns(
            pl.col(column).fill_null(default)
            for column, default in _defaults(name, sector, description).items()
        ).with_columns(pl.lit(path.name).alias("file"))
        issues.extend(checks.broken_rules(filled, schema))
        tables[name] = filled
    standing = {name: int(Standing[source.standing.upper()]) for name, source in description.sources.items()}
    figures = tables["measures"].with_columns(
        sheet=pl.lit(None, pl.String),
        column=pl.lit("value"),
        standing=pl.col("source").replace_strict(
            standing, default=int(Standing.OFFICIAL), return_dtype=pl.Int64
        ),
    )
    issues.extend(checks.of_sector(tables, sector))
    for name in ("measures", "attributes"):
        issues.extend(
            checks.unlisted(tables[name], "source", description.sources, f"[sources] of {MANIFEST}")
        )
    as_at = {name: one.as_at for name, one in description.sources.items() if one.as_at}
    issues.extend(checks.known_before_listed(figures, as_at))
    if not issues.found:  # sums and comparisons only over sound figures
        issues.extend([issue for check in checks.OF_FIGURES for issue in check(figures, sector)])
        issues.extend(reconciliation.missed(figures, sector))
    return tables, figures


def _defaults(name: str, sector: Sector, description: Description) -> Mapping[str, pl.Expr]:
    """Column -> what an empty cell of it means."""
    source = pl.lit(next(iter(description.sources), SOURCE))
    day = pl.lit("day")
    units = {measure.name: measure.unit for measure in measures(sector).values()}
    return {
        "organisations": {"type": pl.lit(sector.other_type)} if sector.other_type else {},
        "measures": {
            "period_start": pl.col("period_end"),
            "known_from": pl.col("period_end"),
            "unit": pl.col("measure").replace_strict(units, default="", return_dtype=pl.String),
            "source": source,
            "file": pl.lit("measures.csv"),
        },
        "names": {"kind": pl.lit(OTHER)},
        "site_names": {"main": pl.lit(False), "source": source},
        "successions": {"part": pl.lit(False), "source": source},
        "places": {
            "kind": pl.lit("main"),
            "name": pl.lit(""),
            "known_from": pl.lit(ALWAYS),
            "basis": pl.lit("places.csv"),
            "source": source,
        },
        "attributes": {"source": source},
        "pairings": {
            "scope": pl.lit("whole"),
            "status": pl.lit("completed"),
            "start_precision": day,
            "end_precision": pl.when(pl.col("end").is_not_null()).then(day),
            "confidence": pl.lit("high"),
            "code_confidence": pl.lit("high"),
            "source": source,
        },
        "interventions": {
            "entry_precision": pl.when(pl.col("entry").is_not_null()).then(day),
            "exit_precision": pl.when(pl.col("exit").is_not_null()).then(day),
            "exit_known": pl.col("exit").is_not_null(),
            "confidence": pl.lit("high"),
            "code_confidence": pl.lit("high"),
            "source": source,
        },
        "groups": {"source": source},
    }.get(name, {})


def _read(
    path: Path, columns: Mapping[str, pl.DataType], needed: set[str], issues: IssueList
) -> pl.DataFrame:
    """One file, typed, with the number of each row; no rows where there is no such file."""
    empty = pl.DataFrame(schema={**columns, "row": pl.Int64})
    if not path.is_file():
        return empty
    try:
        raw = cells(path)
    except BadFile as error:
        issues.extend(error.faults)
        return empty
    headings = [(heading or "").strip() for heading in raw.row(0)] if raw.height else []
    before = len(issues.found)
    for heading in sorted(set(filter(None, headings)) - columns.keys()):
        issues.add(Issue(path.name, f"a heading that is one of {', '.join(columns)}", heading, row=1))
    for heading in sorted(needed - set(headings)):
        issues.add(Issue(path.name, f"a column {heading}", row=1))
    for heading in sorted({one for one in headings if one and headings.count(one) > 1}):
        issues.add(Issue(path.name, "a heading that is not repeated", heading, row=1))
    if len(issues.found) > before:
        return empty
    rows: list[dict[str, Any]] = []
    for at, content in enumerate(raw.iter_rows(), start=1):
        texts = {
            heading: (cell or "").strip() for heading, cell in zip(headings, content, strict=True) if heading
        }
        if at > 1 and any(texts.values()):
            rows.append({"row": at} | _typed(path.name, at, texts, columns, issues))
    return pl.DataFrame(rows, schema=empty.schema)


def _typed(
    file: str, row: int, texts: Mapping[str, str], columns: Mapping[str, pl.DataType], issues: IssueList
) -> dict[str, Any]:
    """The cells of a row by column; a cell that is not of its column's type is an issue."""
    values: dict[str, Any] = {}
    for column, text in texts.items():
        if not text:
            continue
        try:
            if columns[column] == pl.Date and f"{column}_precision" in columns:
                values[column], precision = partial_day(text)
                values.setdefault(f"{column}_precision", precision)
            else:
                values[column] = PARSERS[columns[column].base_type()](text)
        except ValueError as error:
            issues.add(Issue(file, str(error), text, row=row, column=column))
    return values


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ValueError("a number such as 1234.5") from None
    if value - value != 0:
        raise ValueError("a number such as 1234.5")
    return value


def _count(text: str) -> int:
    if not text.removeprefix("-").isdecimal():
        raise ValueError("a whole number")
    return int(text)


def _truth(text: str) -> bool:
    words = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
    if text.casefold() not in words:
        raise ValueError("yes or no")
    return words[text.casefold()]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("a day as YYYY-MM-DD") from None


def partial_day(text: str) -> tuple[date, str]:
    """The first day that a text of the form 2026-03-31, 2026-03 or 2026 can mean, and its precision.

    Raises:
        ValueError: says what was expected.
    """
    full, precision = {4: (f"{text}-01-01", "year"), 7: (f"{text}-01", "month")}.get(len(text), (text, "day"))
    try:
        return date.fromisoformat(full), precision
    except ValueError:
        raise ValueError("a day as YYYY-MM-DD, a month as YYYY-MM or a year") from None


PARSERS: dict[Any, Callable[[str], Any]] = {
    pl.String: str,
    pl.Float64: _number,
    pl.Int64: _count,
    pl.Boolean: _truth,
    pl.Date: _day,
}


def _sources(
    folder: Path, tables: Mapping[str, pl.DataFrame], description: Description
) -> list[dict[str, Any]]:
    """What the manifest says of each source."""
    out = []
    figures = tables["measures"]
    listed = description.sources or {SOURCE: Source()}
    for name in sorted(listed):
        source, own = listed[name], figures.filter(pl.col("source") == name)
        held = [
            table for table, rows in tables.items() if "source" in rows.columns and name in rows["source"]
        ]
        table = "measures" if "measures" in held or not held else held[0]
        path = folder / f"{table}.csv"
        out.append(
            {
                "id": name,
                "publisher": source.publisher,
                "title": source.title or name,
                "page": source.page,
                "licence": source.licence or description.licence,
                "standing": source.standing,
                "compiled_by": source.compiled_by,
                "as_at": source.as_at.isoformat() if source.as_at else None,
                "table": table,
                "period_first": min(own["period_start"]).isoformat() if own.height else None,
                "period_last": max(own["period_end"]).isoformat() if own.height else None,
                "rows": tables[table].filter(pl.col("source") == name).height,
                "files": [{"name": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}]
                if path.is_file()
                else [],
            }
        )
    return out
