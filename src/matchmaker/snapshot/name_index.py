"""Every name by which an organisation can be meant, and which of them a text equals, holds or resembles."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

import polars as pl

from matchmaker.snapshot.names import (
    ABBREVIATION,
    OFFICIAL,
    OTHER,
    name_words,
    plain_name,
    singular,
    whole_names,
    without_noise,
)
from matchmaker.snapshot.store import Snapshot
from matchmaker.stored import Parts, stored

SITE = "site"
SUGGESTIONS = 5
MIN_SIMILARITY = 75.0
"""A name is suggested from this similarity (0 to 100) on."""
MIN_PARTIAL = 85.0
"""The same for a name that is longer, by the part of it that is most similar."""
NEAR_THE_BEST = 10.0
"""Names that are less similar than the most similar one by more than this are not suggested."""
DISTINCT = 4
"""A word of fewer letters is too short to stand for a name that holds it, or that begins with it."""
ABBREVIATED = 6
"""A single word of up to so many letters may be the first letters of a name's words."""


@dataclass(frozen=True, slots=True)
class KnownName:
    """A name of an organisation, or of one of its sites.

    Attributes:
        code: of the organisation.
        kind: official, former, abbreviation, other or site.
        site: code of the site.
        place: where the site is; that of a `main` site may be said for its organisation.
        opened, closed: the days between which the site was the organisation's.
    """

    code: str
    name: str
    kind: str
    site: str = ""
    place: str = ""
    main: bool = False
    opened: date | None = None
    closed: date | None = None

    @property
    def full(self) -> str:
        """The name with the place where it is a site's."""
        return f"{self.name}, {self.place}" if self.place else self.name

    def held_on(self, day: date) -> bool:
        """Whether the site was the organisation's on a day; always so for the organisation's own names."""
        return (self.opened is None or self.opened <= day) and (self.closed is None or day <= self.closed)


class Keys(NamedTuple):
    """A text in the forms in which it is compared, from strict to loose; an empty one equals nothing."""

    whole: str
    """Every word."""
    plain: str
    """Without the words that most names hold."""
    single: str
    """Without the s of plurals as well."""
    joined: str
    """The plain words without spaces: "light house" is "lighthouse"."""


class Body(NamedTuple):
    """What people name that is no organisation of the sector."""

    name: str
    label: str
    organisations: tuple[str, ...]


