"""Answers as tables in a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import polars as pl
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from matchmaker.models.arrangement import Arrangement
from matchmaker.models.eligibility.rules import TYPE_LABELS
from matchmaker.models.types import Organisation
from matchmaker.snapshot import Snapshot
from matchmaker.snapshot.registry import RegistryEntry, format_date

if TYPE_CHECKING:
    from matchmaker.api.auth.keys import Caller
    from matchmaker.snapshot.build import Report
    from matchmaker.snapshot.diff import Diff
    from matchmaker.sources.publication import Publication

console = Console(highlight=False)


def show_through(closed: Sequence[Organisation | RegistryEntry]) -> None:
    """Say which closed organisations are answered by their successor."""
    for one in closed:
        console.print(f"{one.name} ({one.code}) has closed; its successor answers.")


def show_trusts(rows: Sequence[tuple[Any, ...]]) -> None:
    """Code, name, kind, region, system."""
    table = Table()
    for heading in ("Code", "Name", "Kind", "Region", "System"):
        table.add_column(heading)
    for code, name, org_type, region, locality in rows:
        table.add_row(code, name, TYPE_LABELS[org_type], region or "", locality or "")
    console.print(table)
    console.print(f"{len(rows)} trusts")


def show_arrangements(known: Sequence[Arrangement]) -> None:
    """What each arrangement weighs, and which rules exclude."""
    for one in known:
        console.print(f"[bold]{one.label}[/] ({one.name}): {one.summary}")
        table = Table()
        for heading in ("Criterion", "Weight", "Evidence", "Why"):
            table.add_column(heading)
        for criterion in one.criteria:
            table.add_row(
                criterion.label,
                f"{criterion.weight:g}",
                ", ".join(criterion.evidence) or "judgement",
                criterion.why,
            )
        for rule in one.rules:
            table.add_row(rule.name.replace("_", " "), "rule", ", ".join(rule.evidence), rule.why)
        console.print(table)


def show_snapshot(snapshot: Snapshot) -> None:
    """Day, hash, tables and sources."""
    console.print(f"[bold]{snapshot.path.name}[/], holds up to {format_date(snapshot.as_of)}")
    console.print(f"hash {snapshot.hash}")
    tables = Table("Table", "Rows")
    for name, entry in snapshot.manifest["tables"].items():
        tables.add_row(name, f"{entry['rows']:,}")
    console.print(tables)
    listed = Table("Source", "Publisher and title", "Period", "Rows", "Licence", "Files")
    for source in snapshot.sources.values():
        period = f"{source['period_first']} to {source['period_last']}" if source["period_first"] else ""
        what = f"{source['publisher']}: {source['title']}"
        carried = f"\n[dim]carried by {source['compiled_by']}[/]" if source["compiled_by"] else ""
        listed.add_row(
            source["id"],
            what + carried,
            period,
            f"{source['rows']:,}",
            source["licence"],
            str(len(source["files"])),
        )
    console.print(listed)
    console.print(snapshot.manifest["attribution"])


def show_publications(known: Sequence[Publication]) -> None:
    """Ids, titles and file patterns."""
    table = Table("Source", "Publisher and title", "Files")
    for one in known:
        table.add_row(one.id, f"{one.publisher}: {one.title}", "\n".join(one.files))
    console.print(table)


def show_report(snapshot: Snapshot, report: Report) -> None:
    """What a build made, and what it left out."""
    rows = {name: entry["rows"] for name, entry in snapshot.manifest["tables"].items()}
    console.print(
        f"Built {snapshot.path} with hash {snapshot.hash[:12]}, up to {format_date(snapshot.as_of)}."
    )
    console.print(f"{rows['measures']:,} figures, {rows['organisations']} organisations.")
    console.print(f"{report.superseded:,} figures were replaced by later files of the same publication.")
    console.print(f"{rows['conflicts']:,} figures differ between sources (table conflicts).")
    if report.left_out:
        left = f"{sum(report.left_out.values()):,} rows of {len(report.left_out)} files"
        console.print(f"{left} belong to no trust of the list and were left out.")
    for file, names in report.unnamed.items():
        console.print(f"{file}: no trust is named {', '.join(names[:5])}{' ...' if len(names) > 5 else ''}")


def show_diff(found: Diff) -> None:
    """Tables that differ, figures by source and measure, organisations."""
    if found.same:
        console.print("Both hold the same.")
        return
    tables = Table("Table", "Rows only in the first", "Rows only in the second")
    for name, gone, new in found.tables.iter_rows():
        tables.add_row(name, f"{gone:,}", f"{new:,}")
    console.print(tables)
    counted = (
        found.figures.group_by("source", "measure", "change")
        .agg(pl.len(), pl.col("code").n_unique().alias("trusts"), pl.col("code").unique().sort().head(5))
        .sort("source", "measure", "change")
    )
    if not counted.is_empty():
        figures = Table("Source", "Measure", "Change", "Figures", "Trusts", "Among them")
        for source, measure, change, count, trusts, some in counted.iter_rows():
            figures.add_row(source, measure, change, f"{count:,}", str(trusts), ", ".join(some))
        console.print(figures)
    for row in found.organisations.iter_rows(named=True):
        place = "only in the first" if row["held_by"] == "a" else "only in the second"
        console.print(f"{row['code']} {row['name']}: {place}")


@contextmanager
def progress(verb: str) -> Iterator[Callable[[int, int, str], None]]:
    """A progress bar on the error stream."""
    columns = (TextColumn(verb), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[name]}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(verb, total=None, name="")
        yield lambda done, total, name: bar.update(task, completed=done, total=total, name=name)


def show_named(heading: str, rows: Sequence[tuple[str, str]]) -> None:
    """Names and what they mean."""
    table = Table(heading, "What it does")
    for name, says in rows:
        table.add_row(name, says)
    console.print(table)


def show_keys(callers: Sequence[Caller]) -> None:
    """API keys by name, without their secrets."""
    table = Table("Id", "Name", "Scopes", "Made on", "Valid until")
    for one in callers:
        until = "for ever" if one.expires is None else format_date(one.expires)
        table.add_row(one.id, one.name, ", ".join(one.scopes), format_date(one.created), until)
    console.print(table)
