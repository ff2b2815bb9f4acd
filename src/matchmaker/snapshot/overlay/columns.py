"""Resolves the headings of a user's table: organisations, periods, and measures by name or label."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from pydantic import Field
from rapidfuzz import fuzz, process

from matchmaker.cache import cached
from matchmaker.errors import Issue, IssueList
from matchmaker.sector import Definition, Sector
from matchmaker.snapshot.overlay.reader import START_HERE, Cells
from matchmaker.sources.publication import measures

CODE = "code"
IDENTITY = ("name", "type", "region", "locality", "latitude", "longitude", "opened")
PERIOD = ("period_start", "period_end", "known_from")
LONG = ("measure", "value")
NOTE = "note"
"""A column for remarks; it is not read."""
MIN_SIMILARITY = 75.0
"""A name is suggested from this similarity (0 to 100) on."""
NEAR_THE_BEST = 5.0
SHORTEST = 3
SUGGESTIONS = 3


class OwnDataForm(Definition):
    """`own_data.toml`: what a sector adds to the tables that its users fill in."""

    aliases: dict[str, str] = Field(default_factory=dict)
    """Another heading -> the column that it means."""
    example: dict[str, str | int | float | date] = Field(default_factory=dict)
    """Column -> cell of a made-up organisation that the template shows."""


@cached
def own_data_form(sector: Sector) -> OwnDataForm:
    """What a sector adds to the tables that its users fill in."""
    return OwnDataForm.model_validate(sector.toml("own_data.toml"))


def slug(words: str) -> str:
    """Words as a name: without case, spacing and symbols."""
    return re.sub(r"[^a-z0-9]+", "_", words.casefold()).strip("_")


@cached
def measure_names(sector: Sector) -> dict[str, str]:
    """What may be written for a measure (its name or its label, as slugs) -> its name."""
    catalogue = measures(sector)
    return {slug(measure.label): name for name, measure in catalogue.items()} | {n: n for n in catalogue}


@cached
def known_headings(sector: Sector) -> dict[str, str]:
    """Every heading that means something (as a slug) -> its column."""
    words = sector.words
    aliases = {
        words.code: CODE,
        words.code_column: CODE,
        words.organisation_type: "type",
        words.region: "region",
        words.locality: "locality",
        "as_of": "period_end",
        **own_data_form(sector).aliases,
    }
    fixed = (CODE, *IDENTITY, *PERIOD, *LONG, NOTE)
    return (
        measure_names(sector)
        | {slug(heading): column for heading, column in aliases.items()}
        | {name: name for name in fixed}
    )


def did_you_mean(text: str, known: Mapping[str, str]) -> str:
    """The nearest known names as a question; nothing where none is near."""
    words = slug(text)
    if len(words) < SHORTEST:
        return ""
    names = [key for key, name in known.items() if key == slug(name)]  # a part of a label is too vague
    near = process.extract(words, names, scorer=fuzz.WRatio, score_cutoff=MIN_SIMILARITY, limit=None)
    best = near[0][1] if near else 0.0
    likely = [key for key, score, _ in near if score > best - NEAR_THE_BEST]
    likely.sort(key=lambda key: -fuzz.ratio(words, key))  # of names that hold the words, the shorter ones
    return f"Did you mean {' or '.join(known[key] for key in likely[:SUGGESTIONS])}?" if likely else ""


def columns(cells: Cells, sector: Sector, issues: IssueList) -> dict[str, int]:
    """Column -> its position in the table.

    Headings that mean nothing, that mean the same twice, or that mix the two forms are issues.
    """
    known = known_headings(sector)
    row = cells.heading_row or None
    places: dict[str, int] = {}

    def refuse(expected: str, heading: str | None = None, remedy: str = "") -> None:
        issues.add(Issue(cells.name, expected, heading, row=row, remedy=remedy))

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
    if CODE not in places:
        refuse(f"a column named {sector.words.code_column}, with the codes of the organisations")
    if issues.found:
        return places
    long = places.keys() & set(LONG)
    mixed = sorted(places.keys() & measures(sector).keys()) if long else []
    if len(long) == 1 or mixed or places.keys() == {CODE}:
        found = ", ".join([*sorted(long), *mixed]) or None
        refuse("a column for each measure, or the columns measure and value", found, START_HERE)
    return places
