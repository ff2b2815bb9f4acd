"""What the page of one trust shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby

import polars as pl

from matchmaker.features.profile import FeatureValue, Profile
from matchmaker.features.profiles import KNOWN
from matchmaker.models.early_warning.signs import WORST_SHARE
from matchmaker.models.scoring.phrases import DIMENSION_WORDS
from matchmaker.models.scoring.records import known_pairings
from matchmaker.rendering.charts.strip import Strip, strip
from matchmaker.snapshot.registry import OrganisationRegistry

ORDER = ("quality", "performance", "finance", "workforce", "board_stability", "context", "size", "scale")
"""What a regulator asks first comes first."""
HELPED = {"recipient": "was helped by", "partner": "helped"}
ROLES = {
    "acquisition": {"recipient": "was taken over by", "partner": "took over"},
    "merger": {"recipient": "merged with", "partner": "merged with"},
    "shared_leadership": {"recipient": "shared leaders with", "partner": "shared leaders with"},
}
"""What each side did, where it is not told by `HELPED`."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """One dimension of a profile.

    Attributes:
        strip: its chart; None where nothing in it can be compared.
        weak, strong: how many figures are among the weakest and the strongest fifth of the kind.
    """

    name: str
    label: str
    cells: tuple[FeatureValue, ...]
    strip: Strip | None
    weak: int
    strong: int


@dataclass(frozen=True, slots=True)
class Past:
    """A past partnership of the trust, or of one that it followed.

    Attributes:
        began, ended: as exact as is known; empty where it is not.
        own: the name of the trust then, where it was another; empty otherwise.
        source: an address; empty where there is none.
    """

    began: str
    ended: str
    type: str
    own: str
    role: str
    other: str
    other_ods: str
    outcome: str
    source: str


def dimensions(profile: Profile) -> list[Dimension]:
    """The known figures of each dimension, with their chart."""
    known = sorted(profile.in_state(KNOWN), key=lambda cell: ORDER.index(cell.dimension))
    out = []
    for name, group in groupby(known, key=lambda cell: cell.dimension):
        cells = tuple(group)
        label = DIMENSION_WORDS[name].capitalize()
        out.append(Dimension(name, label, cells, strip(cells), len(weak(cells)), len(strong(cells))))
    return out


def weak(cells: tuple[FeatureValue, ...]) -> list[FeatureValue]:
    """Those among the weakest fifth of the kind."""
    return [cell for cell in cells if cell.standing is not None and cell.standing <= WORST_SHARE]


def strong(cells: tuple[FeatureValue, ...]) -> list[FeatureValue]:
    """Those among the strongest fifth of the kind."""
    return [cell for cell in cells if cell.standing is not None and cell.standing >= 1 - WORST_SHARE]


def partnerships(directory: OrganisationRegistry, code: str, day: date) -> list[Past]:
    """The partnerships on record of a trust and of those that it followed, the latest first."""
    known = known_pairings(directory.snapshot, day).sort("start", descending=True)
    out = []
    for row in known.iter_rows(named=True):
        if directory.latest(row["recipient"]) == code:  # also where both have become part of it
            out.append(_past(directory, row, "recipient", "partner", code))
        elif directory.latest(row["partner"]) == code:
            out.append(_past(directory, row, "partner", "recipient", code))
    return out


def absorbed(directory: OrganisationRegistry, own: str, day: date) -> list[str]:
    """The trusts that became part of this one by a day, by name."""
    joined = directory.snapshot.successions.filter(pl.col("date") <= day)
    old = sorted({code for code in joined["old"] if code != own and directory.latest(code) == own})
    return [f"{directory.by_code[code].name} ({code})" for code in old if code in directory.by_code]


def _past(directory: OrganisationRegistry, row: dict[str, object], role: str, other: str, code: str) -> Past:
    codes = directory.by_code
    own_then, other_then = str(row[role]), str(row[other])
    return Past(
        began=_dated(row["start"], row["start_precision"]),
        ended=_dated(row["end"], row["end_precision"]),
        type=str(row["kind"]).replace("_", " "),
        own=codes[own_then].name if own_then != code and own_then in codes else "",
        role=ROLES.get(str(row["kind"]), HELPED)[role],
        other=codes[other_then].name if other_then in codes else other_then,
        other_ods=other_then if other_then in codes else "",
        outcome=str(row["outcome"] or row["status"] or ""),
        source=str(row["source"]) if str(row["source"]).startswith(("https://", "http://")) else "",
    )


def _dated(day: object, precision: object) -> str:
    if not isinstance(day, date):
        return ""
    told = {"day": f"{day.day} {day:%B %Y}", "month": f"{day:%B %Y}", "year": f"{day:%Y}"}
    return told[str(precision)]
