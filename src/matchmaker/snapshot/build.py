"""Builds a snapshot from a folder of official files: read all, check all, tell all, then swap."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from matchmaker.errors import BadFile, Fault, Faults, OutOfRange
from matchmaker.snapshot import checks, compose, store
from matchmaker.sources.ods_successions import curated
from matchmaker.sources.publication import Publication, Table, publications

Progress = Callable[[int, int, str], None]
"""Called with (files done, files in all, name of the file at hand)."""

ATTRIBUTION = "Contains public sector information licensed under the Open Government Licence v3.0."
KEEP_OLD = "The snapshot in use was left as it is. Mend or replace the files and build again."


@dataclass
class Report:
    """What a build did beside writing the snapshot.

    Attributes:
        left_out: file -> number of rows whose organisation is no trust of the list.
        superseded: figures that a later file of the same publication replaced.
        unnamed: names that no trust answers to, by file.
    """

    left_out: dict[str, int] = field(default_factory=dict)
    superseded: int = 0
    unnamed: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Read:
    publication: Publication
    path: Path
    name: str
    frame: pl.DataFrame


def build(
    folder: Path,
    to: Path | None = None,
    added: Sequence[tuple[Path, str]] = (),
    progress: Progress = lambda done, total, name: None,
) -> tuple[store.Snapshot, Report]:
    """Compile a snapshot from official files and put it in place in one step.

    Args:
        folder: where the files of all publications lie, in any depth.
        to: the file to write; by default the snapshot in use.
        added: further files with the id of the publication whose format they have; a figure of an
            added file replaces the same figure of older files of that publication.
        progress: told of every file.

    Raises:
        BadFile: with every fault of every file; nothing was written.
        OutOfRange: the folder holds no file of any publication, or a source's name is unknown.
    """
    read, faults = _read_all(_files(folder, added), folder, progress)
    by_table: dict[str, list[_Read]] = {}
    for item in read:
        by_table.setdefault(item.publication.table, []).append(item)
    faults.raise_if_any(KEEP_OLD)
    if "organisations" not in by_table:
        fault = Fault(str(folder.name), "a file of the publication ods_trusts, the list of organisations")
        raise BadFile([fault], KEEP_OLD)
    report = Report()
    tables = _tables(by_table, faults, report)
    faults.raise_if_any(KEEP_OLD)
    tables = {name: _checked(name, frame) for name, frame in tables.items()}
    said = {
        "as_of": max(day for item in by_table["organisations"] for day in item.frame["edition"]).isoformat(),
        "known_since": min(tables["measures"]["known_from"].to_list()).isoformat(),
        "licence": "OGL-3.0",
        "attribution": ATTRIBUTION,
        "sources": _sources(read, tables["measures"]),
    }
    return store.write(to or store.location(), tables, said), report


def _files(folder: Path, added: Sequence[tuple[Path, str]]) -> list[tuple[Publication, Path]]:
    if not folder.is_dir():
        raise OutOfRange(f"There is no folder {folder}.", "Give the folder that holds the official files.")
    every = sorted(path for path in folder.rglob("*") if path.is_file())
    found = [
        (publication, path)
        for publication in publications().values()
        for path in sorted(every, key=lambda path: ("revised" in path.name.casefold(), path))
        if any(path.match(pattern) for pattern in publication.files)
    ]
    if not found:
        step = "Give the folder that holds the official files; see 'matchmaker snapshot sources'."
        raise OutOfRange(f"No file in {folder} belongs to a known publication.", step)
    for path, source in added:
        if source not in publications():
            step = f"The sources are: {', '.join(publications())}."
            raise OutOfRange(f"There is no source named {source}.", step)
        found.append((publications()[source], path))
    return found


def _read_all(
    wanted: list[tuple[Publication, Path]], folder: Path, progress: Progress
) -> tuple[list[_Read], Faults]:
    read, faults = [], Faults()
    for at, (publication, path) in enumerate(wanted):
        progress(at, len(wanted), path.name)
        try:
            name = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name
            read.append(_Read(publication, path, name, publication.read(path)))
        except BadFile as error:
            faults.extend(error.faults)
        except Exception as error:  # a reader that stumbles over a strange file must not hide the others
            stumble = f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0]}"[:200]
            expected = f"the format of {publication.id} ({stumble})"
            faults.add(Fault(path.name, expected, remedy="Check that this is the right file."))
    progress(len(wanted), len(wanted), "")
    return read, faults


def _tables(by_table: dict[str, list[_Read]], faults: Faults, report: Report) -> dict[str, pl.DataFrame]:
    def together(table: Table) -> pl.DataFrame:
        parts = [
            item.frame.with_columns(source=pl.lit(item.publication.id))
            if "source" not in item.frame.columns
            else item.frame
            for item in by_table.get(table, [])
        ]
        return pl.concat(parts, how="diagonal_relaxed") if parts else _empty(table)

    editions = together("organisations")
    attributes = together("attributes").unique(["ods", "attribute", "known_from", "source"], keep="last")
    successions = _successions(together("successions"))
    coordinates = together("coordinates").sort("basis", descending=True, maintain_order=True)
    trusts = compose.organisations(editions, attributes, successions, coordinates)
    names = compose.names(editions, attributes, trusts)
    figures = _figures(by_table.get("measures", []), trusts, names, faults, report)
    codes = trusts["ods"].implode()
    kept = {
        name: together(name)
        for name in ("pairings", "spells", "board_tenure", "board_holders", "board_groups", "official_peers")
    }
    for name, columns in (("pairings", ("recipient", "partner")), ("spells", ("ods",))):
        for column in columns:
            strange = kept[name].filter(~pl.col(column).is_in(codes))[column].unique().sort()
            for code in strange:
                faults.add(Fault(f"{name} table", "the code of a trust in the list", code, column=column))
    return {
        "organisations": trusts,
        "names": names,
        "successions": successions,
        "measures": figures,
        "conflicts": compose.conflicts(figures),
        "attributes": attributes.filter(pl.col("ods").is_in(codes)),
        **kept,
    }


def _successions(published: pl.DataFrame) -> pl.DataFrame:
    own = curated().with_columns(source=pl.lit("matchmaker"))
    # The ODS dates some of its rows on the last day of the old trust, not the first of the new.
    both = pl.concat([published, own]).with_columns(
        date=pl.when(pl.col("date").dt.day() > 27)
        .then(pl.col("date").dt.offset_by("1d"))
        .otherwise(pl.col("date"))
    )
    return both.unique(["old", "new"], keep="first", maintain_order=True)


def _figures(
    read: list[_Read], trusts: pl.DataFrame, names: pl.DataFrame, faults: Faults, report: Report
) -> pl.DataFrame:
    by_name = compose.names_to_codes(trusts, names)
    parts = []
    for item in read:
        frame = item.frame
        if "ods" not in frame.columns:
            plain = pl.col("name").map_elements(compose.plain_name, pl.String)
            frame = frame.with_columns(
                ods=plain.replace_strict(by_name, default=None, return_dtype=pl.String)
            )
            unnamed = frame.filter(pl.col("ods").is_null())["name"].unique().sort().to_list()
            if unnamed:
                report.unnamed[item.name] = unnamed
        known = frame.filter(pl.col("ods").is_in(trusts["ods"].implode()))
        if known.height < frame.height:
            report.left_out[item.name] = frame.height - known.height
        parts.append((item.publication, item.name, known))
    figures = compose.long_measures(parts)
    faults.extend(checks.out_of_range(figures))
    faults.extend(checks.given_twice(figures))
    faults.extend(checks.other_unit(figures))
    key = ["ods", "measure", "period_start", "period_end", "source"]
    latest = figures.unique(key, keep="last", maintain_order=True)
    report.superseded = figures.height - latest.height
    return latest


def _checked(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    from matchmaker.snapshot.schema import TABLES

    schema = TABLES[name]
    wanted = frame.select(schema.column_names()).sort(pl.all())
    good, failure = schema.filter(wanted, cast=True)
    if len(failure):
        counts = ", ".join(f"{rule} ({count} rows)" for rule, count in failure.counts().items())
        first = failure.invalid().head(3).to_dicts()
        fault = Fault(f"table {name}", f"rows that keep the rules: {counts}", str(first)[:400])
        raise BadFile([fault], KEEP_OLD)
    return pl.DataFrame(good).with_columns(pl.selectors.enum().cast(pl.String))


def _empty(table: Table) -> pl.DataFrame:
    from matchmaker.snapshot.schema import TABLES

    if table == "coordinates":
        kinds = {"ods": pl.String, "latitude": pl.Float64, "longitude": pl.Float64}
        return pl.DataFrame(schema=kinds | {"postcode": pl.String, "basis": pl.String})
    return TABLES[table].create_empty().lazy().collect()


def _sources(read: list[_Read], figures: pl.DataFrame) -> list[dict[str, Any]]:
    spans = {
        source: (first, last)
        for source, first, last in figures.group_by("source")
        .agg(pl.col("period_start").min(), pl.col("period_end").max())
        .iter_rows()
    }
    out = []
    for id_, publication in publications().items():
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
                "table": publication.table,
                "period_first": _iso(first),
                "period_last": _iso(last),
                "rows": sum(item.frame.height for item in own),
                "files": [
                    {"name": item.name, "sha256": hashlib.sha256(item.path.read_bytes()).hexdigest()}
                    for item in own
                ],
            }
        )
    return out


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
