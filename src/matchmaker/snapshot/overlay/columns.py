"""Resolves the headings of a user's table: organisations, periods, and measures by name or label."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from pydantic import Field
from rapidfuzz import fuzz, process

from matchmaker.cache import cached
from matchmaker.errors import Issue, IssueList
from matchmaker.sector import Definition, Sector
from matchmaker.sources.marks import without_marks
from matchmaker.sources.publication import measures
from matchmaker.sources.user_tables.cells import scale_of
from matchmaker.sources.user_tables.layout import Form, Table

CODE = "code"
IDENTITY = ("name", "type", "region", "locality", "latitude", "longitude", "opened")
PERIOD = ("period_start", "period_end", "known_from")
LONG = ("measure", "value")
NOTE = "note"
"""A column for remarks; it is not read."""
ORGANISATION = "organisation"
"""A column that may hold codes or names: the code where no other column does, else the name."""
START_HERE = "'matchmaker template' writes a file to start from."
MIN_SIMILARITY = 75.0
"""A name is suggested from this similarity (0 to 100) on."""
NEAR_THE_BEST = 5.0
SHORTEST = 3
SUGGESTIONS = 3


class OwnDataForm(Definition):
    """`own_data.toml`: what a sector adds to the tables that its users fill in."""

    aliases: dict[str, str] = Field(default_factory=dict)
    """Another heading -> the column that it means."""
    words: dict[str, str] = Field(default_factory=dict)
    """What people write in a cell -> the word of a scale that it means."""
    totals: tuple[str, ...] = ()
    """Words that begin a row that is of all organisations."""
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
    one = words.organisation
    aliases = {
        **dict.fromkeys((one, ORGANISATION, "organization", "provider", "body"), ORGANISATION),
        **{
            f"{name} {what}": CODE
            for name in (one, ORGANISATION, "org", "provider")
            for what in ("code", "id")
        },
        **{f"{name} name": "name" for name in (one, ORGANISATION, "org", "provider")},
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


@dataclass(frozen=True, slots=True)
class Labels:
    """Headings that are copied from a profile, as slugs.

    Attributes:
        measures: label of a feature -> the measure that it shows as it is.
        derived: label of a feature that is worked out -> a sentence that says from what.
    """

    measures: Mapping[str, str] = field(default_factory=dict)
    derived: Mapping[str, str] = field(default_factory=dict)


NO_LABELS = Labels()


def form(sector: Sector, labels: Labels, is_key: Callable[[str], bool]) -> Form:
    """What a table of own figures is recognised by.

    Args:
        sector: whose measures and words.
        labels: headings that are copied from a profile.
        is_key: whether a cell names an organisation.
    """
    known = dict(labels.measures) | known_headings(sector)
    return Form(
        meaning=lambda heading: known.get(slug(plain_heading(heading)[0])),
        keys=frozenset({CODE, ORGANISATION, "name"}),
        missing=f"a column named {sector.words.code_column}",
        is_key=is_key,
        side=frozenset({CODE, ORGANISATION, *IDENTITY, *PERIOD, NOTE}),
        totals=frozenset(map(str.casefold, own_data_form(sector).totals)),
        remedy=START_HERE,
    )


def plain_heading(heading: str) -> tuple[str, int]:
    """A heading without marks of notes and without its unit, and by what its figures are multiplied."""
    plain, times = scale_of(without_marks(" ".join(heading.split())))
    return re.sub(r"\s*\(%\)$", "", plain), times


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


def columns(table: Table, sector: Sector, issues: IssueList, labels: Labels = NO_LABELS) -> dict[str, int]:
    """Column -> its position in the table.

    Headings that mean nothing, that mean the same twice, or that mix the two forms are issues.
    """
    known = dict(labels.measures) | known_headings(sector)
    row = table.heading_row or None
    places: dict[str, int] = {}

    def refuse(expected: str, heading: str | None = None, remedy: str = "") -> None:
        issues.add(Issue(table.file, expected, heading, table.sheet, row, remedy=remedy))

    for at, heading in enumerate(table.headings):
        plain, times = plain_heading(heading)
        name = known.get(slug(plain))
        empty = not heading and not any(content[at] for _, content in table.rows)
        if name == NOTE or empty:
            continue
        if not heading:
            refuse(f"a heading over column {letter(at)}", remedy="A column named note can hold remarks.")
        elif name is None:
            remedy = (
                labels.derived.get(slug(plain))
                or did_you_mean(heading, known)
                or "A column named note can hold remarks."
            )
            refuse("a heading that 'matchmaker template' writes", heading, remedy)
        elif name in places:
            refuse(f"one column for {name}; '{table.headings[places[name]]}' is another", heading)
        elif times != 1 and name not in measures(sector):
            refuse(f"a unit of money beside money, not beside {name}", heading)
        else:
            places[name] = at
    if (either := places.pop(ORGANISATION, None)) is not None:
        if CODE not in places:
            places[CODE] = either
        else:
            places.setdefault("name", either)
    if CODE not in places and "name" in places:
        places[CODE] = places["name"]
    if CODE not in places:
        remedy = "" if any(known.get(slug(heading)) for heading in table.headings) else START_HERE
        refuse(
            f"a column named {sector.words.code_column}, with the codes of the organisations", None, remedy
        )
    if issues.found:
        return places
    long = places.keys() & set(LONG)
    mixed = sorted(places.keys() & measures(sector).keys()) if long else []
    if len(long) == 1 or mixed or len(set(places.values())) == 1:
        found = ", ".join([*sorted(long), *mixed]) or None
        refuse("a column for each measure, or the columns measure and value", found, START_HERE)
    return places


def letter(at: int) -> str:
    """The letter of a column in a spreadsheet; the first is A."""
    return letter(at // 26 - 1) + chr(65 + at % 26) if at > 25 else chr(65 + at)
