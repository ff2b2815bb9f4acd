"""What may speak for a candidate on the day before a choice: its members, their words, and what it did.

A candidate is a body of members, or one by itself. Whatever is counted began on the
day or before it; words that members are known by follow a lineage from code to code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matchmaker.cache import cached
from matchmaker.evaluation.effect.population import roots
from matchmaker.features.profiles import Profiles
from matchmaker.models.scoring.geography import great_circle, kilometres_from, member_rows
from matchmaker.models.scoring.size import size_ratios_to
from matchmaker.snapshot import Snapshot
from matchmaker.typing import Floats, Rows

RECENT_DAYS = 730
AROUND_KM = (5, 10, 20)
"""Members within these distances are counted."""


@dataclass(frozen=True, slots=True)
class Past:
    """What candidates did before a day: pairings as partner, in order of their start.

    Attributes:
        partner, locality, kind: (n,) words.
        start: (n,) days.
    """

    partner: NDArray[np.str_]
    locality: NDArray[np.str_]
    kind: NDArray[np.str_]
    start: NDArray[np.datetime64]


def past_pairings(snapshot: Snapshot) -> Past:
    """Every pairing on record but those abandoned, with the locality of its recipient."""
    where = snapshot.organisations.select("code", locality=pl.col("locality").fill_null(""))
    rows = (
        snapshot.pairings.filter(pl.col("status") != "abandoned")
        .join(where, left_on="recipient", right_on="code", how="left", maintain_order="left")
        .sort("start", "pairing_id")
    )
    partner, locality, kind = (
        rows[name].fill_null("").to_numpy().astype(str) for name in ("partner", "locality", "kind")
    )
    return Past(partner, locality, kind, rows["start"].to_numpy().astype("datetime64[D]"))


@cached
def attribute_by_lineage(snapshot: Snapshot, attribute: str) -> dict[str, str]:
    """First code of a lineage -> its word in an attribute; lineages with several words are left out."""
    root = roots(snapshot)
    rows = snapshot.attributes.filter(pl.col("attribute") == attribute)
    by = rows.with_columns(lineage=pl.col("code").replace_strict(root, default=pl.col("code")))
    one = by.group_by("lineage").agg(pl.col("value").unique()).filter(pl.col("value").list.len() == 1)
    return dict(one.select("lineage", pl.col("value").list.first()).sort("lineage").iter_rows())


def labels(profiles: Profiles, attribute: str) -> NDArray[np.str_]:
    """(n_organisations,) the word of each in an attribute, `type` included; empty is unknown."""
    if attribute == "type":
        return profiles.types
    root, words = _roots(profiles.snapshot), attribute_by_lineage(profiles.snapshot, attribute)
    return np.array([words.get(root.get(code, code), "") for code in profiles.position])


@cached
def _roots(snapshot: Snapshot) -> dict[str, str]:
    return roots(snapshot)


@dataclass(frozen=True, slots=True)
class DayOfChoice:
    """What all choices of a day share.

    Attributes:
        profiles: of the day.
        members, groups: rows of members, and of whom they are members.
        radians: (2, m) places of the members.
        localities: (n,) words; lineages: (n,) the first code of each.
        labels: attribute -> (n,) words.
        recent, before: pairings of the last two years, and every one until the day, as (rows of the partner,
            locality, kind).
    """

    profiles: Profiles
    members: Rows
    groups: Rows
    radians: Floats
    localities: NDArray[np.str_]
    lineages: NDArray[np.str_]
    labels: Mapping[str, NDArray[np.str_]]
    recent: tuple[Rows, NDArray[np.str_], NDArray[np.str_]]
    before: tuple[Rows, NDArray[np.str_], NDArray[np.str_]]


def day_of_choice(profiles: Profiles, past: Past, attributes: Sequence[str]) -> DayOfChoice:
    """See `DayOfChoice`.

    Args:
        profiles: as of the day before the choices.
        past: of `past_pairings`.
        attributes: words that are compared, `type` among them.
    """
    members, groups = member_rows(profiles)
    places = profiles.organisations.select("latitude", "longitude").fill_null(float("nan")).to_numpy()
    return DayOfChoice(
        profiles,
        members,
        groups,
        np.radians(places.T)[:, members],
        profiles.organisations["locality"].fill_null("").to_numpy().astype(str),
        np.array([_roots(profiles.snapshot).get(code, code) for code in profiles.position]),
        {name: labels(profiles, name) for name in attributes},
        _between(past, profiles, profiles.as_of - timedelta(days=RECENT_DAYS)),
        _between(past, profiles, date.min),
    )


def _between(past: Past, profiles: Profiles, after: date) -> tuple[Rows, NDArray[np.str_], NDArray[np.str_]]:
    """Pairings that began after one day and by the day of the profiles, of partners then open."""
    low, high = (np.searchsorted(past.start, np.datetime64(day), "right") for day in (after, profiles.as_of))
    rows = np.array([profiles.position.get(code, -1) for code in past.partner[low:high]], dtype=np.intp)
    there = rows >= 0
    return rows[there], past.locality[low:high][there], past.kind[low:high][there]


def inputs(
    day: DayOfChoice, row: int, near: Rows, kinds: Sequence[str], figures: Sequence[str]
) -> dict[str, Floats]:
    """Input -> (len(near),) values; NaN is unknown.

    Args:
        day: of the choice.
        row: of the recipient.
        near: rows of the candidates.
        kinds: of pairing that are like this one.
        figures: features of candidates that count as they are.
    """
    profiles, n = day.profiles, len(day.profiles.types)
    own = np.radians(profiles.organisations.select("latitude", "longitude").row(row) or (np.nan, np.nan))
    away = great_circle(own.astype(float)[:, None], day.radians)[0]
    every = day.lineages[day.members] != day.lineages[row]  # under no code is the recipient a member

    def count(which: NDArray[np.bool_]) -> Floats:
        return np.bincount(day.groups[which], minlength=n).astype(float)[near]

    def nearest(which: NDArray[np.bool_]) -> Floats:
        found = np.full(n, np.inf)
        counted = which & ~np.isnan(away)
        np.minimum.at(found, day.groups[counted], away[counted])
        return np.where(np.isinf(found), np.nan, found)[near]

    size, main, of_members = count(every), kilometres_from(profiles, row)[near], nearest(every)
    nearest_any = np.where(np.isnan(of_members), main, of_members)
    out = {
        "nearest": np.log1p(nearest_any),
        "main place": np.log1p(main),
        "members": np.log1p(size),
        "place by distance": _places(nearest_any),
    }
    for km in AROUND_KM:
        out[f"members within {km} km"] = np.log1p(count(every & (away <= km)))
    here = day.localities[day.members] == day.localities[row]
    out["members in the locality"] = np.log1p(count(every & here))
    out["share in the locality"] = _share(count(every & here), size)
    out["same locality"] = (day.localities[near] == day.localities[row]).astype(float)
    for name, words in day.labels.items():
        if not words[row]:
            unknown = np.full(len(near), np.nan)
            out |= {
                f"{what} {name}": unknown
                for what in ("share of the same", "nearest of the same", "place among the same")
            }
            continue
        same = every & (words[day.members] == words[row])
        known = every & (words[day.members] != "")
        of_same = nearest(same)
        out[f"share of the same {name}"] = _share(count(same), count(known))
        out[f"nearest of the same {name}"] = np.log1p(of_same)
        out[f"place among the same {name}"] = _places(of_same)
    for name, (rows, localities, of_kind) in (("recent", day.recent), ("before", day.before)):
        there = localities == day.localities[row]
        like = np.isin(of_kind, kinds)
        for what, which in (
            ("", np.ones(len(rows), bool)),
            (" like this", like),
            (" in the locality", there),
        ):
            out[f"{name}{what}"] = np.log1p(np.bincount(rows[which], minlength=n)[near].astype(float))
    out["size ratio"] = np.log(size_ratios_to(profiles, row)[near])
    for name in figures:
        out[name] = profiles.values[near, profiles.column[name]]
    return out


def _share(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)


def _places(km: Floats) -> Floats:
    """Log of the place by distance, from 1; those unknown come last."""
    order = np.argsort(np.where(np.isnan(km), np.inf, km), kind="stable")
    place = np.empty(len(km))
    place[order] = np.arange(1, len(km) + 1)
    return np.asarray(np.where(np.isnan(km), np.nan, np.log(place)))
