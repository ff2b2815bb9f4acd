"""Builds a snapshot from a folder of official files: read all, check all, tell all, then swap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import polars as pl

from matchmaker.errors import Issue, IssueList, MissingExtra
from matchmaker.sectors.nhs.sources.ods_successions import curated
from matchmaker.snapshot import checks, ingest, merge, reconciliation, store
from matchmaker.snapshot.ingest import Progress, Read
from matchmaker.sources.publication import Table

ATTRIBUTION = "Contains public sector information licensed under the Open Government Licence v3.0."
KEEP_OLD = "The snapshot in use was left as it is. Mend or replace the files and build again."


@dataclass
class Report:
    """What a build did beside writing the snapshot.

    Attributes:
        left_out: file -> number of rows whose organisation is no trust of the list.
        superseded: figures to which a later file of the same publication gave another value.
        unnamed: names that no trust answers to, by file.
    """

    left_out: dict[str, int] = field(default_factory=dict)
    superseded: int = 0
    unnamed: dict[str, list[str]] = field(default_factory=dict)


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
        MissingExtra: packages for reading official files are not installed.
        OutOfRange: the folder holds no file of any publication, or a source's name is unknown.
    """
    _extra()
    report, faults = Report(), IssueList()
    files = ingest.wanted(folder, added)
    read = ingest.read_all(files, folder, faults, progress)
    lists = sum(publication.table == "organisations" for publication, _ in files)
    tables = _tables(read, lists, faults, report)
    _refuse_if_any(faults)
    tables = {name: _checked(name, frame, faults) for name, frame in tables.items()}
    _refuse_if_any(faults)
    said = {
        "as_of": _as_of(read, tables["measures"]).isoformat(),
        "known_since": min(tables["measures"]["known_from"].to_list()).isoformat(),
        "licence": "OGL-3.0",
        "attribution": ATTRIBUTION,
        "sources": ingest.sources(read, tables["measures"]),
    }
    return store.write(to or store.location(), tables, said), report


def _extra() -> None:
    missing = [name for name in ("dataframely", "fastexcel", "pyreadr", "rdata") if find_spec(name) is None]
    if missing:
        text = f"Building a snapshot needs packages that are not installed: {', '.join(missing)}."
        raise MissingExtra(text, "Install them with: pip install 'matchmaker[snapshot]'.")


def _refuse_if_any(faults: IssueList) -> None:
    # A broken file that several publications need is told once.
    IssueList(list(dict.fromkeys(faults.found))).raise_if_any(KEEP_OLD)


def _as_of(read: Sequence[Read], figures: pl.DataFrame) -> date:
    """The day of the latest list of organisations, or of a figure that was known later still."""
    lists = (item.frame["edition"] for item in read if "edition" in item.frame.columns)
    days: set[date] = {day for column in (*lists, figures["known_from"]) for day in column.unique()}
    return max(days)


def _tables(read: Sequence[Read], lists: int, faults: IssueList, report: Report) -> dict[str, pl.DataFrame]:
    def together(table: Table) -> pl.DataFrame:
        parts = [_labelled(item) for item in read if item.publication.table == table]
        return pl.concat(parts, how="diagonal_relaxed") if parts else _empty(table)

    editions, attributes = together("organisations"), together("attributes")
    faults.extend(checks.contradicted(editions, ["code"], ["name", "postcode", "opened", "closed"]))
    faults.extend(checks.contradicted(attributes, ["code", "attribute", "known_from"], ["value"]))
    if not lists:
        faults.add(Issue("the folder", "a file of the publication ods_trusts, the list of organisations"))
    attributes = attributes.unique(["code", "attribute", "known_from", "source"], keep="last")
    successions = _successions(together("successions"))
    coordinates = together("coordinates").sort("basis", descending=True, maintain_order=True)
    trusts = merge.organisations(editions, attributes, successions, coordinates)
    names = merge.names(editions, attributes, trusts)
    figures = _figures(read, trusts, names, faults, report)
    codes = trusts["code"].implode()
    kept = {
        name: together(name)
        for name in (
            "pairings",
            "interventions",
            "board_tenure",
            "board_holders",
            "groups",
            "official_peers",
        )
    }
    # Without one of the lists, every code that only it holds would be strange.
    if sum(item.publication.table == "organisations" for item in read) == lists:
        faults.extend(_strange_codes(kept, codes))
    return {
        "organisations": trusts,
        "names": names,
        "successions": successions.filter(pl.col("old").is_in(codes)),
        "measures": figures,
        "conflicts": merge.conflicts(figures),
        "attributes": attributes.filter(pl.col("code").is_in(codes)),
        **kept,
    }


