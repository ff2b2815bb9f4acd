"""A trust, trusts side by side, and early signs as tables in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.markup import escape
from rich.table import Table

from matchmaker.cli.terminal import console
from matchmaker.features.comparison import Comparison
from matchmaker.features.formatting import format_age, format_short
from matchmaker.features.history import Trend
from matchmaker.features.profile import FeatureValue, Profile
from matchmaker.features.profiles import KNOWN, NOT_APPLICABLE, STALE, UNKNOWN
from matchmaker.models.early_warning.phrases import in_words, listed
from matchmaker.models.early_warning.report import EarlyWarningReport
from matchmaker.models.early_warning.signs import WORST, Reading
from matchmaker.models.early_warning.validation import REGIMES, Rate, SignValidation
from matchmaker.models.eligibility.rules import TYPE_LABELS
from matchmaker.models.overview import OrganisationOverview
from matchmaker.models.scoring.phrases import in_100
from matchmaker.snapshot.registry import format_date

BAR = 10
WIDE = 110
"""From so many columns on, the source of each figure is shown beside it."""
VALUE = 20
"""No column of numbers is wider."""
BLOCKS = "▁▂▃▄▅▆▇█"
WEAK, STRONG = "▼", "▲"


def show_trust(portrait: OrganisationOverview) -> None:
    """What is known of a trust, dimension by dimension, then its past, its peers and its early signs."""
    profile = portrait.profile
    org_type = TYPE_LABELS[profile.type]
    for one in portrait.via:
        console.print(f"{escape(one.name)} ({one.code}) has closed; its successor answers.")
    console.print(f"[bold]{escape(profile.name)} ({profile.code})[/]")
    place = ", ".join(part for part in (profile.region, profile.locality) if part)
    console.print(f"{org_type.capitalize()} trust. {escape(place)}. As of {format_date(profile.as_of)}.")
    console.print(
        f"A bar says how many in 100 {org_type} trusts have less. "
        f"{STRONG} among the strongest fifth, {WEAK} among the weakest.\n"
    )
    notes: list[str] = []
    console.print(_figures(profile, notes))
    _print_notes(notes)
    _print_left(profile)
    _print_trends(portrait.trends, org_type)
    _print_peers(portrait, org_type)
    _print_signs(portrait)
    console.print(f"\n[dim]Snapshot {profile.snapshot[:12]}. {portrait.attribution}[/]")


def _table(*headings: str, right: Sequence[int] = (), wide: Sequence[int] = (0,)) -> Table:
    """A plain table; columns in `right` hold numbers, those in `wide` give way where room is short."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for at, heading in enumerate(headings):
        table.add_column(
            heading,
            justify="right" if at in right else "left",
            no_wrap=at not in wide,
            overflow="fold",
            max_width=VALUE if at in right else None,
        )
    return table


