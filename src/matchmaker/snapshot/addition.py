"""Lays one official file over a snapshot: recognised by its content, checked, and written as a new snapshot.

For somebody who has the snapshot and the file but not the folder of all files. What a build of everything
would do besides (lists of organisations, pairings, facts on boards) is not done here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from matchmaker.dates import format_date
from matchmaker.errors import BadFile, InvalidParameter, Issue, IssueList
from matchmaker.extras import require_readers
from matchmaker.sector import Sector, sector_names
from matchmaker.snapshot import dates, ingest, merge, store
from matchmaker.snapshot.editions import (
    KEY,
    beside,
    cut_short,
    list_cut_short,
    other_list,
    other_period,
    out_of_step,
)
from matchmaker.snapshot.names import names_to_codes
from matchmaker.snapshot.store import Snapshot
from matchmaker.sources.publication import Publication, Standing, publications

TYPICAL = 1.2
"""A typical change by more than this factor is told."""
NEAR = 20
"""A file with more faults than this is of another format."""
NOTHING_WRITTEN = "Nothing was written. Check the file, or download it again."


@dataclass(frozen=True)
class Addition:
    """What laying a file over a snapshot did.

    Attributes:
        snapshot: the new one.
        sources: the publications that the file was read as.
        new: figures that were not there before.
        revised: figures that replaced another value of the same publication.
        left_out: rows of organisations that the snapshot does not list.
        quarantined: figures that can't be right and are not used.
        notes: what a reader should know, in sentences.
    """

    snapshot: Snapshot
    sources: tuple[str, ...]
    new: int
    revised: int
    left_out: int
    quarantined: int
    notes: tuple[str, ...]


def add(base: Snapshot, path: Path, to: Path, on: date, source: str | None = None) -> Addition:
    """Lay one official file over a snapshot and write the outcome.

    Args:
        base: the snapshot in use; it stays as it is.
        path: the official file.
        to: the file to write; never a bundled snapshot.
        on: today; nothing can be of a later day.
        source: id of the publication, where the content does not tell.

    Raises:
        BadFile: the file is of no known publication, cut short, of another period, or fails a check.
        InvalidParameter: it could be of several publications, holds nothing new, or `to` is bundled.
        MissingExtra: packages for reading are not installed.
    """
    require_readers()
    _refuse_bundled(to)
    sector = base.sector
    read = recognise(path, sector, source)
    figures = _figures(read, base, sector)
    coded = figures.filter(pl.col("code").is_in(base.organisations["code"].implode()))
    before = _with_standing(base)
    # A list of what stood on its day has no period to compare, but as many organisations as the one before.
    is_list = pl.col("source").is_in([one.publication.id for one in read if one.publication.as_at])
    of_lists, of_periods = coded.filter(is_list), coded.filter(~is_list)
    issues = IssueList()
    issues.extend(
        dates.periods_after(coded.with_columns(known_from=pl.min_horizontal("known_from", pl.lit(on))), on)
    )
    issues.extend(cut_short(of_periods, before, base.organisations))
    issues.extend(list_cut_short(of_lists, before))
    issues.extend(_checked(figures.drop_nulls("code"), before, path.name, sector))
    issues.extend(other_period(of_periods, before))
    issues.extend(other_list(of_lists, before))
    issues.extend(out_of_step(of_periods, before))
    IssueList(list(dict.fromkeys(issues.found))).raise_if_any(NOTHING_WRITTEN)
    fresh, revised = _dated(coded, before, base, on, is_list)
    if fresh.is_empty():
        text = f"{path.name} says nothing that the snapshot does not hold."
        raise InvalidParameter(text, "There is nothing to add.")
    tables, quarantined = _tables(base, before, fresh, sector)
    days = [base.as_of, *tables["measures"].filter(file=path.name)["known_from"]]
    manifest = base.manifest | {
        "as_of": max(days).isoformat(),
        # One newer file makes the others no younger.
        "published_as_of": base.manifest.get("published_as_of", base.manifest["as_of"]),
        "sources": _sources(base, read, tables["measures"], path),
    }
    notes = [
        *_periods(read, fresh),
        *_missing_measures(read, base),
        *_typical_changes(fresh, before),
        *_unnamed(figures, base),
    ]
    made = store.write(to, tables, manifest, sector)
    return Addition(
        made,
        tuple(item.publication.id for item in read),
        fresh.height - revised,
        revised,
        figures.height - coded.height,
        quarantined,
        tuple(notes),
    )


def _refuse_bundled(to: Path) -> None:
    for name in sector_names():
        if to.resolve() == store.bundled(name).resolve():
            raise InvalidParameter(f"{to} is the bundled snapshot.", "Write to another file, with --to.")


def recognise(path: Path, sector: Sector, source: str | None = None) -> list[ingest.ReadFile]:
    """Read a file by every publication whose format it has: of some, one file holds several.

    Raises:
        BadFile: it has the format of none.
        InvalidParameter: there is no such source, or two that fit give figures of the same measure.
    """
    if not path.is_file():
        raise InvalidParameter(f"There is no file {path}.", "Give the path of the official file.")
    known = publications(sector)
    if source is not None and source not in known:
        raise InvalidParameter(f"There is no source named {source}.", f"The sources are: {', '.join(known)}.")
    endings = {id_: {Path(pattern).suffix for pattern in one.files} for id_, one in known.items()}
    tried = [
        one for id_, one in known.items() if source in (id_, None) and (source or path.suffix in endings[id_])
    ]
    read: list[ingest.ReadFile] = []
    faults: list[tuple[Publication, list[Issue]]] = []
    for publication in tried:
        issues = IssueList()
        found = ingest.read_all([(publication, path)], path.parent, issues, lambda done, total, name: None)
        read += [item for item in found if item.frame.height]
        if issues.found:
            faults.append((publication, issues.found))
    figures = [item for item in read if item.publication.table == "measures"]
    if not figures:
        _raise_unknown(path, read, faults, source)
    by_measure: dict[str, list[str]] = {}
    for item in figures:
        for measure in item.frame["measure"].unique():
            by_measure.setdefault(measure, []).append(item.publication.id)
    several = sorted({id_ for ids in by_measure.values() if len(ids) > 1 for id_ in ids})
    if several:
        text = f"{path.name} could be a file of {' or '.join(several)}."
        raise InvalidParameter(text, "Name the publication with --source.", ("source",))
    return figures


def _raise_unknown(
    path: Path,
    read: Sequence[ingest.ReadFile],
    faults: Sequence[tuple[Publication, list[Issue]]],
    source: str | None,
) -> None:
    if read:
        ids = " and ".join(item.publication.id for item in read)
        text = f"{path.name} is a file of {ids}, which holds no figures."
        raise InvalidParameter(text, "Such a file is read by 'matchmaker snapshot build', with all others.")
    # Few faults with a place were found by a reader that knew the headings.
    near = [
        (one, issues)
        for one, issues in faults
        if source is not None
        or (
            len(issues) <= NEAR and any(issue.row is not None or issue.column is not None for issue in issues)
        )
    ]
    if near:
        fewest = min(len(issues) for _, issues in near)
        raise BadFile(
            [issue for _, issues in near if len(issues) == fewest for issue in issues], NOTHING_WRITTEN
        )
    expected = "the headings of a known publication"
    remedy = "Name it with --source to see what is missing; 'matchmaker snapshot sources' lists all."
    raise BadFile([Issue(path.name, expected, remedy=remedy)], NOTHING_WRITTEN)


def _figures(read: Sequence[ingest.ReadFile], base: Snapshot, sector: Sector) -> pl.DataFrame:
    by_name = names_to_codes(base.organisations, base.names, sector)
    parts = []
    for item in read:
        named = "code" not in item.frame.columns
        frame = merge.with_codes(item.frame, by_name, sector) if named else item.frame
        parts.append((item.publication, item.path.name, frame))
    return merge.long_measures(parts, sector)


def _with_standing(base: Snapshot) -> pl.DataFrame:
    """The figures of a snapshot in the columns of `merge.long_measures`."""
    standing = {id_: int(Standing[one["standing"].upper()]) for id_, one in base.sources.items()}
    return base.measures.with_columns(
        standing=pl.col("source").replace_strict(
            standing, default=int(Standing.COMPILED), return_dtype=pl.Int32
        ),
        sheet=pl.lit(None, pl.String),
        row=pl.lit(None, pl.Int64),
        column=pl.lit(None, pl.String),
    )


def _checked(figures: pl.DataFrame, before: pl.DataFrame, name: str, sector: Sector) -> list[Issue]:
    """What the checks of a build say of the new figures among the old ones of the same measures."""
    from matchmaker.snapshot.checks import OF_FIGURES

    concerned = before.filter(pl.col("measure").is_in(figures["measure"].unique().implode()))
    # What the file gives replaces what the publication gave before.
    old = concerned.join(figures, on=KEY, how="anti")
    both = pl.concat([old, figures], how="diagonal_relaxed")
    return [issue for check in OF_FIGURES for issue in check(both, sector) if issue.file == name]


def _dated(
    coded: pl.DataFrame, before: pl.DataFrame, base: Snapshot, on: date, is_list: pl.Expr
) -> tuple[pl.DataFrame, int]:
    """The figures that say something new, and how many of them are revisions.

    A revision counts from the day that its file states or, where it states none, from today; so does what a
    newer list of what stood on its day holds, which says no day of its own.
    """
    latest = coded.unique(KEY, keep="last", maintain_order=True)
    columns = [*KEY, "value", "known_from"]
    held = [
        before.select(columns),
        *([base.quarantine.select(columns)] if "quarantine" in base.manifest["tables"] else []),
    ]
    old = pl.concat(held).rename({"value": "value_old", "known_from": "known_old"})
    both = latest.join(old, on=KEY, how="left", maintain_order="left")
    fresh = both.filter(pl.col("value").ne_missing(pl.col("value_old")))
    stated = pl.col("known_from") > pl.col("known_old")
    known = (
        pl.when(is_list | (pl.col("value_old").is_not_null() & ~stated))
        .then(pl.lit(on))
        .otherwise(pl.min_horizontal("known_from", pl.lit(on)))
    )
    revised = fresh["value_old"].is_not_null().sum()
    return fresh.with_columns(known_from=known).drop("value_old", "known_old"), int(revised)


def _tables(
    base: Snapshot, before: pl.DataFrame, fresh: pl.DataFrame, sector: Sector
) -> tuple[dict[str, pl.DataFrame], int]:
    from matchmaker.snapshot.quarantine import quarantine
    from matchmaker.snapshot.schema import TABLES

    columns = base.measures.columns
    names = fresh["measure"].unique().implode()
    old = before.join(fresh, on=KEY, how="anti")
    concerned = pl.concat([old.filter(pl.col("measure").is_in(names)), fresh], how="diagonal_relaxed")
    used, apart = quarantine(concerned, sector)
    every = pl.concat([old.filter(~pl.col("measure").is_in(names)), used], how="diagonal_relaxed")
    tables = {name: base.table(name) for name in base.manifest["tables"]}
    tables["measures"] = every.select(columns).cast(base.measures.schema)
    tables["conflicts"] = merge.conflicts(every).select(base.conflicts.columns).cast(base.conflicts.schema)
    # Snapshots of earlier versions have no such table.
    held = tables.get("quarantine", TABLES["quarantine"].create_empty())
    kept = held.join(fresh, on=KEY, how="anti")
    new = apart.select(kept.columns).cast(kept.schema)
    tables["quarantine"] = pl.concat([kept, new]).unique(KEY, keep="last")
    return {name: frame.sort(pl.all()) for name, frame in tables.items()}, apart.height


def _sources(
    base: Snapshot, read: Sequence[ingest.ReadFile], figures: pl.DataFrame, path: Path
) -> list[dict[str, Any]]:
    """The manifest's entries, with the file in those of its publications."""
    entries = {id_: dict(entry) for id_, entry in base.sources.items()}
    for new in ingest.sources(read, figures, base.sector):
        old = entries.get(new["id"], new | {"rows": 0, "files": []})
        files = [file for file in old["files"] if file["name"] != path.name]
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        entries[new["id"]] = new | {
            "rows": old["rows"] + new["rows"],
            "files": [*files, {"name": path.name, "sha256": digest}],
        }
    return [entries[id_] for id_ in sorted(entries)]


