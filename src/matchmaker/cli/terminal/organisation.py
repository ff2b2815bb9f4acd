"""An organisation as tables in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.markup import escape
from rich.table import Table

from matchmaker.cli.terminal.console import console, print_successions
from matchmaker.cli.terminal.tables import capitalized, plain_table
from matchmaker.dates import format_date
from matchmaker.features.formatting import format_age, format_short
from matchmaker.features.profiles import KNOWN, STALE, UNKNOWN
from matchmaker.features.types import FeatureValue, Profile, Trend
from matchmaker.models.early_warning.signs import WORST_SHARE
from matchmaker.models.early_warning.types import SignReading
from matchmaker.models.overview.types import OrganisationOverview
from matchmaker.models.scoring.phrases import percent_1_99
from matchmaker.sector import Sector

BAR_WIDTH = 10
MIN_WIDTH_FOR_SOURCES = 110
"""Minimum width of the terminal for a column of sources."""
BLOCKS = "▁▂▃▄▅▆▇█"
WEAK, STRONG = "▼", "▲"


def show_organisation(overview: OrganisationOverview, sector: Sector) -> None:
    """An overview: the profile by dimension, then its history, its peers and its early-warning signs."""
    profile = overview.profile
    plural = sector.type_plural(profile.type)
    print_successions(overview.via)
    console.print(f"[bold]{escape(profile.name)} ({profile.code})[/]")
    label = f"{sector.type_label(profile.type)} {sector.words.organisation}"
    place = ", ".join(part for part in (profile.region, profile.locality) if part)
    sentences = (capitalized(label), place, f"As of {format_date(profile.as_of)}")
    console.print(escape(" ".join(f"{sentence}." for sentence in sentences if sentence)))
    for note in overview.notes:
        console.print(f"- {escape(note)}")
    console.print(
        f"A bar says how many in 100 {plural} have less. "
        f"{STRONG} among the strongest fifth, {WEAK} among the weakest.\n"
    )
    notes: list[str] = []
    console.print(_features(profile, sector, notes))
    _print_notes(notes)
    _print_facts(overview)
    _print_stale_and_unknown(profile)
    _print_trends(overview.trends, sector, plural)
    _print_peers(overview, sector, plural)
    _print_signs(overview)
    console.print(f"\n[dim]Snapshot {profile.snapshot[:12]}. {overview.attribution}[/]")


def _features(profile: Profile, sector: Sector, notes: list[str]) -> Table:
    with_sources = console.width >= MIN_WIDTH_FOR_SOURCES
    table = plain_table(
        "Feature",
        "Value",
        "More than, in 100",
        "Age",
        *(["Source"] if with_sources else []),
        right=(1,),
        wide=(0, 1, 4),
    )
    dimension = ""
    for cell in profile.in_state(KNOWN):
        if cell.dimension != dimension:
            dimension = cell.dimension
            table.add_row(f"[bold]{escape(sector.dimensions[dimension].label)}[/]")
        source = [_source(cell.source, notes)] if with_sources else []
        table.add_row(cell.label, cell.text, _bar(cell), format_age(cell.months_old), *source)
    return table


def _bar(cell: FeatureValue) -> str:
    if cell.percentile is None:
        return ""
    n = percent_1_99(cell.percentile)
    full = round(n * BAR_WIDTH / 100)
    return f"{'█' * full}[dim]{'░' * (BAR_WIDTH - full)}[/] {n:>2} {_mark(cell.standing)}"


def _mark(standing: float | None) -> str:
    if standing is None:
        return ""
    return WEAK if standing <= WORST_SHARE else STRONG if standing >= 1 - WORST_SHARE else ""


def _source(source: str | None, notes: list[str]) -> str:
    """A source's short name; one that is a sentence becomes a note."""
    if source is None or " " not in source:
        return source or ""
    if source not in notes:
        notes.append(source)
    return f"note {notes.index(source) + 1}"


