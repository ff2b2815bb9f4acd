"""Resolves a code or a name to the organisation open on a day, through openings and successions.

What is given is compared in steps, from the strictest to the loosest: codes of organisations and of sites;
official names word for word; names without the words that most of them hold; the same without plurals; the
same without spaces; a run of words within a name. The first step that finds something decides, an
organisation's own official name before all others. Where that leads to several organisations, it is an
error that names them. Whatever is only near is never taken, only suggested.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import product
from typing import Any

from matchmaker.cache import cached
from matchmaker.dates import format_date
from matchmaker.errors import AmbiguousName, InvalidParameter, MatchmakerError, UnknownOrganisation
from matchmaker.snapshot.name_index import SITE, SUGGESTIONS, Body, KnownName, NameIndex
from matchmaker.snapshot.names import ABBREVIATION, FORMER, OFFICIAL, OTHER
from matchmaker.snapshot.store import Snapshot

CODE = "code"
MAX_LISTED = 10
LOOKALIKES = {"O": "0", "0": "O", "I": "1", "1": "I", "L": "1"}
"""Letters and digits that are mistaken for each other."""


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
class Match:
    """What in a question led to an organisation."""

    kind: str
    """`code`, `site`, or of which kind the name is: `official`, `former`, `abbreviation`, `other`."""
    name: str
    """The code or name as the snapshot holds it; what was given may be a part of it."""
    sentence: str = ""
    """What a reader must be told; empty where the organisation's own code or name was given."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """The organisation that is meant, the closed ones that led to it, and what in the question did."""

    organisation: RegistryEntry
    via: tuple[RegistryEntry, ...] = ()
    matched: Match = Match(CODE, "")