def _periods(read: Sequence[ingest.ReadFile], fresh: pl.DataFrame) -> list[str]:
    notes = []
    for item in read:
        own = fresh.filter(source=item.publication.id)
        if own.is_empty():
            notes.append(f"{item.publication.id}: nothing new.")
            continue
        first, last, known = own.select(
            pl.col("period_start").min(), pl.col("period_end").max(), pl.col("known_from").max()
        ).row(0)
        count = own["code"].n_unique()
        notes.append(
            f"{item.publication.id}: {own.height} figure{'s' if own.height > 1 else ''} of {count} "
            f"organisation{'s' if count > 1 else ''}, {format_date(first)}"
            f"{'' if first == last else f' to {format_date(last)}'}, known from {format_date(known)}."
        )
    return notes


def _missing_measures(read: Sequence[ingest.ReadFile], base: Snapshot) -> list[str]:
    """What the latest edition of a publication had and the file has not."""
    notes = []
    for item in read:
        old = base.measures.filter(source=item.publication.id)
        last = old.filter(pl.col("period_end") == pl.col("period_end").max())
        missing = sorted({*last["measure"]} - {*item.frame["measure"]})
        if missing:
            notes.append(
                f"Check {item.publication.id}: no figure of {', '.join(missing)}, which it had before."
            )
    return notes


