"""The past of one organisation, beside what every document shows of it (rendering/organisation.py)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from matchmaker.dates import format_date
from matchmaker.models.ties import known_pairings
from matchmaker.snapshot.registry import OrganisationRegistry, RegistryEntry


@dataclass(frozen=True, slots=True)
class PastPartnership:
    """A past partnership of an organisation, or of one that it followed.

    Attributes:
        kind: of the pairing, in words.
        began, ended: as exact as is known; empty where it is not.
        own_name: the name of the organisation then, where it was another; empty otherwise.
        role: what it did.
        other, other_name: the other side; None where it is not registered.
        source: an address; empty where there is none.
    """

    kind: str
    began: str
    ended: str
    own_name: str
    role: str
    other: RegistryEntry | None
    other_name: str
    outcome: str
    source: str


def past_partnerships(registry: OrganisationRegistry, code: str, day: date) -> list[PastPartnership]:
    """The partnerships on record of an organisation and of those that it followed, the latest first."""
    known = known_pairings(registry.snapshot, day).sort("start", descending=True)
    found = []
    for row in known.iter_rows(named=True):
        if registry.latest(row["recipient"]) == code:  # also where both have become part of it
            found.append(_past(registry, row, "recipient", "partner", code))
        elif registry.latest(row["partner"]) == code:
            found.append(_past(registry, row, "partner", "recipient", code))
    return found


def absorbed(registry: OrganisationRegistry, code: str, day: date) -> list[str]:
    """The organisations that became part of this one by a day, by name."""
    joined = registry.snapshot.successions.filter(pl.col("date") <= day)
    old = sorted({one for one in joined["old"] if one != code and registry.latest(one) == code})
    return [f"{registry.by_code[one].name} ({one})" for one in old if one in registry.by_code]


def _past(
    registry: OrganisationRegistry, row: dict[str, Any], side: str, other_side: str, code: str
) -> PastPartnership:
    known, kind = registry.by_code, registry.snapshot.sector.pairing_kinds[row["kind"]]
    own, other = str(row[side]), str(row[other_side])
    return PastPartnership(
        kind=kind.label,
        began=_dated(row["start"], row["start_precision"]),
        ended=_dated(row["end"], row["end_precision"]),
        own_name=known[own].name if own != code and own in known else "",
        role=kind.recipient_did if side == "recipient" else kind.partner_did,
        other=known.get(other),
        other_name=known[other].name if other in known else other,
        outcome=str(row["outcome"] or row["status"] or ""),
        source=str(row["source"]) if str(row["source"]).startswith(("https://", "http://")) else "",
    )


def _dated(day: object, precision: object) -> str:
    return format_date(day, str(precision)) if isinstance(day, date) else ""
