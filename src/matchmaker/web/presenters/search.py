"""The organisations that a search means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from matchmaker.errors import MatchmakerError
from matchmaker.models.engine import Matchmaker
from matchmaker.models.explanation.contributions import organisations_of
from matchmaker.models.types import Organisation
from matchmaker.web.presenters.postcode import nearest_to

MAX_SHOWN = 500
"""Of more hits the first so many are listed: a page of thousands can't be read."""


@dataclass(frozen=True, slots=True)
class Hits:
    """What a search found.

    Attributes:
        only: the one organisation that is meant, by its code; None where it is not plain.
        text: a sentence where nothing was found, or a name led to another organisation.
        near: whether the organisations are only near to what was searched for.
        km: kilometres from the postcode that was searched for, by code; empty for any other search.
    """

    organisations: tuple[Organisation, ...]
    only: Organisation | None = None
    text: str = ""
    near: bool = False
    km: Mapping[str, float] = field(default_factory=dict)

    @property
    def shown(self) -> tuple[Organisation, ...]:
        """The first `MAX_SHOWN` of them."""
        return self.organisations[:MAX_SHOWN]


def search(engine: Matchmaker, text: str) -> Hits:
    """The organisations open today that a text means: by words of code, name, type, region or locality.

    Those found by their own name come first; then those of another name, of a site, and those nearest to a
    postcode.
    """
    everyone = organisations_of(engine.profiles())
    words = text.casefold().split()
    found = tuple(
        one
        for one in everyone
        if all(
            word in f"{one.code} {one.name} {one.type} {one.region} {one.locality}".casefold()
            for word in words
        )
    )
    if not words:
        return Hits(found)
    found = tuple(sorted(found, key=lambda one: not all(word in one.name.casefold() for word in words)))
    if code := next((one for one in found if one.code == text.strip().upper()), None):
        return Hits((code,), code)
    return Hits(found) if found else _by_postcode(engine, text, everyone)


def _by_postcode(engine: Matchmaker, text: str, everyone: tuple[Organisation, ...]) -> Hits:
    near = nearest_to(engine.profiles(), text)
    if near is None:
        return _by_another_name(engine, text, everyone)
    by_code = {one.code: one for one in everyone}
    where = f" The place of the postcode is {near.where}." if near.where else ""
    sites = engine.sector.words.sites
    told = f"The nearest to {text.strip().upper()}, by their nearest {sites}, in a straight line.{where}"
    return Hits(tuple(by_code[code] for code in near.km), text=told, km=near.km)


def _by_another_name(engine: Matchmaker, text: str, everyone: tuple[Organisation, ...]) -> Hits:
    """A former name, a closed organisation, or a typing error."""
    try:
        resolved = engine.find(text)
    except MatchmakerError as error:
        today = {engine.registry.latest(code) for code in error.codes}
        near = tuple(one for one in everyone if one.code in today)
        return Hits(near, text=error.message, near=True)
    now = next(one for one in everyone if one.code == resolved.organisation.code)
    closed = " and ".join(f"{one.name} ({one.code})" for one in resolved.via)
    followed = f"{closed} has closed; this {engine.sector.words.organisation} followed it." if closed else ""
    return Hits((now,), None, f"{resolved.matched.sentence} {followed}".strip())
