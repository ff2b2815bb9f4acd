"""Builds a snapshot from a folder of files: read all, check all, report every issue, then swap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from matchmaker.errors import InvalidParameter, Issue, IssueList
from matchmaker.extras import require_readers
from matchmaker.sector import Sector, load_sector, sector_names
from matchmaker.snapshot import (
    alongside,
    checks,
    continuity,
    dates,
    from_csv,
    ingest,
    merge,
    reconciliation,
    store,
    unlikely,
)
from matchmaker.snapshot.editions import cut_short
from matchmaker.snapshot.ingest import Progress, ReadFile
from matchmaker.snapshot.merge import Identities
from matchmaker.snapshot.names import names_to_codes
from matchmaker.snapshot.quarantine import confirmed, doubt_name, quarantine
from matchmaker.snapshot.schema import TABLES, schemas
from matchmaker.sources.publication import Publication, publications

KEEP_OLD = "The snapshot in use was left as it is. Mend or replace the files and build again."
IDENTITY = (
    "organisations",
    "names",
    "site_names",
    "other_bodies",
    "attributes",
    "successions",
    "places",
    "coordinates",
    "sites",
    "site_lists",
)
"""Tables of readers from which the list of organisations is made."""


FEW = 0.25
"""An added file with less than this share of all organisations is told where nothing else tells."""


@dataclass
class Report:
    """What a build did besides writing the snapshot.

    Attributes:
        left_out: file -> number of rows whose organisation is not in the list.
        superseded: figures to which a later file of the same publication gave another value.
        unnamed: names that no organisation has, by file.
        notes: what the lists of organisations say and was not followed.
        ended: pairings that their file has as going on and that a closing has ended.
        missing: what is gone, changed or not read, against the snapshot in use.
        doubts: new figures in quarantine: the beginning of their name up to where they agree, how many they
            are, and the reason of the first.
        accepted: names that somebody has confirmed, now or before.
    """

    left_out: dict[str, int] = field(default_factory=dict)
    superseded: int = 0
    unnamed: dict[str, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    doubts: list[tuple[str, int, str]] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Context:
    """What a build is compared with.

    Attributes:
        before: the snapshot in use; None compares with nothing.
        accepted: names of doubts that somebody has confirmed.
        on: today.
    """

    before: store.Snapshot | None = None
    accepted: frozenset[str] = frozenset()
    on: date = field(default_factory=lambda: datetime.now(UTC).date())


def build(
    folder: Path,
    to: Path | None = None,
    added: Sequence[tuple[Path, str]] = (),
    progress: Progress = lambda done, total, name: None,
    *,
    sector: Sector,
    before: store.Snapshot | None = None,
    accepted: Sequence[str] = (),
    on: date | None = None,
) -> tuple[store.Snapshot, Report]:
    """Compile a snapshot and put it in place in one step.

    Args:
        folder: where the files of all publications lie, in any depth; for a sector without readers, the
            folder of CSV files that `from_csv` describes.
        to: the file to write; by default the snapshot in use.
        added: further files with the id of the publication whose format they have; a figure of an
            added file replaces the same figure of older files of that publication.
        progress: called with every file.
        sector: whose organisations these are.
        before: the snapshot in use, with which what is new is compared; what it had confirmed, is.
        accepted: names of doubts that are confirmed.
        on: today.

    Raises:
        BadFile: with every issue of every file; nothing was written.
        MissingExtra: packages for building are not installed.
        InvalidParameter: the folder holds no file of any publication, a source's name is unknown, or
            nothing that is doubted has a name that is to be confirmed.
    """
    require_readers()
    report = Report()
    if publications(sector):
        context = Context(before, frozenset(accepted), *([] if on is None else [on]))
        tables, manifest = _from_publications(folder, added, progress, sector, report, context)
    else:
        tables, manifest = from_csv.read_folder(folder, sector)
    return store.write(to or store.location(sector.name), tables, manifest, sector), report


def _from_publications(
    folder: Path,
    added: Sequence[tuple[Path, str]],
    progress: Progress,
    sector: Sector,
    report: Report,
    context: Context,
) -> tuple[dict[str, pl.DataFrame], dict[str, Any]]:
    issues = IssueList()
    wanted = ingest.wanted(folder, sector, added)
    read = ingest.read_all(wanted, folder, issues, progress)
    return compiled(wanted, read, folder, added, sector, issues, report, context)


def compiled(
    wanted: Sequence[tuple[Publication, Path]],
    read: Sequence[ReadFile],
    folder: Path,
    added: Sequence[tuple[Path, str]],
    sector: Sector,
    issues: IssueList,
    report: Report,
    context: Context,
) -> tuple[dict[str, pl.DataFrame], dict[str, Any]]:
    """The tables and the manifest of files that were read.

    Args:
        wanted: all files, also those that could not be read.
        read: the others.
        folder: where they lie.
        added: further files, with the id of the publication of each.
        sector: whose organisations these are.
        issues: of reading; those found here are added.
        report: to which what is left out, missing or doubted is added.
        context: what the build is compared with.

    Raises:
        BadFile: with every issue.
        InvalidParameter: nothing that is doubted has a name that is to be confirmed.
    """
    known_publications = publications(sector).values()
    if context.before is not None:
        held_before = [one for one in known_publications if one.id in context.before.sources]
        issues.extend(continuity.required(read, held_before, folder))
    issues.extend(continuity.without_a_row(read))
    issues.extend([*dates.denied(read), *dates.days_after(read, context.on)])
    identities = _identities(read, sector)
    issues.extend(identities.issues)
    report.notes = identities.notes
    tables = _tables(read, identities, sector, issues, report, context)
    lists = sum(publication.table == "organisations" for publication, _ in wanted)
    if not lists:
        ids = [one.id for one in known_publications if one.table == "organisations"]
        issues.add(Issue("the folder", f"a file of {' or '.join(ids)}, the list of organisations"))
    # Where a list could not be read, every code that only it holds would be strange.
    if sum(item.publication.table == "organisations" for item in read) == lists:
        issues.extend(checks.of_sector(tables, sector))
    report.notes = [*report.notes, *_check_added(added, tables, issues)]
    _raise_if_any(issues)
    _compare(tables, wanted, read, folder, sector, issues, report, context)
    _raise_if_any(issues)
    own = schemas(sector)
    for name, schema in own.items():
        columns = schema.columns()
        tables[name] = tables[name].cast({column: columns[column].dtype for column in columns})
        issues.extend(checks.broken_rules(tables[name], schema))
    _raise_if_any(issues)
    known = tables["measures"]["known_from"]
    days: set[date] = {*known, *([identities.as_of] if identities.as_of else [])}
    manifest = {
        "sector": sector.name,
        "as_of": max(days).isoformat(),
        "known_since": min(known).isoformat(),
        **sector.toml("snapshot.toml"),
        "sources": ingest.sources(read, tables["measures"], sector),
        **({"accepted": report.accepted} if report.accepted else {}),
    }
    return {name: tables[name].select(own[name].column_names()).sort(pl.all()) for name in own}, manifest


def _compare(
    tables: dict[str, pl.DataFrame],
    wanted: Sequence[tuple[Publication, Path]],
    read: Sequence[ReadFile],
    folder: Path,
    sector: Sector,
    issues: IssueList,
    report: Report,
    context: Context,
) -> None:
    """Put what is doubted apart, unless it is confirmed, and tell what is missing or other than before."""
    known = publications(sector).values()
    carried = set(context.before.manifest.get("accepted", ())) if context.before else set()
    accepted = context.accepted | carried
    mine = confirmed(doubt_name(), accepted)
    names = set(tables["quarantine"].filter(mine).select(doubt_name()).to_series())
    back = tables["quarantine"].filter(mine).select(tables["measures"].columns)
    tables["measures"] = pl.concat([tables["measures"], back])
    tables["quarantine"] = tables["quarantine"].filter(~mine)
    # What another sector reads is no stray file.
    everybodys = (publications(load_sector(name)) for name in sector_names())
    patterns = [pattern for each in everybodys for one in each.values() for pattern in one.files]
    report.missing = [
        *dates.not_yet(read, context.on),
        *continuity.without_a_file(read, known),
        *continuity.unread(folder, {path for _, path in wanted}, patterns),
    ]
    every_doubt, odd = alongside.unlike(read)
    every = pl.concat([tables["measures"], tables["quarantine"].select(tables["measures"].columns)])
    if context.before is not None:
        before, organisations = context.before, tables["organisations"]
        report.missing += continuity.figures(every, before, organisations)
        doubts, notes = continuity.tables(tables, before)
        more, others = continuity.organisations(organisations, before)
        later = continuity.closed_with_later_figures(organisations, tables["measures"], before)
        every_doubt += [*doubts, *more, *later]
        report.missing += [*notes, *others]
        every = unlikely.fresh(every, continuity.published(before))
    of_fresh = {*every.select("source", "file").unique().iter_rows()}
    report.missing += [note for source, file, note in odd if (source, file) in of_fresh]
    names |= {one.name for one in every_doubt}
    held, confirmations = continuity.sort_out(every_doubt, accepted)
    issues.extend(held)
    report.missing += confirmations
    unknown = sorted(
        one
        for one in context.accepted - carried
        if not any(f"{name}/".startswith(f"{one}/") for name in names)
    )
    if unknown and not issues.found:
        text = f"Nothing that this build doubts is named {', '.join(unknown)}."
        raise InvalidParameter(text, "Build without --accept to see the names.", ("accept",))
    report.accepted = sorted(accepted)
    _raise_if_any(issues)


def _check_added(
    added: Sequence[tuple[Path, str]], tables: dict[str, pl.DataFrame], issues: IssueList
) -> list[str]:
    """Issues of added files that have far fewer organisations than those before, and notes on the others."""
    names = [path.name for path, _ in added]
    figures = tables["measures"].drop_nulls("code")
    new = pl.col("file").is_in(names)
    issues.extend(cut_short(figures.filter(new), figures.filter(~new)))
    earlier = set(figures.filter(~new)["source"])
    everybody = tables["organisations"].filter(pl.col("closed").is_null()).height
    counts = figures.filter(new).group_by("file", "source").agg(n=pl.col("code").n_unique()).sort("file")
    return [
        f"{file} has figures of {n} of {everybody} open organisations, and there is no earlier file of "
        f"{source} to compare it with: check that it is whole."
        for file, source, n in counts.iter_rows()
        if source not in earlier and n < FEW * everybody
    ]


def _raise_if_any(issues: IssueList) -> None:
    # A broken file that several publications need is reported once.
    IssueList(list(dict.fromkeys(issues.found))).raise_if_any(KEEP_OLD)


def _rows(read: Sequence[ReadFile], table: str) -> pl.DataFrame | None:
    """All rows of a table with their file, and their publication where they name no source of their own."""
    parts = [
        item.frame.with_columns(
            source=pl.col("source") if "source" in item.frame.columns else pl.lit(item.publication.id),
            file=pl.lit(item.name),
        )
        for item in read
        if item.publication.table == table
    ]
    return pl.concat(parts, how="diagonal_relaxed") if parts else None


def _identities(read: Sequence[ReadFile], sector: Sector) -> Identities:
    own = tuple(sector.hook("tables") or ())
    rows = {name: frame for name in (*IDENTITY, *own) if (frame := _rows(read, name)) is not None}
    hook = sector.hook("organisations")
    if hook is not None:
        made: Identities = hook(rows, sector)
        return made
    organisations, names, successions, places, site_names, other_bodies = (
        rows.get(name, TABLES[name].create_empty())
        for name in ("organisations", "names", "successions", "places", "site_names", "other_bodies")
    )
    return Identities(
        organisations, names, successions, places, site_names=site_names, other_bodies=other_bodies
    )


def _tables(
    read: Sequence[ReadFile],
    identities: Identities,
    sector: Sector,
    issues: IssueList,
    report: Report,
    context: Context,
) -> dict[str, pl.DataFrame]:
    """Every table of the sector's snapshots, with the `file` and, where known, the `row` of each row."""
    codes = identities.organisations["code"].implode()
    tables = {name: _rows(read, name) for name in schemas(sector)}
    empty = {
        name: schema.create_empty().with_columns(file=pl.lit(None, pl.String))
        for name, schema in schemas(sector).items()
    }
    every = {name: empty[name] if frame is None else frame for name, frame in tables.items()}
    attributes = every["attributes"]
    issues.extend(checks.contradicted(attributes, ["code", "attribute", "known_from"], ["value"]))
    attributes = attributes.unique(["code", "attribute", "known_from", "source"], keep="last")
    figures, apart = _figures(read, identities, sector, issues, report, context)
    every |= {
        "organisations": identities.organisations,
        "names": identities.names,
        "site_names": identities.site_names.filter(pl.col("organisation").is_in(codes)),
        "other_bodies": identities.other_bodies,
        "successions": identities.successions.filter(pl.col("old").is_in(codes)),
        "places": identities.places.filter(pl.col("code").is_in(codes)),
        "measures": figures,
        "conflicts": merge.conflicts(figures),
        "quarantine": apart,
        "attributes": attributes.filter(pl.col("code").is_in(codes)),
    }
    if identities.as_of is not None:
        every["pairings"], report.ended = checks.ended_by_closing(
            every["pairings"], identities.organisations, identities.as_of
        )
    place = {"row": pl.lit(None, pl.Int64)}
    return {
        name: frame.with_columns(
            **{"file": pl.lit(f"table {name}")} if "file" not in frame.columns else {},
            **place if "row" not in frame.columns else {},
        )
        for name, frame in every.items()
    }


