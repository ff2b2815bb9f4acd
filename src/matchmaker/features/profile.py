"""The profile of one organisation, cell by cell, with where each figure comes from and how old it is."""

from __future__ import annotations

import math

from matchmaker.dates import DAYS_PER_MONTH
from matchmaker.features.formatting import format_value
from matchmaker.features.profiles import KNOWN, Profiles
from matchmaker.features.types import FeatureValue, Profile
from matchmaker.snapshot.mergers import COMBINED, describe_merger


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