class OrganisationRegistry:
    """Every organisation of a snapshot, by code, by present, former and other names, and by its sites."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.sector = snapshot.sector
        columns = ("code", "name", "type", "region", "locality", "opened", "closed", "latitude", "longitude")
        rows = snapshot.organisations.select(columns).iter_rows()
        self.by_code = {row[0]: RegistryEntry(*row) for row in rows}
        self._codes = {code.casefold(): code for code in self.by_code}
        self._index = NameIndex(snapshot)

    def __reduce__(self) -> tuple[Any, ...]:
        return registry_of, (self.snapshot,)

    @cached_property
    def _successors(self) -> dict[str, list[str]]:
        out: dict[str, list[str]] = {}
        for old, new in self.snapshot.successions.sort("date", "new").select("old", "new").iter_rows():
            out.setdefault(old, []).append(new)
        return out

    def find(self, text: str, as_of: date | None = None) -> Resolved:
        """The organisation meant by a code or a name, open on a day.

        Args:
            text: the code of an organisation or of a site of one, in any case; a name or a distinct part of
                one; or a name with its code, as in "Eelhythe Harbour Board (EEL)".
            as_of: the day; for a closed organisation its successor on that day is returned.

        Returns:
            The organisation with what in the text led to it (`matched`), to be shown with the answer.

        Raises:
            UnknownOrganisation: nothing has that code or name; the nearest are suggested.
            AmbiguousName: several organisations have it, or a name and its code are of two.
            InvalidParameter: it was not open yet on the day, or closed without a known successor.
        """
        day = as_of or self.snapshot.as_of
        if found := self._by_code(text, day) or self._by_name_and_code(text, day):
            return found
        try:
            return self._by_name(text, day)
        except UnknownOrganisation:
            if found := self._by_two_names(text, day):
                return found
            raise

    def predecessors(self, code: str) -> tuple[str, ...]:
        """Names, with codes, of the organisations that became this one."""
        before = [old for old, new in self._successors.items() if code in new and old in self.by_code]
        return tuple(f"{self.by_code[old].name} ({old})" for old in sorted(before))

    def latest(self, code: str) -> str:
        """The code that a code has become, following every succession that leads to one body."""
        seen = {code}
        while len(after := self._successors.get(code, [])) == 1 and after[0] not in seen:
            code = after[0]
            seen.add(code)
        return code

    def named(self, name: str) -> frozenset[str]:
        """The codes of the organisations, open or closed, that have or had a name, written in any way."""
        keys = self._index.keys(name)
        for form in keys._fields:
            if found := [one for one in self._index.equal(keys, form) if one.kind != SITE]:
                return frozenset(one.code for one in found)
        return frozenset()

    def site_of(self, code: str) -> tuple[str, str] | None:
        """The name of the site with a code, empty where no list has it, and the code of its organisation."""
        if sites := self._index.sites.get(code.strip().casefold()):
            latest = max(sites, key=lambda one: one.closed or date.max)
            return latest.name, latest.code
        pattern = self.sector.words.site_code_pattern
        form = re.fullmatch(pattern, code.strip().upper()) if pattern else None
        if form and form["organisation"] in self.by_code:
            return "", form["organisation"]
        return None

    def lookalike(self, code: str) -> str | None:
        """The only code in use that differs from an unknown one by O for 0 or I for 1, or the reverse."""
        text = code.strip().upper()
        if not self.sector.is_code(text):
            return None
        others = product(*((letter, LOOKALIKES.get(letter, letter)) for letter in text))
        found = {one for one in map("".join, others) if one != text and one in self.by_code}
        return found.pop() if len(found) == 1 else None

    def lookalike_question(self, code: str) -> str:
        """The question whether `lookalike` is meant, with the sign that differs; empty if there is none."""
        near = self.lookalike(code)
        if near is None:
            return ""
        pairs = zip(code.strip().upper(), near, strict=True)
        signs = dict.fromkeys(right for wrong, right in pairs if wrong != right)
        which = " and ".join(f"the {'digit' if sign.isdigit() else 'letter'} {sign}" for sign in signs)
        return f"Did you mean {self._listed([near])}, with {which}?"

    def _by_code(self, text: str, day: date) -> Resolved | None:
        given = text.strip().casefold()
        if given in self._codes:
            return self._open_on(KnownName(self._codes[given], self._codes[given], CODE), day)
        sites = self._index.sites.get(given)
        return self._decide(text, sites, day) if sites else None

    def _by_form(self, text: str, day: date) -> Resolved | None:
        """The organisation whose code that of a site begins with, where no list has the site."""
        site = self.site_of(text)
        if site is None:
            return None
        resolved = self._open_on(KnownName(site[1], site[1], CODE), day)
        given, word = text.strip().upper(), self.sector.words.site
        sentence = (
            f"{given} is in no list of {self.sector.words.sites}; it has the form of the code of "
            f"{_article(word)} {word} of {self._listed([site[1]])}."
        )
        return Resolved(resolved.organisation, resolved.via, Match(SITE, given, sentence))

    def _by_two_names(self, text: str, day: date) -> Resolved | None:
        """What "ABC (A Borough Council)" means; None where the text has another form or names two."""
        form = re.fullmatch(r"\s*(.+?)\s*\((.+)\)\s*", text)
        if form is None:
            return None
        try:
            first, second = self._by_name(form[1], day), self._by_name(form[2], day)
        except MatchmakerError:
            return None
        return second if first.organisation.code == second.organisation.code else None

    def _by_name_and_code(self, text: str, day: date) -> Resolved | None:
        """What "Name (CODE)" or "CODE - Name" means; None where the text has another form."""
        first, _, after_first = text.strip().partition(" ")
        before_last, _, last = text.strip().rpartition(" ")
        for word, rest in ((last, before_last), (first, after_first)):
            code, name = word.strip("()[]{}:;,-\u2013\u2014"), rest.strip(" :;,-\u2013\u2014|/")
            if not name or not (code.casefold() in self._codes or code.casefold() in self._index.sites):
                continue
            marked = code != word or name != rest.strip()
            if not marked and code != code.upper():
                continue  # a short word of a name
            by_code = self._by_code(code, day)
            try:
                by_name = self._by_name(name, day)
            except AmbiguousName as error:
                if by_code and by_code.organisation.code in error.codes:
                    return by_code
                raise
            except MatchmakerError:
                if marked:
                    return by_code
                continue
            if by_code and by_name.organisation.code != by_code.organisation.code:
                refusal = (
                    f"'{text}' names two: {code.upper()} is {self._listed([by_code.organisation.code])}, "
                    f"the name is that of {self._listed([by_name.organisation.code])}."
                )
                raise _ambiguous(refusal, (by_code.organisation.code, by_name.organisation.code))
            return by_code
        return None

    def _by_name(self, text: str, day: date) -> Resolved:
        index = self._index
        keys = index.keys(text)
        is_short = keys.whole == keys.plain  # it leaves out the words that most names hold
        for form in ("whole", "plain"):
            known = index.equal(keys, form)
            own = [one for one in known if one.kind == OFFICIAL]
            if own and (form == "whole" or any(self._is_open(one.code, day) for one in own)):
                resolved = self._decide(text, own, day)
                return self._beside(resolved, known, day) if is_short and " " in keys.plain else resolved
        for form in ("plain", "single", "joined"):
            if known := index.equal(keys, form):
                # Who gives a name in full means no site whose name is a part of it.
                own = [one for one in known if one.kind != SITE and index.keys(one.name).whole == keys.whole]
                verbatim = [] if is_short else own
                kinds = {one.kind for one in known}
                is_plain = SITE in kinds and index.is_distinct(keys)
                if is_short and ABBREVIATION not in kinds and not is_plain:
                    # It may be a part of others: "St Mary's" of one that closed, "Royal Infirmary".
                    known = [*known, *index.holding(keys)]
                return self._decide(text, verbatim or known, day)
        if body := index.body(text):
            raise self._no_organisation(body)
        if code := self.lookalike(text):
            missing = f"No organisation has the code '{text.strip().upper()}'."
            raise _unknown(missing, [code], self.lookalike_question(text))
        if index.is_distinct(keys) and (held := index.holding(keys)):
            return self._decide(text, [*held, *index.placed(keys)], day)
        if found := self._by_form(text, day):
            return found
        raise self._unknown(text)

    def _beside(self, resolved: Resolved, known: Iterable[KnownName], day: date) -> Resolved:
        """An answer by an official name, with the sites of other organisations that have the name too."""
        whose = resolved.organisation.code
        sites = {self.latest(one.code): one for one in known if one.kind == SITE and one.held_on(day)}
        others = [
            self._option(one, code) for code, one in sites.items() if code != whose and code in self.by_code
        ]
        if not others:
            return resolved
        listed = ", ".join(sorted(others))
        sentence = (
            f"{self._listed([whose])} has this name; so {'has' if len(others) == 1 else 'have'} {listed}."
        )
        return replace(resolved, matched=replace(resolved.matched, sentence=sentence))

    def _is_open(self, code: str, day: date) -> bool:
        entry = self.by_code[code]
        return (entry.opened is None or entry.opened <= day) and (entry.closed is None or entry.closed >= day)

    def _decide(self, text: str, known: Sequence[KnownName], day: date) -> Resolved:
        """The one organisation to which names lead on a day."""
        held = [one for one in known if one.kind != SITE or one.held_on(day)]
        found: dict[str, tuple[KnownName, Resolved]] = {}
        split: dict[str, tuple[KnownName, Resolved]] = {}
        refusals: list[MatchmakerError] = []
        for one in held or known:
            try:
                answer = self._open_on(one, day)
                before = found.get(answer.organisation.code)
                if before is None or len(answer.via) < len(before[1].via):
                    found[answer.organisation.code] = one, answer
            except AmbiguousName as refusal:
                refusals.append(refusal)
                split |= {code: (one, Resolved(self.by_code[code])) for code in refusal.codes}
            except InvalidParameter as refusal:
                refusals.append(refusal)
        if not found:
            raise refusals[0]
        if not found.keys() & split.keys():
            found = split | found
        if len(found) > 1:
            options = [self._option(found[code][0], code) for code in sorted(found)]
            more = len(options) - MAX_LISTED
            listed = (
                f"{', '.join(options[:MAX_LISTED])} and {more} more" if more > 0 else _listed(options, "or")
            )
            raise _ambiguous(f"'{text.strip()}' could be {listed}.", sorted(found))
        return next(iter(found.values()))[1]

    def _option(self, one: KnownName, code: str) -> str:
        """A possible meaning: the organisation, with the site that was named."""
        organisation = self._listed([code])
        return f"{one.full} of {organisation}" if one.kind == SITE else organisation

    def _open_on(self, start: KnownName, day: date) -> Resolved:
        """The organisation of a name, or what followed it by a day."""
        through: list[RegistryEntry] = []
        at = self.by_code[start.code]
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
                raise _ambiguous(text, (one.code for one in later), "Ask about one of them by its code.")
            through.append(at)
            at = later[0]
        if at.opened is not None and at.opened > day:
            before = [old for old, new in self._successors.items() if at.code in new and old in self.by_code]
            text = f"{at.name} ({at.code}) opened on {format_date(at.opened)}, after {format_date(day)}."
            step = "Ask about a later day, or about the organisation before it"
            known = f": {self._listed(sorted(before))}." if before else "."
            raise InvalidParameter(text, step + known)
        return Resolved(at, tuple(through), Match(start.kind, start.name, self._sentence(start, day)))

    def _sentence(self, one: KnownName, day: date) -> str:
        """What a name is to its organisation, where that is not plain."""
        whose = self._listed([one.code])
        if one.kind == SITE:
            word, held = self.sector.words.site, "is" if one.closed is None or day <= one.closed else "was"
            return f"{one.full} ({one.site}) {held} {_article(word)} {word} of {whose}."
        said = {FORMER: "is a former name of", ABBREVIATION: "stands for", OTHER: "is another name of"}
        return f"'{one.name}' {said[one.kind]} {whose}." if one.kind in said else ""

    def _no_organisation(self, body: Body) -> UnknownOrganisation:
        """What is said of a body that is no organisation of the sector."""
        words = self.sector.words
        text = (
            f"{body.name} is {_article(body.label)} {body.label}, "
            f"not {_article(words.organisation)} {words.organisation}."
        )
        today = sorted({self.latest(code) for code in body.organisations})
        members = [code for code in today if code in self.by_code and self.by_code[code].closed is None]
        if not members:
            return _unknown(text, (), f"Give one of the {self.sector.label}.")
        if len(members) > MAX_LISTED:
            return _unknown(text, members, f"It has {len(members)} {words.organisations}: name one of them.")
        listed = _listed([self._listed([code]) for code in members], "and")
        return _unknown(text, members, f"Its {words.organisations}: {listed}.")

    def _unknown(self, text: str) -> UnknownOrganisation:
        """Nothing has a name: the nearest are suggested."""
        words = self.sector.words
        near: dict[str, str] = {}
        for one in self._index.near(text):
            code = self.latest(one.code)
            near.setdefault(code, self._option(one, code))
        options = list(near.values())[:SUGGESTIONS]
        example = f"Use the {words.code} (for example {words.code_example}) or a part of the name"
        step = (
            f"Did you mean {_listed(options, 'or')}?"
            if options
            else f"{example}; 'matchmaker organisations' lists all {words.organisations}."
        )
        missing = f"No organisation has the code or name '{text}'."
        return _unknown(missing, list(near)[:SUGGESTIONS], step)

    def _listed(self, codes: Iterable[str]) -> str:
        return _listed([f"{self.by_code[code].name} ({code})" for code in codes], "or")


def _ambiguous(
    text: str, codes: Iterable[str], step: str = "Ask again with one of the codes."
) -> AmbiguousName:
    error = AmbiguousName(text, step)
    error.codes = tuple(codes)
    return error


def _unknown(text: str, codes: Iterable[str], step: str) -> UnknownOrganisation:
    error = UnknownOrganisation(text, step)
    error.codes = tuple(codes)
    return error


def _article(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"


def _listed(names: Sequence[str], last: str) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}"


@cached
def registry_of(snapshot: Snapshot) -> OrganisationRegistry:
    """The registry of a snapshot, made once in a process."""
    return OrganisationRegistry(snapshot)