def _figures(
    read: Sequence[ReadFile],
    identities: Identities,
    sector: Sector,
    issues: IssueList,
    report: Report,
    context: Context,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The figures to be used, and those that are quarantined."""
    by_name = names_to_codes(identities.organisations, identities.names, sector)
    parts = []
    for item in (item for item in read if item.publication.table == "measures"):
        frame = item.frame
        if "code" not in frame.columns:
            frame = merge.with_codes(frame, by_name, sector)
            unnamed = frame.filter(pl.col("code").is_null())["name"].unique().sort().to_list()
            if unnamed:
                report.unnamed[item.name] = unnamed
        parts.append((item.publication, item.name, frame))
    every = merge.long_measures(parts, sector, context.on)
    # Files are checked whole, whether or not the list holds every organisation in them.
    coded = every.drop_nulls("code")
    found = [issue for check in checks.OF_FIGURES for issue in check(coded, sector)]
    as_at = {id_: one.as_at for id_, one in publications(sector).items() if one.as_at}
    found += checks.known_before_listed(coded, as_at)
    key = ["code", "measure", "period_start", "period_end", "source"]
    latest = coded.unique(key, keep="last", maintain_order=True)
    # Where single figures are wrong, so are sums over them.
    sound = latest.filter(~pl.col("file").is_in([issue.file for issue in found]))
    issues.extend([*found, *reconciliation.missed(sound, sector)])
    known = pl.col("code").is_in(identities.organisations["code"].implode())
    issues.extend(dates.periods_after(coded.filter(known), context.on))
    strange = every.filter(~known.fill_null(False))
    report.left_out = dict(strange["file"].value_counts().sort("file").iter_rows())
    values = coded.filter(known).group_by(key).agg(pl.col("value").n_unique())["value"]
    report.superseded = int(values.sum()) - values.len()
    editions = {id_: one.edition for id_, one in publications(sector).items() if one.edition is not None}
    figures = merge.vintages(latest.filter(known), editions)
    if context.before is None or issues.found:
        return quarantine(figures, sector)
    before = context.before.measures
    new = unlikely.fresh(figures, before)
    doubts = unlikely.unlikely(figures, new, before, identities.successions, sector)
    apart = context.before.quarantine.select(*unlikely.FIGURE, "value")
    unseen = new.join(apart, on=[*unlikely.FIGURE, "value"], how="anti").select(unlikely.FIGURE)
    report.doubts = continuity.doubted(doubts.join(unseen, on=unlikely.FIGURE, how="semi"))
    return quarantine(figures, sector, doubts)
