"""The profile of one organisation, cell by cell, with where each figure comes from and how old it is."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from matchmaker.dates import DAYS_PER_MONTH
from matchmaker.features.formatting import format_value
from matchmaker.features.profiles import KNOWN, STALE, UNKNOWN, Profiles
from matchmaker.snapshot.mergers import COMBINED, describe_merger


@dataclass(frozen=True, slots=True)
class FeatureValue:
    """One feature of one organisation."""

    feature: str
    """Name of the feature."""
    dimension: str
    """The dimension that it belongs to."""
    label: str
    """What it is, in plain language."""
    unit: str
    """Unit of the value; shares are from 0 to 1."""
    change: bool
    """Whether the value is a change over time."""
    value: float | None
    """As published; None is unknown."""
    text: str
    """The value as people read it."""
    state: str
    """known, stale (too old to be used), unknown, or not applicable to this type of organisation."""
    percentile: float | None
    """Share of its type that it exceeds, 0 to 1; None where it is not known."""
    standing: float | None
    """The percentile turned so that 1 is good; None for features without a direction."""
    period_start: date | None
    """First day of the period that the figure is of."""
    period_end: date | None
    """Last day of that period."""
    known_from: date | None
    """The day on which the figure was published."""
    months_old: int | None
    """Whole months from the end of the period to the day of the profile."""
    source: str | None
    """Identifier of the publication it comes from."""
    publisher: str | None
    """Who published it."""
    merger: str | None = None
    """What a merger means for the figure: added up from the parts, or from before another was taken in."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One organisation as of one day."""

    code: str
    """Its identifier."""
    name: str
    """Its name."""
    type: str
    """Its type on the day."""
    region: str | None
    """The region that it belongs to; None is unknown."""
    locality: str | None
    """The locality that it belongs to; None is unknown."""
    as_of: date
    """The day; nothing published later is used."""
    snapshot: str
    """Content hash of the figures."""
    cells: tuple[FeatureValue, ...]
    """Every feature, by dimension."""

    def in_state(self, *states: str) -> tuple[FeatureValue, ...]:
        """The cells in one of some states, in their order."""
        return tuple(cell for cell in self.cells if cell.state in states)

    def rows(self) -> list[dict[str, Any]]:
        """One row per feature that applies to its type, with the organisation and the day in each."""
        own = {"code": self.code, "name": self.name, "type": self.type, "as_of": self.as_of}
        applying = self.in_state(KNOWN, STALE, UNKNOWN)
        return [own | asdict(cell) | {"snapshot": self.snapshot} for cell in applying]


def merger_notes(profile: Profile) -> tuple[str, ...]:
    """How many figures of a merged organisation are added up, and which are of one part alone."""
    marked: dict[str, list[str]] = {}
    for cell in profile.in_state(KNOWN):
        if cell.merger:
            marked.setdefault(cell.merger.rstrip("."), []).append(cell.label)
    notes = []
    for text, labels in sorted(marked.items()):
        one = len(labels) == 1
        count = f"{len(labels)} of its figures {'is' if one else 'are'} {text[0].lower()}{text[1:]}"
        notes.append(f"{count}." if text.startswith(COMBINED) else f"{count}: {'; '.join(labels)}.")
    return tuple(notes)


def profile_of(profiles: Profiles, code: str) -> Profile:
    """The profile of one organisation.

    Raises:
        KeyError: it is not among the organisations of the profiles.
    """
    at = profiles.position[code]
    width = len(profiles.features)
    rows = profiles.cells.slice(at * width, width).iter_rows(named=True)
    sources = profiles.snapshot.sources
    cells = []
    for column, (feature, row) in enumerate(zip(profiles.features, rows, strict=True)):
        end = row["period_end"]
        cells.append(
            FeatureValue(
                feature=feature.name,
                dimension=feature.dimension,
                label=feature.label,
                unit=feature.unit,
                change=feature.how == "trend",
                value=row["value"],
                text=format_value(row["value"], feature.unit, profiles.sector, change=feature.how == "trend"),
                state=row["state"],
                percentile=_or_none(profiles.percentiles[at, column]),
                standing=_or_none(profiles.standings[at, column]),
                period_start=row["period_start"],
                period_end=end,
                known_from=row["known_from"],
                months_old=None if end is None else int((profiles.as_of - end).days / DAYS_PER_MONTH),
                source=row["source"],
                publisher=sources.get(row["source"] or "", {}).get("publisher"),
                merger=None
                if feature.is_derived
                else describe_merger(profiles.snapshot, code, profiles.as_of, end, row["file"]),
            )
        )
    identity = profiles.organisations.row(at, named=True)
    return Profile(
        code=code,
        name=identity["name"],
        type=identity["type"],
        region=identity["region"],
        locality=identity["locality"],
        as_of=profiles.as_of,
        snapshot=profiles.snapshot.hash,
        cells=tuple(cells),
    )


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