def _typical_changes(fresh: pl.DataFrame, before: pl.DataFrame) -> list[str]:
    """Measures whose figures are typically many times those of the period before, or a fraction of them."""
    found = (
        beside(fresh, before)
        .filter(pl.col("value") > 0, pl.col("value_old") > 0)
        .group_by("measure", "period_end", "period_end_old")
        .agg(pl.len().alias("n"), ratio=(pl.col("value") / pl.col("value_old")).median())
        .filter((pl.col("ratio") > TYPICAL) | (pl.col("ratio") < 1 / TYPICAL))
        .sort("measure", "period_end")
    )
    return [
        f"Check {row['measure']}: to {format_date(row['period_end'])} typically {row['ratio']:.2g} "
        f"times what it was "
        f"to {format_date(row['period_end_old'])} ({row['n']} organisations)."
        for row in found.iter_rows(named=True)
    ]


def _unnamed(figures: pl.DataFrame, base: Snapshot) -> list[str]:
    known = base.organisations["code"].implode()
    strange = figures.filter(~pl.col("code").is_in(known).fill_null(False))["code"]
    codes = strange.drop_nulls().unique().sort().to_list()
    if not codes:
        return []
    more = f" and {len(codes) - 5} more" if len(codes) > 5 else ""
    return [f"Left out, as the snapshot does not list them: {', '.join(codes[:5])}{more}."]