class NameIndex:
    """The names in a snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.sector = snapshot.sector
        self._snapshot = snapshot

    @cached_property
    def known(self) -> tuple[KnownName, ...]:
        """Every name, official ones first."""
        tables = self._snapshot.manifest["tables"]
        official = self._snapshot.organisations.select("code", "name").iter_rows()
        known = [KnownName(code, name, OFFICIAL) for code, name in official]
        codes = {one.code for one in known}
        for row in self._snapshot.names.iter_rows(named=True):
            known.append(KnownName(row["code"], row["name"], row.get("kind", OTHER)))
        if "site_names" in tables:  # a snapshot of an older version has none
            columns = ("organisation", "name", "code", "place", "main", "opened", "closed")
            for code, name, site, place, *rest in self._snapshot.site_names.select(columns).iter_rows():
                known.append(KnownName(code, name, SITE, site, place or "", *rest))
        return tuple(one for one in known if one.code in codes)

    @cached_property
    def sites(self) -> dict[str, list[KnownName]]:
        """Code of a site, in small letters -> its names."""
        found: dict[str, list[KnownName]] = {}
        for one in self.known:
            if one.kind == SITE:
                found.setdefault(one.site.casefold(), []).append(one)
        return found

    def keys(self, text: str) -> Keys:
        """The forms of a text that are compared."""
        words = name_words(text, self.sector)
        plain = without_noise(words, self.sector)
        return Keys(" ".join(words), plain, singular(plain), plain.replace(" ", ""))

    def equal(self, keys: Keys, form: str) -> list[KnownName]:
        """The names that equal a text in one of the forms of `Keys`."""
        key = getattr(keys, form)
        table = self._by_whole if form == "whole" else self._by_key[form]
        return table.get(key, []) if key else []

    def holding(self, keys: Keys) -> list[KnownName]:
        """The names that hold the words of a text, one after the other."""
        wanted = f" {keys.single} "
        return [one for one, own in self._with_keys if wanted in f" {own.single} "] if keys.single else []

    def placed(self, keys: Keys) -> list[KnownName]:
        """The main sites in the place that a text names."""
        return [one for one, place in self._places if place == keys.single] if keys.single else []

    def is_distinct(self, keys: Keys) -> bool:
        """Whether a text holds a word that can tell one organisation from the others."""
        return any(len(word) >= DISTINCT and word not in self._common for word in keys.single.split())

    def body(self, text: str) -> Body | None:
        """The region, locality or other body that has a code or name."""
        return self._bodies.get(plain_name(text, self.sector))

    def near(self, text: str) -> list[KnownName]:
        """Names that a text may mean: without brackets, by place, by words, by initials or by spelling."""
        bare = self.keys(re.sub(r"\([^)]*\)", " ", text))
        for form in Keys._fields:
            if found := self.equal(bare, form):
                return found
        keys = self.keys(text)
        names = [(one, own) for one, own in self._with_keys if one.kind != ABBREVIATION]
        near = self.placed(keys)
        if self.is_distinct(keys):
            words = keys.single.split()
            beginning = re.compile(" " + " ".join(rf"{re.escape(word)}\S*" for word in words))
            near += [one for one, own in names if beginning.search(f" {own.single}")]
            near += [one for one, own in names if set(words) <= set(own.single.split())]
        letters = re.sub(r"[^a-z]", "", text.casefold())
        if not near and len(text.split()) == 1 and len(letters) <= ABBREVIATED:
            near = [one for one, own in names if one.kind != SITE and letters in _initials(own)]
            if len(letters) < DISTINCT:
                return near
        return near or (self._alike(keys.single, names) if self.is_distinct(keys) else [])

    @cached_property
    def _with_keys(self) -> list[tuple[KnownName, Keys]]:
        return [(one, own) for one, own, _ in self._with_all_keys]

    @cached_property
    def _with_all_keys(self) -> list[tuple[KnownName, Keys, Keys]]:
        """Every name with its forms, and those of it with its place."""
        keys = _keys_of_names(self._snapshot)
        return [(one, own, full) for one, (own, full) in zip(self.known, keys, strict=True)]

    @cached_property
    def _by_whole(self) -> dict[str, list[KnownName]]:
        """By every word: most questions give a name in full, and need no other form of thousands."""
        table: dict[str, list[KnownName]] = {}
        names = whole_names([one.name for one in self.known], self.sector)
        full = whole_names([one.full for one in self.known], self.sector)
        for one, *own in zip(self.known, names, full, strict=True):
            for key in dict.fromkeys(own):
                found = table.setdefault(key, [])
                if one not in found:
                    found.append(one)
        return table

    @cached_property
    def _by_key(self) -> dict[str, dict[str, list[KnownName]]]:
        tables: dict[str, dict[str, list[KnownName]]] = {form: {} for form in Keys._fields}
        for one, keys, full in self._with_all_keys:
            for own in dict.fromkeys((keys, full)):
                for form, key in zip(Keys._fields, own, strict=True):
                    found = tables[form].setdefault(key, [])
                    if one not in found:
                        found.append(one)
        return tables

    @cached_property
    def _places(self) -> list[tuple[KnownName, str]]:
        return [(one, self.keys(one.place).single) for one in self.known if one.place and one.main]

    @cached_property
    def _common(self) -> frozenset[str]:
        return frozenset(map(singular, self.sector.words.common))

    @cached_property
    def _bodies(self) -> dict[str, Body]:
        words, organisations = self.sector.words, self._snapshot.organisations
        listed: list[tuple[str | None, str, str, Iterable[str]]] = []
        if "other_bodies" in self._snapshot.manifest["tables"]:
            columns = ("code", "name", "label", "organisations")
            for code, name, label, codes in self._snapshot.other_bodies.select(columns).iter_rows():
                listed.append((code, name, label, (codes or "").split()))
        for column, label in (("locality", words.locality), ("region", words.region)):
            groups = organisations.drop_nulls(column).sort("code").group_by(column, maintain_order=True)
            listed += [(None, name, label, codes) for name, codes in groups.agg("code").iter_rows()]
        bodies: dict[str, Body] = {}
        for code, name, label, codes in listed:
            body = Body(f"{name} ({code})" if code else name, label, tuple(codes))
            initials = "".join(word[0] for word in label.split())
            for text in (code or name, name, f"{name} {label}", f"{name} {initials}"):
                if key := plain_name(text, self.sector):
                    bodies.setdefault(key, body)
        return bodies

    def _alike(self, wanted: str, names: list[tuple[KnownName, Keys]]) -> list[KnownName]:
        """Names of nearly the same spelling, else those that hold something of it."""
        from rapidfuzz import fuzz, process  # only a name that nothing has needs it

        distinct = {own.single: one for one, own in reversed(names)}
        for scorer, least in ((fuzz.ratio, MIN_SIMILARITY), (fuzz.partial_ratio, MIN_PARTIAL)):
            alike: list[tuple[str, float, int]] = process.extract(
                wanted,
                [name for name in distinct if len(name) >= len(wanted) or scorer is fuzz.ratio],
                scorer=scorer,
                limit=SUGGESTIONS,
                score_cutoff=least,
            )
            if alike:
                best = alike[0][1]
                return [distinct[name] for name, score, _ in alike if score > best - NEAR_THE_BEST]
        return []


def _packed(keys: list[tuple[Keys, Keys]]) -> Parts:
    rows = [(*own, *full) for own, full in keys]
    names = [f"{form}{of}" for of in ("", "_with_place") for form in Keys._fields]
    return {"keys": pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")}


def _unpacked(parts: Parts, _: Snapshot) -> list[tuple[Keys, Keys]]:
    forms = len(Keys._fields)
    return [(Keys(*row[:forms]), Keys(*row[forms:])) for row in parts["keys"].iter_rows()]


@stored(_packed, _unpacked)
def _keys_of_names(snapshot: Snapshot) -> list[tuple[Keys, Keys]]:
    """The forms of all names, without and with their place, in the order of `NameIndex.known`."""
    index = NameIndex(snapshot)
    return [(own := index.keys(one.name), index.keys(one.full) if one.place else own) for one in index.known]


def _initials(keys: Keys) -> set[str]:
    """The first letters of the words of a name, with and without those that most names hold."""
    return {"".join(word[0] for word in words.split()) for words in (keys.whole, keys.plain)}
