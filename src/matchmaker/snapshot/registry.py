"""Resolves a code or a name to the organisation open on a day, through openings and successions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import polars as pl
from rapidfuzz import fuzz, process

from matchmaker.dates import format_date
from matchmaker.errors import AmbiguousName, InvalidParameter, MatchmakerError, UnknownOrganisation
from matchmaker.snapshot.merge import plain_name
from matchmaker.snapshot.store import Snapshot

SUGGESTIONS = 5
MIN_SIMILARITY = 70.0
"""A name is suggested from this similarity (0 to 100) on."""
NEAR_THE_BEST = 15.0
"""Names that are less similar than the most similar one by more than this are not suggested."""


@dataclass(frozen=True, slots=True)
class RegistryEntry:
    """One organisation as the snapshot holds it; None is unknown."""

    code: str
    name: str
    type: str
    region: str | None
    locality: str | None
    opened: date | None
    closed: date | None
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True)
class Resolved:
    """The organisation that is meant, and the closed ones that led to it."""

    organisation: RegistryEntry
    via: tuple[RegistryEntry, ...] = ()


class OrganisationRegistry:
    """Every organisation of a snapshot, by code and by present, former and other names."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        columns = ("code", "name", "type", "region", "locality", "opened", "closed", "latitude", "longitude")
        rows = snapshot.organisations.select(columns).iter_rows()
        self.by_code = {row[0]: RegistryEntry(*row) for row in rows}
        self._codes = {code.casefold(): code for code in self.by_code}

    @cached_property
    def _names(self) -> dict[str, list[str]]:
        rows = pl.concat([self.snapshot.organisations.select("code", "name"), self.snapshot.names])
        names: dict[str, list[str]] = {}
        for code, name in rows.iter_rows():
            known = names.setdefault(plain_name(name, self.snapshot.sector), [])
            if code not in known:
                known.append(code)
        return names

    @cached_property
    def _successors(self) -> dict[str, list[str]]:
        out: dict[str, list[str]] = {}
        for old, new in self.snapshot.successions.sort("date", "new").select("old", "new").iter_rows():
            out.setdefault(old, []).append(new)
        return out

    def find(self, text: str, as_of: date | None = None) -> Resolved:
        """The organisation meant by a code or a name, open on a day.

        Args:
            text: a code in any case, or a name or a distinct part of one.
            as_of: the day; for a closed organisation its successor on that day is returned.

        Raises:
            UnknownOrganisation: nothing has that code or name; the nearest names are given.
            AmbiguousName: several organisations have it.
            InvalidParameter: it was not open yet on the day, or closed without a known successor.
        """
        day = as_of or self.snapshot.as_of
        code = self._codes.get(text.strip().casefold())
        if code is not None:
            return self._open_on(self.by_code[code], day)
        found: dict[str, Resolved] = {}
        refusals: list[MatchmakerError] = []
        for code in self._by_name(text):
            try:
                answer = self._open_on(self.by_code[code], day)
                found.setdefault(answer.organisation.code, answer)
            except (InvalidParameter, AmbiguousName) as refusal:
                refusals.append(refusal)
        if not found:
            raise refusals[0]
        if len(found) > 1:
            some = self._listed(sorted(found)[: 2 * SUGGESTIONS])
            more = len(found) - 2 * SUGGESTIONS
            listed = f"{some} and {more} more" if more > 0 else some
            raise AmbiguousName(f"'{text}' could be {listed}.", "Ask again with one of the codes.")
        return next(iter(found.values()))

    def latest(self, code: str) -> str:
        """The code that a code has become, following every succession that leads to one body."""
        seen = {code}
        while len(after := self._successors.get(code, [])) == 1 and after[0] not in seen:
            code = after[0]
            seen.add(code)
        return code

    def _by_name(self, text: str) -> list[str]:
        wanted = plain_name(text, self.snapshot.sector)
        if wanted in self._names:
            return self._names[wanted]
        parts = set(wanted.split())
        hits = [
            code
            for name, codes in self._names.items()
            if parts and parts <= set(name.split())
            for code in codes
        ]
        if hits:
            return hits
        near: list[tuple[str, float, int]] = process.extract(
            wanted, list(self._names), scorer=fuzz.WRatio, limit=SUGGESTIONS, score_cutoff=MIN_SIMILARITY
        )
        best = near[0][1] if near else 0.0
        codes = dict.fromkeys(
            code for name, score, _ in near if score > best - NEAR_THE_BEST for code in self._names[name]
        )
        words = self.snapshot.sector.words
        example = f"Use the {words.code} (for example {words.code_example}) or a part of the name"
        step = (
            f"Did you mean {self._listed(codes)}?"
            if codes
            else f"{example}; 'matchmaker organisations' lists all {words.organisations}."
        )
        raise UnknownOrganisation(f"No organisation has the code or name '{text}'.", step)

    def _open_on(self, start: RegistryEntry, day: date) -> Resolved:
        through: list[RegistryEntry] = []
        at = start
        while at.closed is not None and at.closed < day:
            later = [self.by_code[new] for new in self._successors.get(at.code, ()) if new in self.by_code]
            if not later:
                text = f"{at.name} ({at.code}) closed on {format_date(at.closed)} and no successor is known."
                raise InvalidParameter(text, "Ask about another organisation or an earlier day.")
            if len(later) > 1:
                text = (
                    f"The services of {at.name} ({at.code}), closed on {format_date(at.closed)}, "
                    f"went to {self._listed(o.code for o in later)}."
                )
                raise AmbiguousName(text, "Ask about one of them by its code.")
            through.append(at)
            at = later[0]
        if at.opened is not None and at.opened > day:
            text = f"{at.name} ({at.code}) opened on {format_date(at.opened)}, after {format_date(day)}."
            raise InvalidParameter(text, "Ask about a later day, or about the organisation before it.")
        return Resolved(at, tuple(through))

    def _listed(self, codes: Iterable[str]) -> str:
        names = [f"{self.by_code[code].name} ({code})" for code in codes]
        return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " or " + names[-1]