def _print_notes(notes: Sequence[str]) -> None:
    if console.width < MIN_WIDTH_FOR_SOURCES:
        wide = f"use {MIN_WIDTH_FOR_SOURCES} columns or more"
        console.print(f"[dim]Sources: {wide}, --csv, --html or --json.[/]")
    for at, note in enumerate(notes, 1):
        console.print(f"[dim]Note {at}: {escape(note)}[/]")


def _print_facts(overview: OrganisationOverview) -> None:
    if overview.facts:
        console.print("\n[bold]On record[/]")
        for fact in overview.facts:
            console.print(f"- {escape(fact.sentence)}")


def _print_stale_and_unknown(profile: Profile) -> None:
    stale = profile.in_state(STALE)
    if stale:
        console.print("\n[bold]Too old to use[/]")
        table = plain_table("Feature", "Value", "Age", right=(1,), wide=(0, 1))
        for cell in stale:
            table.add_row(cell.label, cell.text, format_age(cell.months_old))
        console.print(table)
    unknown = profile.in_state(UNKNOWN)
    if unknown:
        console.print(f"\n[bold]Unknown ({len(unknown)})[/]")
        console.print("; ".join(escape(cell.label) for cell in unknown) + ".")


def _print_trends(trends: Sequence[Trend], sector: Sector, plural: str) -> None:
    if not trends:
        return
    console.print("\n[bold]Over the years[/] (lowest to highest; · is a year without a new figure)")
    years = sorted({point.as_of for trend in trends for point in trend.points})
    span = f"{years[0].year} to {years[-1].year}"
    table = plain_table("Feature", "First", span, "Last", "Median", right=(1, 3, 4), wide=(0, 1, 3, 4))
    for trend in trends:
        first, last = trend.points[0], trend.points[-1]
        table.add_row(
            trend.label,
            format_short(first.value, trend.unit, sector),
            _spark([{point.as_of: point.value for point in trend.points}.get(day) for day in years]),
            format_short(last.value, trend.unit, sector),
            format_short(last.median, trend.unit, sector),
        )
    console.print(table)
    console.print(f"[dim]Median: of {plural} when the last figure became known.[/]")


def _spark(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    low, spread = min(known), (max(known) - min(known)) or 1.0
    top = len(BLOCKS) - 1
    return "".join("·" if v is None else BLOCKS[round(top * (v - low) / spread)] for v in values)


def _print_peers(overview: OrganisationOverview, sector: Sector, plural: str) -> None:
    if overview.peers:
        console.print(f"\n[bold]Nearest {plural}[/] (of 100 pairs, how many are further apart)")
        dimensions = [sector.dimensions[name].label for name in sector.criteria.peers]
        headings = (capitalized(sector.words.organisation), *dimensions, "Distance")
        table = plain_table(*headings, right=range(1, len(headings)))
        for peer in overview.peers:
            parts = ["?" if part is None else str(percent_1_99(part)) for part in peer.parts.values()]
            far = "unknown" if peer.distance_km is None else f"{peer.distance_km:.0f} km"
            name = f"{escape(peer.organisation.name)} ({peer.organisation.code})"
            table.add_row(f"{name}{' *' if peer.benchmark_peer else ''}", *parts, far)
        console.print(table)
    if overview.benchmark_peers:
        names = ", ".join(f"{escape(one.name)} ({one.code})" for one in overview.benchmark_peers)
        console.print(f"[dim]* Also on its list by {sector.display.benchmark_label}:[/] {names}.")


def _print_signs(overview: OrganisationOverview) -> None:
    if not overview.signs:
        return
    console.print("\n[bold]Early-warning signs[/] (a figure among the worst fifth of its type)")
    cells = {cell.feature: cell for cell in overview.profile.cells}
    table = plain_table("", "", "", wide=(1,))
    table.show_header = False
    for reading in overview.signs:
        cell = cells.get(reading.feature or "")
        table.add_row(_shown(reading), reading.label, "" if cell is None else cell.text)
    console.print(table)
    for line in overview.meaning:
        console.print(f"- {line}")


def _shown(reading: SignReading) -> str:
    return "unknown" if reading.shown is None else "[bold]shown[/]" if reading.shown else "not shown"
