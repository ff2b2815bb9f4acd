"""Lists of trusts: those that match a search, and those in need."""

from __future__ import annotations

import re
from dataclasses import dataclass

from matchmaker.errors import MatchmakerError
from matchmaker.features import Profiles
from matchmaker.models.assignment import triage
from matchmaker.models.engine import Matchmaker
from matchmaker.models.explanation.contributions import organisations_of
from matchmaker.models.types import Organisation


@dataclass(frozen=True, slots=True)
class InNeed:
    """A trust in oversight segment 4 or 5."""

    trust: Organisation
    segment: int
    rating: str


@dataclass(frozen=True, slots=True)
class Hits:
    """What a search found.

    Attributes:
        only: the one trust that is meant, by its code or through its successor; None where it is not plain.
        told: a sentence where nothing was found, or a name led to another trust.
        near: whether the trusts are only near to what was asked for.
    """

    trusts: tuple[Organisation, ...]
    only: Organisation | None = None
    told: str = ""
    near: bool = False


def needing(profiles: Profiles) -> list[InNeed]:
    """The trusts in need, those in most need first; none where no segment is known."""
    out = []
    for one in triage.in_need(profiles):
        segment, rating = one.headlines
        out.append(InNeed(one.organisation, int(segment.value or 0), rating.text))
    return out


def matching(engine: Matchmaker, search: str) -> Hits:
    """The trusts open today that a search means: by words of code, name, kind, region or system.

    Those found by their own name come first.
    """
    everyone = organisations_of(engine.profiles())
    words = search.casefold().split()
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
    if code := next((one for one in found if one.code == search.strip().upper()), None):
        return Hits((code,), code)
    return Hits(found) if found else _by_another_name(engine, search, everyone)


def _by_another_name(engine: Matchmaker, search: str, everyone: tuple[Organisation, ...]) -> Hits:
    """A former name, a closed trust, or a slip of the pen."""
    try:
        answer = engine.find(search)
    except MatchmakerError as error:
        named = re.findall(r"\((\w+)\)", f"{error.message} {error.next_step}")
        today = {engine.directory.latest(code) for code in named}
        near = tuple(one for one in everyone if one.code in today)
        return Hits(near, told=error.message, near=True)
    now = next(one for one in everyone if one.code == answer.organisation.code)
    closed = " and ".join(f"{one.name} ({one.code})" for one in answer.via)
    return Hits((now,), None, f"{closed} has closed; this trust followed it." if closed else "")
