"""Whose hospital a name means: the lists of sites of 2013 to 2024 put together.

Several trusts list one hospital: the one that runs it, others with a ward, a clinic or an office there, and
over the years the one that had it before. Rows are taken to mean one hospital where their names agree and
their postcodes begin alike (ME7). Of the trusts in such a group, one counts before another that listed the
hospital at the same time if the estates return calls it an acute hospital of the first only, or gives the
first several times the floor. Where neither holds both are kept, and the name is a question back. A clinic
that a trust holds in the hospital of another is not its own: what has no beds in the estates return, or
stands in NHS Choices alone, counts only where no other trust has beds.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import polars as pl

from matchmaker.sector import Sector
from matchmaker.sectors.nhs.sources.site_lists import CHOICES, HOSPITAL, ODS
from matchmaker.sectors.nhs.spelling import tidy_name
from matchmaker.snapshot.names import name_words, plain_name, singular
from matchmaker.snapshot.schema import SiteNames

CLINIC, BEDS, ACUTE = 1, 2, 3
"""Values of `rank`; see `sources/site_lists`."""
MUCH_MORE = 4
"""Of two trusts with floor in one hospital, the one with so many times the other's counts alone."""
LARGE = 30_000
"""Square metres from which a hospital of another kind than acute is one that its town may be said for."""
NEAR = 0.02
"""Degrees within which a site without a postcode is in the postcode district of the nearest one with it."""
REUSED = {"RA299", "RL111"}
"""Codes that the ODS list of 2018 gives to another building than the estates returns, 30 km away."""
PART_OF_A_SITE = re.compile(r"\s[-\u2013]\s|[(@]| at |\bclinic\b|\bdept\b", re.IGNORECASE)


UNIT = re.compile(r"\b(ward|unit|centre|mental)\b", re.IGNORECASE)


@dataclass
class _Listing:
    """One trust's rows for one name in one place."""

    code: str
    rank: int = ODS
    area: float = 0.0
    starts: set[date] = field(default_factory=set)
    rows: list[dict[str, Any]] = field(default_factory=list)
    opened: date | None = None
    closed: date | None = None

    def add(self, row: dict[str, Any]) -> None:
        """Count one row of a list."""
        self.rank = max(self.rank, row["rank"])
        self.area = max(self.area, row["area"] or 0.0)
        self.starts.add(row["start"])
        self.rows.append(row)

    def counts_before(self, other: _Listing) -> bool:
        """Whether it listed the hospital at the same time as another that only has a part of it."""
        if not self.starts & other.starts:
            return False
        by_kind = self.rank == ACUTE and other.rank < ACUTE and self.area >= other.area
        return by_kind or (self.rank >= other.rank and self.area >= MUCH_MORE * other.area > 0)


def site_names(
    lists: pl.DataFrame, successions: pl.DataFrame, curated: Mapping[str, Any], sector: Sector
) -> pl.DataFrame:
    """The table of sites.

    Args:
        lists: rows of every list, in the columns of `sources/site_lists`, with `source`.
        successions: `old` and `new` codes of trusts.
        curated: `curated/names.toml`: by code of a site, in which part of a town it is (`places`) and which
            other names it has (`hospitals`).
        sector: the NHS.
    """
    if lists.is_empty():
        return SiteNames.create_empty()
    rows = _addressed(lists, curated.get("places", {}))
    followers = _followers(successions)
    filed: defaultdict[str, set[date]] = defaultdict(set)
    for row in rows:
        row["keys"] = {name: singular(plain_name(name, sector)) for name in row["names"]}
        if row["rank"] > CHOICES:
            filed[row["code"]].add(row["start"])
    hospitals = _Hospitals(rows, followers, frozenset(map(singular, sector.words.common)))
    named: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        for name, key in row["keys"].items():
            if key and not hospitals.has_guest(row, name, key):
                code, site = hospitals.host(row, key)
                named[key].append(row | {"name": name, "code": code, "site": site})
    made = []
    for same_name in named.values():
        groups = _by_district(same_name)
        for group in groups:
            listings = _decided(group, followers, filed)
            made += [row for one in listings for row in _rows(one, len(groups) > 1, sector)]
    for site, names in curated.get("hospitals", {}).items():
        own = [row for row in made if row["code"] == site]
        made += [row | {"name": name, "source": "matchmaker"} for row in own for name in names]
    frame = pl.DataFrame(made, schema=SiteNames.create_empty().schema)
    return frame.unique(["code", "name", "organisation"], keep="first", maintain_order=True)


