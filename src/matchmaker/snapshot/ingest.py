"""Finds the files of each publication in a folder and reads all, whether or not some of them fail."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from matchmaker.errors import BadFile, InvalidParameter, Issue, IssueList
from matchmaker.sector import Sector
from matchmaker.sources import files as source_files
from matchmaker.sources.publication import Publication, publications

Progress = Callable[[int, int, str], None]
"""Called with (files done, files in all, name of the file at hand)."""


@dataclass(frozen=True, slots=True)
class ReadFile:
    """One file as its publication's reader gives it.

    Attributes:
        name: the file's path within the folder, or its bare name where it was added.
        frame: rows of `publication.table`.
        said: the months that the words above its table name.
        tables: of every table that the reader took numbers from, the file and the numbers; with `key`.
    """

    publication: Publication
    path: Path
    name: str
    frame: pl.DataFrame
    said: frozenset[date] = frozenset()
    tables: tuple[tuple[str, pl.DataFrame], ...] = ()


def wanted(
    folder: Path, sector: Sector, added: Sequence[tuple[Path, str]] = ()
) -> list[tuple[Publication, Path]]:
    """Every file of the folder that belongs to a publication, older before revised, then the added ones.

    Raises:
        InvalidParameter: no such folder, no file of any publication in it, or an unknown source.
    """
    if not folder.is_dir():
        raise InvalidParameter(
            f"There is no folder {folder}.", "Give the folder that holds the official files."
        )
    # A spreadsheet that is open in an office program leaves a lock file beside it.
    every = sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith((".", "~$")))
    catalogue = publications(sector)
    found = [
        (publication, path)
        for publication in catalogue.values()
        for path in sorted(every, key=lambda path: ("revised" in path.name.casefold(), path))
        if any(path.match(pattern) for pattern in publication.files)
    ]
    if not found:
        step = "Give the folder that holds the official files; see 'matchmaker snapshot sources'."
        raise InvalidParameter(f"No file in {folder} belongs to a known publication.", step)
    for path, source in added:
        if source not in catalogue:
            step = f"The sources are: {', '.join(catalogue)}."
            raise InvalidParameter(f"There is no source named {source}.", step)
        found.append((catalogue[source], path))
    return found


def read_all(
    files: Sequence[tuple[Publication, Path]], folder: Path, issues: IssueList, progress: Progress
) -> list[ReadFile]:
    """Read the files, in the order given; those that can't be read are reported in `issues`."""
    read: dict[int, ReadFile] = {}
    with source_files.open_session() as session:
        # Path by path, so that a file which several publications need is opened once.
        for done, at in enumerate(sorted(range(len(files)), key=lambda at: files[at][1])):
            publication, path = files[at]
            progress(done, len(files), path.name)
            name = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name
            session.headings.clear()
            session.said.clear()
            session.tables.clear()
            try:
                frame = publication.read(path)
            except BadFile as error:
                issues.extend(error.faults)
                continue
            except Exception as error:  # a reader that stumbles over a strange file must not hide the others
                stumble = f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0]}"[:200]
                expected = f"the format of {publication.id} ({stumble})"
                issues.add(Issue(path.name, expected, remedy="Check that this is the right file."))
                continue
            frame = _with_headings(frame, session)
            # One table is compared with others by its figures.
            tables = tuple(session.tables) if len(session.tables) > 1 else ()
            read[at] = ReadFile(publication, path, name, frame, frozenset(session.said), tables)
    progress(len(files), len(files), "")
    return [read[at] for at in sorted(read)]


def _with_headings(frame: pl.DataFrame, session: source_files.Session) -> pl.DataFrame:
    if "column" not in frame.columns:
        return frame
    headings = {column: session.heading(column) for column in frame["column"].unique()}
    return frame.with_columns(pl.col("column").replace(headings))


def sources(read: Sequence[ReadFile], figures: pl.DataFrame, sector: Sector) -> list[dict[str, Any]]:
    """The entry of the manifest for each publication that was read."""
    spans = {
        source: (first, last)
        for source, first, last in figures.group_by("source")
        .agg(pl.col("period_start").min(), pl.col("period_end").max())
        .iter_rows()
    }
    hashes = {path: _sha256(path) for path in {item.path for item in read}}
    out = []
    for id_, publication in publications(sector).items():
        own = [item for item in read if item.publication.id == id_]
        if not own:
            continue
        first, last = spans.get(id_, (None, None))
        out.append(
            {
                "id": id_,
                "publisher": publication.publisher,
                "title": publication.title,
                "page": publication.page,
                "licence": publication.licence,
                "standing": publication.standing.name.lower(),
                "compiled_by": publication.compiled_by,
                "as_at": _iso(publication.as_at),
                "table": publication.table,
                "period_first": _iso(first),
                "period_last": _iso(last),
                "rows": sum(item.frame.height for item in own),
                "files": [{"name": item.name, "sha256": hashes[item.path]} for item in own],
            }
        )
    return out


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
