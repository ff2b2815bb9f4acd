"""What the headings of a user's table mean: organisations, periods, and measures by name or label."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rapidfuzz import fuzz, process

from matchmaker.errors import Issue, IssueList
from matchmaker.snapshot.overlay.reader import START_HERE, Cells
from matchmaker.sources.publication import measures

IDENTITY = ("name", "type", "region", "latitude", "longitude", "opened")
PERIOD = ("period_start", "period_end", "known_from")
LONG = ("measure", "value")
NOTE = "note"
"""A column for remarks; it is not read."""
ALIASES = {"as_of": "period_end", "ods_code": "code"}
LIKELY = 75.0
"""A name is suggested from this likeness (0 to 100) on."""
NEAR_THE_BEST = 5.0
SHORTEST = 3
SUGGESTIONS = 3


def slug(words: str) -> str:
    """Words as a name: without case, spacing and symbols."""
    return re.sub(r"[^a-z0-9]+", "_", words.casefold()).strip("_")


def measure_names() -> dict[str, str]:
    """What may be written for a measure (its name or its label, as slugs) -> its name."""
    catalogue = measures()
    return {slug(measure.label): name for name, measure in catalogue.items()} | {n: n for n in catalogue}


def did_you_mean(said: str, known: Mapping[str, str]) -> str:
    """The nearest known names as a question; nothing where none is near."""
    words = slug(said)
    if len(words) < SHORTEST:
        return ""
    names = [key for key, name in known.items() if key == slug(name)]  # a part of a label says little
    near = process.extract(words, names, scorer=fuzz.WRatio, score_cutoff=LIKELY, limit=None)
    best = near[0][1] if near else 0.0
    likely = [key for key, score, _ in near if score > best - NEAR_THE_BEST]
    likely.sort(key=lambda key: -fuzz.ratio(words, key))  # of names that hold the words, the shorter ones
    return f"Did you mean {' or '.join(known[key] for key in likely[:SUGGESTIONS])}?" if likely else ""


def columns(cells: Cells, faults: IssueList) -> dict[str, int]:
    """Column -> where it stands.

    Headings that mean nothing, that mean the same twice, or that mix the two forms are faults.
    """
    fixed = ("code", *IDENTITY, *PERIOD, *LONG, NOTE)
    known = measure_names() | {name: name for name in fixed} | ALIASES
    row = cells.heading_row or None
    places: dict[str, int] = {}

    def refuse(expected: str, heading: str | None = None, remedy: str = "") -> None:
        faults.add(Issue(cells.name, expected, heading, row=row, remedy=remedy))

    for at, heading in enumerate(cells.headings):
        name = known.get(slug(heading))
        empty = not heading and not any(content[at] for _, content in cells.rows)
        if name == NOTE or empty:
            continue
        if name is None:
            remedy = did_you_mean(heading, known) or "A column named note can hold remarks."
            refuse("a heading that 'matchmaker template' writes", heading, remedy)
        elif name in places:
            refuse(f"one column for {name}; '{cells.headings[places[name]]}' is another", heading)
        else:
            places[name] = at
    if "code" not in places:
        refuse("a column named ods, with the codes of the organisations")
    if faults.found:
        return places
    long = places.keys() & set(LONG)
    mixed = sorted(places.keys() & measures().keys()) if long else []
    if len(long) == 1 or mixed or places.keys() == {"code"}:
        found = ", ".join([*sorted(long), *mixed]) or None
        refuse("a column for each measure, or the columns measure and value", found, START_HERE)
    return places