class _Hospitals:
    """Hospitals with beds, to tell what another trust has in one of them: a clinic, a ward, an office."""

    def __init__(
        self,
        rows: Iterable[dict[str, Any]],
        followers: Mapping[str, Mapping[str, date]],
        common: frozenset[str],
    ) -> None:
        self.common = common
        self.area: defaultdict[tuple[str, str], float] = defaultdict(float)
        self.keys: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        self.grounds: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        self.whose: dict[str, set[str]] = {}
        self.in_district: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self.owners: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        districts: defaultdict[str, set[str]] = defaultdict(set)
        for row in rows:
            site = (row["code"], row["site"])
            self.area[site] = max(self.area[site], row["area"] or 0.0)
            self.keys[site] |= set(row["keys"].values())
            self.whose[row["code"]] = {row["code"], *followers.get(row["code"], ())}
            if row["rank"] == ACUTE and row["postcode"]:
                self.grounds[row["postcode"]].append(site)
            for key in row["keys"].values() if row["rank"] >= BEDS else ():
                if self.telling(key):
                    known = self.in_district[row["district"]]
                    known[key] = max(known.get(key, BEDS), row["rank"])
                    self.owners[row["district"], key] |= self.whose[row["code"]]
                    if row["rank"] == ACUTE:
                        districts[key] |= {row["district"]} - {""}
        # A name that only one acute hospital has tells in which one a ward is, wherever its office may be.
        self.only: dict[str, str] = {key: next(iter(one)) for key, one in districts.items() if len(one) == 1}

    def telling(self, key: str) -> set[str]:
        """The words of a name that not every other name has."""
        return set(key.split()) - self.common

    def has_guest(self, row: dict[str, Any], name: str, key: str) -> bool:
        """Whether a row names what its trust has in another's hospital, by the hospital's name.

        "Kings @ Queen Mary's Hospital Sidcup", "Ramsey Unit, Furness General Hospital".
        """
        if row["rank"] <= CLINIC and PART_OF_A_SITE.search(name):
            return True
        near = [(row["district"], held, rank) for held, rank in self.in_district[row["district"]].items()]
        near += [(district, held, ACUTE) for held, district in self.only.items()]
        for district, held, rank in near:
            is_within = row["rank"] <= CLINIC or (rank == ACUTE and row["rank"] < ACUTE and held != key)
            if is_within and f" {held} " in f" {key} " and row["code"] not in self.owners[district, held]:
                return True
        return False

    def host(self, row: dict[str, Any], key: str) -> tuple[str, str]:
        """The code of the trust and of the site that a name means: mostly the row's own.

        A small unit may be called after the hospital on whose grounds, and at whose postcode, it is
        ("Trafford Hospital Site"): then the name is the hospital's.
        """
        own = (row["code"], row["site"])
        if not re.search(HOSPITAL, key) or re.search(UNIT, key):
            return own
        for host in self.grounds[row["postcode"]] if row["postcode"] else ():
            is_other = host[0] not in self.whose[own[0]] and own[0] not in self.whose[host[0]]
            is_large = self.area[host] >= MUCH_MORE * self.area[own] > 0
            words = self.telling(key)
            if (
                is_other
                and is_large
                and words
                and any(words <= self.telling(held) for held in self.keys[host])
            ):
                return host
        return own