def _figures(profile: Profile, notes: list[str]) -> Table:
    with_sources = console.width >= WIDE
    table = _table(
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
            table.add_row(f"[bold]{dimension.replace('_', ' ').capitalize()}[/]")
        source = [_short(cell.source, notes)] if with_sources else []
        table.add_row(cell.label, cell.text, _bar(cell), format_age(cell.months_old), *source)
    return table


def _bar(cell: FeatureValue) -> str:
    if cell.percentile is None:
        return ""
    n = in_100(cell.percentile)
    full = round(n * BAR / 100)
    return f"{'█' * full}[dim]{'░' * (BAR - full)}[/] {n:>2} {_mark(cell.standing)}"


def _mark(standing: float | None) -> str:
    if standing is None:
        return ""
    return WEAK if standing <= WORST else STRONG if standing >= 1 - WORST else ""


def _short(source: str | None, notes: list[str]) -> str:
    """A source's short name; one that is a sentence becomes a note."""
    if source is None or " " not in source:
        return source or ""
    if source not in notes:
        notes.append(source)
    return f"note {notes.index(source) + 1}"


def _print_notes(notes: Sequence[str]) -> None:
    if console.width < WIDE:
        console.print(f"[dim]Sources: use {WIDE} columns or more, --csv, --html or --json.[/]")
    for at, note in enumerate(notes, 1):
        console.print(f"[dim]Note {at}: {escape(note)}[/]")


def _print_left(profile: Profile) -> None:
    stale = profile.in_state(STALE)
    if stale:
        console.print("\n[bold]Too old to use[/]")
        table = _table("Feature", "Value", "Age", right=(1,), wide=(0, 1))
        for cell in stale:
            table.add_row(cell.label, cell.text, format_age(cell.months_old))
        console.print(table)
    unknown = profile.in_state(UNKNOWN)
    if unknown:
        console.print(f"\n[bold]Unknown ({len(unknown)})[/]")
        console.print("; ".join(escape(cell.label) for cell in unknown) + ".")


def _print_trends(trends: Sequence[Trend], org_type: str) -> None:
    if not trends:
        return
    console.print("\n[bold]Over the years[/] (lowest to highest; · is a year without a new figure)")
    years = sorted({point.as_of for trend in trends for point in trend.points})
    span = f"{years[0].year} to {years[-1].year}"
    table = _table("Feature", "First", span, "Last", "Median", right=(1, 3, 4), wide=(0, 1, 3, 4))
    for trend in trends:
        first, last = trend.points[0], trend.points[-1]
        table.add_row(
            trend.label,
            format_short(first.value, trend.unit),
            _spark([{point.as_of: point.value for point in trend.points}.get(day) for day in years]),
            format_short(last.value, trend.unit),
            format_short(last.median, trend.unit),
        )
    console.print(table)
    console.print(f"[dim]Median: of {org_type} trusts when the last figure became known.[/]")


def _spark(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    low, spread = min(known), (max(known) - min(known)) or 1.0
    top = len(BLOCKS) - 1
    return "".join("·" if v is None else BLOCKS[round(top * (v - low) / spread)] for v in values)


def _print_peers(portrait: OrganisationOverview, org_type: str) -> None:
    if portrait.peers:
        console.print(f"\n[bold]Nearest {org_type} trusts[/] (closer than so many in 100 pairs)")
        table = _table("Trust", "Context", "Size", "Scale", "Distance", right=(1, 2, 3, 4))
        for peer in portrait.peers:
            parts = ["?" if part is None else str(in_100(part)) for part in peer.parts.values()]
            far = "unknown" if peer.distance_km is None else f"{peer.distance_km:.0f} km"
            official = " *" if peer.official else ""
            table.add_row(f"{escape(peer.trust.name)} ({peer.trust.code}){official}", *parts, far)
        console.print(table)
    if portrait.official_peers:
        names = ", ".join(f"{escape(one.name)} ({one.code})" for one in portrait.official_peers)
        console.print(
            f"[dim]* Also on its official list (NHS Trust Peer Finder, 2018/19 figures):[/] {names}."
        )


def _print_signs(portrait: OrganisationOverview) -> None:
    console.print("\n[bold]Early signs[/] (a figure among the worst fifth of its kind)")
    cells = {cell.feature: cell for cell in portrait.profile.cells}
    table = _table("", "", "", wide=(1,))
    table.show_header = False
    for reading in portrait.signs:
        cell = cells.get(reading.feature or "")
        table.add_row(_said(reading), reading.label, "" if cell is None else cell.text)
    console.print(table)
    for line in portrait.meaning:
        console.print(f"- {line}")


def _said(reading: Reading) -> str:
    return "unknown" if reading.shown is None else "[bold]shown[/]" if reading.shown else "not shown"


def show_comparison(found: Comparison) -> None:
    """Trusts side by side, where they differ most first."""
    for at, profile in enumerate(found.profiles):
        role = "" if at else ", the one asked about"
        console.print(f"[bold]{profile.code}[/] {escape(profile.name)} ({TYPE_LABELS[profile.type]}{role})")
    first = found.profiles[0]
    console.print(
        f"As of {format_date(first.as_of)}. Where they differ most comes first; in brackets, more than"
    )
    console.print("so many in 100 trusts of the same kind. The gap is between the highest and the lowest.\n")
    codes = [profile.code for profile in found.profiles]
    table = _table("Feature", *codes, "Gap", right=range(1, len(codes) + 2), wide=range(len(codes) + 1))
    for row in found.rows:
        table.add_row(
            row.label, *map(_beside, row.cells), "" if row.gap is None else str(round(100 * row.gap))
        )
    console.print(table)
    console.print(f"\n[dim]Snapshot {first.snapshot[:12]}.[/]")


def _beside(cell: FeatureValue) -> str:
    if cell.state == NOT_APPLICABLE:
        return "does not apply"
    if cell.state == STALE:
        return f"{cell.text} (too old)"
    return cell.text if cell.percentile is None else f"{cell.text} ({in_100(cell.percentile)})"


def show_signs(seen: EarlyWarningReport, limit: int) -> None:
    """The warning first, then trusts by the number of signs, then what signs were worth."""
    console.print(f"[bold]Early signs as of {format_date(seen.as_of)}[/]")
    console.print(f"[bold]{seen.warning}[/]\n")
    table = _table("Signs", "Trust", "Kind", "Which", right=(0,), wide=(1, 3))
    counted = [one for one in seen.trusts if one.number is not None]
    for one in counted[:limit]:
        known = sum(reading.shown is not None for reading in one.signs)
        which = ", ".join(reading.sign.replace("_", " ") for reading in one.signs if reading.shown)
        name = f"{escape(one.trust.name)} ({one.trust.code})"
        table.add_row(f"{one.number} of {known}", name, TYPE_LABELS[one.trust.type], which)
    console.print(table)
    left = len(seen.trusts) - len(counted)
    more = max(0, len(counted) - limit)
    console.print(f"[dim]{more} more trusts; of {left} too few signs are known to count them.[/]")
    for record in seen.records:
        _print_record(record)
    console.print("\n[bold]Of trusts looked at on fixed days, how many entered within 2 years[/]")
    for outlook in seen.outlooks:
        told = [
            f"{f'{n} or more signs' if n else 'all'}: {in_words(one)} of {one.of}"
            for n, one in enumerate(outlook.at_least)
            if one.of
        ]
        if outlook.days and told:
            days = listed([format_date(day) for day in outlook.days])
            console.print(f"{TYPE_LABELS[outlook.type].capitalize()} trusts, on {days}:")
            for line in told:
                console.print(f"  {line}")
    console.print(f"\n[dim]Snapshot {seen.snapshot[:12]}. {seen.attribution}[/]")


def _print_record(record: SignValidation) -> None:
    console.print(
        f"\n[bold]What signs were worth: {REGIMES[record.regime]}[/], {record.entries} entries "
        f"from {format_date(record.first)} to {format_date(record.last)}"
    )
    table = _table("In 100, with 95% interval", "About to enter", "Others", wide=(0,), right=(1, 2))
    for worth in (*record.signs, *record.counts):
        if worth.entering.hits or worth.others.hits:
            table.add_row(worth.label, _share(worth.entering), _share(worth.others))
    console.print(table)


def _share(one: Rate) -> str:
    if one.share is None or one.low is None or one.high is None:
        return "nothing to count"
    return f"{100 * one.share:.0f} ({100 * one.low:.0f} to {100 * one.high:.0f}) of {one.of}"
