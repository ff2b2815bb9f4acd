"""Key facts: what every option is shown with, whatever it scores; which ones is a sector's own list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from matchmaker.cache import cached
from matchmaker.sector import Definition, Name, Sector, parse_definition

FILE = "facts.toml"
"""Of a sector: one paragraph for each fact, in the order in which they are shown."""

FactForm = Literal["figure", "intervention", "distance", "ties", "load", "lists", "unchecked"]
FactState = Literal["known", "stale", "unknown", "not_applicable"]


class FactDefinition(Definition):
    """One fact that options are shown with."""

    label: str
    """Title: "Berths"."""
    form: FactForm = "figure"
    """What it is: a figure of the profile, or a record of another kind."""
    features: tuple[Name, ...] = ()
    """For a figure: the features that may give it; the one with the latest period does."""
    basis: str = ""
    """What it rests on, where its feature does not say so."""
    official_band: Name | None = None
    """The feature that holds the publisher's own band of the figure; it is told where it is of one period."""
    compare: bool = False
    """Whether to say where the figure stands among organisations of the same type, and to the recipient's."""
    listed: bool = False
    """Whether it is a column of a list of options."""
    to_nearest: bool = False
    """For a distance: whether it is between the nearest sites of the two, not their main places."""


@dataclass(frozen=True, slots=True)
class KeyFact:
    """One fact of one organisation, as people read it and as programs do."""

    key: str
    """Its name in the sector's list of facts."""
    label: str
    """What it is, as a title."""
    value: float | None
    """The number behind it, in `unit`; None where it is unknown or no number."""
    text: str
    """As people read it, "unknown" included; empty where it does not apply."""
    unit: str
    """Unit of the value; shares are from 0 to 1. Empty where it is no number."""
    state: FactState
    """`stale` is shown and not used; `not_applicable` says that this one can have no such fact."""
    period_start: date | None = None
    """First day of the period that it is of; the same as the last for one of a day."""
    period_end: date | None = None
    """Last day of that period."""
    period: str = ""
    """The period in words: "October to December 2025"."""
    months_old: int | None = None
    """Whole months from the end of the period to the day of the answer."""
    source: str | None = None
    """Id of the publication, or address or title of the source."""
    publisher: str | None = None
    """Who published it, where that is listed."""
    basis: str = ""
    """What it rests on, as a phrase."""
    band: str = ""
    """Where it stands among organisations of the same type, in words."""
    note: str = ""
    """What else must be known of it, in a sentence."""


@cached
def fact_definitions(sector: Sector) -> dict[str, FactDefinition]:
    """Key -> fact, in the order in which they are shown.

    A sector without a list of its own shows its headline features and what is known of every pair.

    Raises:
        BadFile: the list breaks its form.
    """
    content = sector.toml(FILE)
    if content:
        return {key: parse_definition(FactDefinition, one, f"{FILE} [{key}]") for key, one in content.items()}
    display, words = sector.display, sector.words
    found = {
        name: FactDefinition(label=name.replace("_", " ").capitalize(), features=(name,), compare=True)
        for name in display.headline_features or display.key_features
    }
    of_pairs: tuple[tuple[FactForm, str], ...] = (
        ("distance", f"Distance, {words.place} to {words.place}"),
        ("ties", "Ties"),
        ("load", "Help given or received now"),
        ("lists", "On other lists"),
        ("unchecked", "Could not be checked"),
    )
    return found | {form: FactDefinition(label=label, form=form) for form, label in of_pairs}


def fact_columns(facts: tuple[KeyFact, ...]) -> dict[str, float | str | None]:
    """Facts as columns of a table: for each its words, the number behind it, and its period."""
    out: dict[str, float | str | None] = {}
    for fact in facts:
        out[f"fact_{fact.key}"] = fact.text
        out[f"fact_{fact.key}_value"] = fact.value
        out[f"fact_{fact.key}_period"] = fact.period
    return out