def _addressed(lists: pl.DataFrame, places: Mapping[str, str]) -> list[dict[str, Any]]:
    """The rows but those of the ODS, each with `names`, `town`, `postcode` and `district` as far as known."""
    ods = {
        row["site"]: row for row in lists.filter(rank=ODS).iter_rows(named=True) if row["site"] not in REUSED
    }
    rows = lists.filter(pl.col("rank") > ODS).to_dicts()
    for row in rows:
        address = ods.get(row["site"], {})
        other = address.get("name") or ""
        is_whole = re.search(HOSPITAL, other) and not PART_OF_A_SITE.search(other)
        row["names"] = list(dict.fromkeys([_cleaned(row["name"]), *([_cleaned(other)] if is_whole else [])]))
        row["town"] = places.get(row["site"]) or row["town"] or address.get("town") or ""
        row["postcode"] = (row["postcode"] or address.get("postcode") or "").replace(" ", "").upper()
        row["district"] = row["postcode"][:-3]
    known = [row for row in rows if row["district"] and row["latitude"] is not None]
    for row in rows:
        if not row["district"] and row["latitude"] is not None:
            away = [
                (abs(row["latitude"] - one["latitude"]) + abs(row["longitude"] - one["longitude"]), at)
                for at, one in enumerate(known)
            ]
            least, at = min(away, default=(NEAR, 0))
            if least < NEAR:
                row["district"], row["town"] = known[at]["district"], row["town"] or known[at]["town"]
    return rows


def _cleaned(name: str) -> str:
    """A name without remarks in brackets and doubled spaces."""
    return " ".join(re.sub(r"\([^)]*\)", " ", name).replace("\u2019", "'").split()).strip(" ,-")


def _by_district(rows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Rows of one name by place; one without a postcode goes to that of its trust, or to the only one."""
    groups: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        groups[row["district"]].append(row)
    for row in groups.pop("", []):
        own = [name for name, group in groups.items() if any(one["code"] == row["code"] for one in group)]
        near = own or list(groups)
        groups[near[0] if len(near) == 1 else ""].append(row)
    return list(groups.values())


def _decided(
    rows: Iterable[dict[str, Any]],
    followers: Mapping[str, Mapping[str, date]],
    filed: Mapping[str, set[date]],
) -> list[_Listing]:
    """The trusts whose hospital it is or was, each with the days between which it was."""
    listings: dict[str, _Listing] = {}
    for row in rows:
        listings.setdefault(row["code"], _Listing(row["code"])).add(row)
    every = list(listings.values())
    if any(one.rank >= BEDS for one in every):
        every = [one for one in every if one.rank >= BEDS]
    kept = [one for one in every if not any(other.counts_before(one) for other in every)]
    for one in kept:
        last = max(one.starts)
        later = [min(other.starts) for other in kept if min(other.starts) > last]
        # Only a trust that went on filing returns can be said to have given a hospital up.
        if later and any(start > last for start in filed.get(one.code, ())):
            one.closed = min(later) - timedelta(days=1)
    for one in kept:
        since = [
            other.closed + timedelta(days=1)
            for other in kept
            if other.closed and other.closed < min(one.starts)
        ]
        since += [
            followers[other.code][one.code]
            for other in kept
            if one.code in followers.get(other.code, {}) and not other.closed
            if min(other.starts) < min(one.starts)
        ]
        one.opened = max(since, default=None)
    return kept


def _rows(listing: _Listing, is_shared: bool, sector: Sector) -> Iterable[dict[str, Any]]:
    newest = sorted(listing.rows, key=lambda row: ("'" in row["name"], row["start"]), reverse=True)
    name = tidy_name(newest[0]["name"])
    town = next((row["town"] for row in newest if row["town"]), "")
    main = listing.rank == ACUTE or listing.area >= LARGE
    place = tidy_name(town) if (main or is_shared) and town and town.upper() != "LONDON" else None
    if place and set(name_words(place, sector)) <= set(name_words(name, sector)):
        place = None
    for site in dict.fromkeys(row["site"] for row in newest):
        yield {
            "code": site,
            "name": name,
            "organisation": listing.code,
            "place": place,
            "main": main,
            "opened": listing.opened,
            "closed": listing.closed,
            "known_from": min(row["known_from"] for row in listing.rows),
            "source": newest[0]["source"],
        }


def _followers(successions: pl.DataFrame) -> dict[str, dict[str, date]]:
    """Code -> every code that followed it, directly or not, and since when."""
    direct: defaultdict[str, dict[str, date]] = defaultdict(dict)
    for old, new, day in successions.select("old", "new", "date").iter_rows():
        direct[old][new] = day
    out = {}
    for old in direct:
        seen: dict[str, date] = {}
        wanted = dict(direct[old])
        while wanted:
            seen |= wanted
            wanted = {
                new: max(day, since)
                for code, since in wanted.items()
                for new, day in direct.get(code, {}).items()
                if new not in seen
            }
        out[old] = seen
    return out
