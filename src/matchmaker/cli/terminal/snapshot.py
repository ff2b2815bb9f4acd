"""What a snapshot holds, what a build left out, and what changed between two snapshots."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl
from rich.markup import escape

from matchmaker.cli.terminal.console import console
from matchmaker.cli.terminal.tables import capitalized, print_table
from matchmaker.dates import format_date
from matchmaker.evaluation.pairing_coverage import coverage_by_kind
from matchmaker.features import features
from matchmaker.sector import Sector
from matchmaker.snapshot import Snapshot

if TYPE_CHECKING:
    from matchmaker.snapshot.addition import Addition
    from matchmaker.snapshot.audit import AuditedFigure
    from matchmaker.snapshot.build import Report
    from matchmaker.snapshot.diff import Diff
    from matchmaker.sources.publication import Publication

NAMES_SHOWN = 5


def show_snapshot(snapshot: Snapshot) -> None:
    """Sector, day, hash, tables and sources."""
    console.print(f"[bold]{snapshot.path.name}[/], holds up to {format_date(snapshot.as_of)}")
    console.print(f"sector {snapshot.sector.name}, hash {snapshot.hash}")
    counts = [(name, f"{entry['rows']:,}") for name, entry in snapshot.manifest["tables"].items()]
    print_table(("Table", "Rows"), counts)
    rows = []
    for source in snapshot.sources.values():
        period = f"{source['period_first']} to {source['period_last']}" if source["period_first"] else ""
        carried = f"\n[dim]carried by {source['compiled_by']}[/]" if source["compiled_by"] else ""
        title = f"{source['publisher']}: {source['title']}{carried}"
        count, files = f"{source['rows']:,}", str(len(source["files"]))
        rows.append((source["id"], title, period, count, source["licence"], files))
    print_table(("Source", "Publisher and title", "Period", "Rows", "Licence", "Files"), rows)
    console.print(snapshot.manifest["attribution"])


def show_publications(known: Sequence[Publication]) -> None:
    """Ids, titles and file patterns."""
    rows = [(one.id, f"{one.publisher}: {one.title}", "\n".join(one.files)) for one in known]
    print_table(("Source", "Publisher and title", "Files"), rows)


def show_report(snapshot: Snapshot, report: Report) -> None:
    """What a build made, and what it left out."""
    organisation = snapshot.sector.words.organisation
    rows = {name: entry["rows"] for name, entry in snapshot.manifest["tables"].items()}
    console.print(
        f"Built {snapshot.path} with hash {snapshot.hash[:12]}, up to {format_date(snapshot.as_of)}."
    )
    console.print(f"{rows['measures']:,} figures, {rows['organisations']} organisations.")
    console.print(f"{report.superseded:,} figures were replaced by later files of the same publication.")
    console.print(f"{rows['conflicts']:,} figures differ between sources (table conflicts).")
    console.print(f"{rows['quarantine']:,} figures can't be right and are not used (table quarantine).")
    for note in report.missing:
        console.print(escape(note))
    if report.doubts:
        rows_ = [(name, str(n), reason) for name, n, reason in report.doubts]
        print_table(("Doubted, and kept apart", "Figures", "Why"), rows_)
        console.print("To confirm what is right: build again with --accept and the name, or its beginning.")
    if report.accepted:
        console.print(f"Confirmed: {escape(', '.join(report.accepted))}.")
    if report.left_out:
        left = f"{sum(report.left_out.values()):,} rows of {len(report.left_out)} files"
        console.print(f"{left} belong to no {organisation} of the list and were left out.")
    for note in report.notes:
        console.print(escape(note))
    for ended in report.ended:
        console.print(f"[bold]{escape(ended)}[/], though its file has it as going on.")
    for file, names in report.unnamed.items():
        more = " ..." if len(names) > NAMES_SHOWN else ""
        console.print(escape(f"{file}: no {organisation} is named {', '.join(names[:NAMES_SHOWN])}{more}"))


def show_use(made: Snapshot) -> None:
    """How to put a new snapshot in use."""
    console.print(f"To use it: export MATCHMAKER_SNAPSHOT={escape(str(made.path.resolve()))}")
    console.print(
        f"To put it in the place of the one in use: matchmaker snapshot use {escape(str(made.path))}"
    )


def show_addition(base: Snapshot, addition: Addition) -> None:
    """What a file that was laid over a snapshot was read as, and what it changed, for whom."""
    from matchmaker.snapshot.diff import diff

    made = addition.snapshot
    console.print(f"Read as {', '.join(addition.sources)}.")
    for note in addition.notes:
        console.print(f"- {escape(note)}")
    counts = f"{addition.new:,} figures are new, {addition.revised:,} are revisions"
    console.print(f"{counts}, {addition.quarantined:,} can't be right and are not used.")
    show_diff(diff(base, made), made.sector.words.organisations)
    console.print(f"Wrote {escape(str(made.path))}, up to {format_date(made.as_of)}, hash {made.hash[:12]}.")
    show_use(made)


def show_audit(figures: Sequence[AuditedFigure]) -> None:
    """How many figures are right, wrong and not checked, each wrong one, and why others were not checked."""
    counts = Counter(one.status for one in figures)
    wrong = [one for one in figures if one.status == "wrong"]
    if wrong:
        rows = [
            (one.source, one.measure, one.code, format_date(one.period_end), f"{one.value:.10g}", one.why)
            for one in wrong
        ]
        print_table(("Source", "Measure", "Code", "Period to", "Figure", "Why"), rows)
    for status in ("right", "not checked"):
        ways = Counter(one.why for one in figures if one.status == status)
        print_table((status.capitalize(), "Figures"), [(why, str(n)) for why, n in ways.most_common()])
    left = sorted(
        {one.source for one in figures} - {one.source for one in figures if one.status != "not checked"}
    )
    if left:
        console.print(escape(f"Sources of which none could be checked: {', '.join(left)}."))
    of = f"{len(figures)} figures of {len({one.source for one in figures})} sources"
    console.print(
        f"{of}: {counts['right']} right, {counts['wrong']} wrong, {counts['not checked']} not checked."
    )


def show_diff(found: Diff, organisations: str) -> None:
    """Tables that differ, figures by source and measure, organisations.

    Args:
        found: the difference of two snapshots.
        organisations: the sector's word for them.
    """
    if found.same:
        console.print("Both hold the same.")
        return
    tables = [(name, f"{gone:,}", f"{new:,}") for name, gone, new in found.tables.iter_rows()]
    print_table(("Table", "Rows only in the first", "Rows only in the second"), tables)
    counted = (
        found.figures.group_by("source", "measure", "change")
        .agg(
            pl.len(),
            pl.col("code").n_unique().alias("n_codes"),
            pl.col("code").unique().sort().head(NAMES_SHOWN),
        )
        .sort("source", "measure", "change")
    )
    if not counted.is_empty():
        figures = [
            (source, measure, change, f"{count:,}", str(n_codes), ", ".join(some))
            for source, measure, change, count, n_codes, some in counted.iter_rows()
        ]
        headings = ("Source", "Measure", "Change", "Figures", organisations.capitalize(), "Among them")
        print_table(headings, figures)
    for row in found.organisations.iter_rows(named=True):
        place = "only in the first" if row["held_by"] == "a" else "only in the second"
        console.print(escape(f"{row['code']} {row['name']}: {place}"))


def show_coverage(known: pl.DataFrame, sector: Sector) -> None:
    """Pairings by kind with the count of those known of both sides, then those of which something is not."""
    by_kind = coverage_by_kind(known)
    labels = {one.name: one.label for one in features(sector)} | {"known": "All of these"}
    counted = by_kind.columns[2:]
    headings = ("Kind", "Pairings", *(labels[name] for name in counted))
    rows = [
        (capitalized(kind.replace("_", " ")), str(n), *map(str, counts))
        for kind, n, *counts in by_kind.iter_rows()
    ]
    console.print("Known of both sides, on the day before the pairing began")
    print_table(headings, rows)
    missing = known.filter(~pl.col("known"))
    if missing.height:
        lacks = [
            (
                row["pairing_id"],
                format_date(row["start"]),
                "one was not open"
                if not row["is_open"]
                else "; ".join(labels[name] for name in counted[:-1] if not row[name]),
            )
            for row in missing.iter_rows(named=True)
        ]
        print_table(("Pairing", "Began", "Not known of both"), lacks)