def _labelled(item: Read) -> pl.DataFrame:
    """The rows with their file, and their publication where they name no source of their own."""
    source = pl.col("source") if "source" in item.frame.columns else pl.lit(item.publication.id)
    return item.frame.with_columns(source.alias("source"), file=pl.lit(item.name))


def _strange_codes(kept: dict[str, pl.DataFrame], codes: pl.Series) -> list[Issue]:
    return [
        Issue(file, "the code of a trust in the list", code, column=column)
        for name, columns in (("pairings", ("recipient", "partner")), ("interventions", ("code",)))
        for column in columns
        for file, code in kept[name]
        .filter(~pl.col(column).is_in(codes))
        .select("file", column)
        .unique()
        .sort(pl.all())
        .iter_rows()
    ]


def _successions(published: pl.DataFrame) -> pl.DataFrame:
    own = curated().with_columns(source=pl.lit("matchmaker"))
    # The ODS dates some of its rows on the last day of the old trust, not the first of the new.
    both = pl.concat([published, own], how="diagonal").with_columns(
        date=pl.when(pl.col("date").dt.day() > 27)
        .then(pl.col("date").dt.offset_by("1d"))
        .otherwise(pl.col("date"))
    )
    return both.unique(["old", "new"], keep="first", maintain_order=True)


def _figures(
    read: Sequence[Read], trusts: pl.DataFrame, names: pl.DataFrame, faults: IssueList, report: Report
) -> pl.DataFrame:
    by_name = merge.names_to_codes(trusts, names)
    parts = []
    for item in (item for item in read if item.publication.table == "measures"):
        frame = item.frame
        if "code" not in frame.columns:
            frame = merge.with_codes(frame, by_name)
            unnamed = frame.filter(pl.col("code").is_null())["name"].unique().sort().to_list()
            if unnamed:
                report.unnamed[item.name] = unnamed
        parts.append((item.publication, item.name, frame))
    every = merge.long_measures(parts)
    # Files are checked whole, whether or not the list of trusts holds every organisation in them.
    coded = every.drop_nulls("code")
    told = [fault for check in checks.OF_FIGURES for fault in check(coded)]
    key = ["code", "measure", "period_start", "period_end", "source"]
    latest = coded.unique(key, keep="last", maintain_order=True)
    # Where single figures are wrong, so are sums over them.
    sound = latest.filter(~pl.col("file").is_in([fault.file for fault in told]))
    faults.extend([*told, *reconciliation.missed(sound)])
    known = pl.col("code").is_in(trusts["code"].implode())
    strange = every.filter(~known.fill_null(False))
    report.left_out = dict(strange["file"].value_counts().sort("file").iter_rows())
    values = coded.filter(known).group_by(key).agg(pl.col("value").n_unique())["value"]
    report.superseded = int(values.sum()) - values.len()
    return latest.filter(known)


def _checked(name: str, frame: pl.DataFrame, faults: IssueList) -> pl.DataFrame:
    from matchmaker.snapshot.schema import TABLES

    schema = TABLES[name]
    wanted = frame.select(schema.column_names()).sort(pl.all())
    good, failure = schema.filter(wanted, cast=True)
    if len(failure):
        counts = ", ".join(f"{rule} ({count} rows)" for rule, count in failure.counts().items())
        first = failure.invalid().head(3).to_dicts()
        faults.add(Issue(f"table {name}", f"rows that keep the rules: {counts}", str(first)[:400]))
    return pl.DataFrame(good).with_columns(pl.selectors.enum().cast(pl.String))


def _empty(table: Table) -> pl.DataFrame:
    """No rows, in the columns that the readers of a table give."""
    from matchmaker.snapshot.schema import TABLES

    text, day = pl.String, pl.Date
    if table == "organisations":
        words = dict.fromkeys(("code", "name", "region_code", "locality_code", "postcode", "file"), text)
        return pl.DataFrame(schema=words | dict.fromkeys(("opened", "closed", "edition"), day))
    if table == "coordinates":
        kinds = {"code": text, "latitude": pl.Float64, "longitude": pl.Float64}
        return pl.DataFrame(schema=kinds | {"postcode": text, "basis": text})
    return TABLES[table].create_empty().lazy().collect().with_columns(file=pl.lit(None, text))
