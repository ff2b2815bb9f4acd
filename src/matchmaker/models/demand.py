"""Demand: how often each candidate would be an option for others, and what that makes it worth.

Lists that are made one by one can all name the same few organisations. The criterion `spread` counts against
those that would stand on more than their fair share of the lists, above all of those in need: prices that
clear a market in which each list has `LIST_LENGTH` places, found by fictitious play (Brown, 1951).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from matchmaker.cache import cached
from matchmaker.features.profiles import Profiles
from matchmaker.models.arrangement import Arrangement, arrangements
from matchmaker.models.eligibility.rules import apply_rule, not_itself
from matchmaker.models.scoring.need import rows_in_need
from matchmaker.models.scoring.weighted_sum import BASE_VALUE, WeightedSumRanker
from matchmaker.sector import Sector
from matchmaker.stored import stored
from matchmaker.typing import Floats, Mask, Rows

LIST_LENGTH = 5
"""The places of a list that count as being an option."""
REACH = 2 * LIST_LENGTH
"""A place counts for less the further down it is, and from this one on for nothing, so that a small change
of a score moves the demand a little."""
SHARE = 2 * LIST_LENGTH / (REACH + 1)
"""What brings the places of one list, so counted, to `LIST_LENGTH`."""
IN_NEED = 5.0
"""How much the list of an organisation in need counts beside that of another: the first may soon be asked
for, but who is in need changes from quarter to quarter, and the demand should not jump with it."""
ROUNDS = 40
"""Of fictitious play."""
MAX_DEMAND = 2_000
"""Among more organisations than this it is not said on how many lists an option stands: all lists against all
candidates would take too long for one list."""
FULL = 2.0
"""Times its fair share at which a candidate's spread is worth 0; at its fair share it is worth the middle."""


@dataclass(frozen=True, slots=True)
class Demand:
    """How often each organisation would be an option by one arrangement.

    Attributes:
        n_lists: (n_organisations,) how many lists could name it, of organisations in need or, where nobody is
            known to be, of all.
        on_lists: (n_organisations,) on how many of them it is among the first `LIST_LENGTH`.
        spread: (n_organisations,) in 0 to 1: 1 where no list names it, the middle at its fair share, 0 at
            twice that or more; NaN where no list could name it.
        in_need: whether those lists are of organisations in need.
    """

    n_lists: Rows
    on_lists: Rows
    spread: Floats
    in_need: bool


def demand(profiles: Profiles, arrangement: Arrangement) -> Demand:
    """The demand by an arrangement as it is published, whatever a question changes in it.

    Args:
        profiles: as of the day.
        arrangement: its published edition counts, where there is one of its name.

    Own data change nothing in it: what only they know is on no list, and its spread is unknown.
    """
    return _demand(profiles, published(profiles.sector, arrangement))


def published(sector: Sector, arrangement: Arrangement) -> Arrangement:
    """An arrangement as it is published, where there is one of its name; else itself."""
    return arrangements(sector).get(arrangement.name, arrangement)


@cached
@stored(asdict, lambda parts, *_: Demand(**parts))
def _demand(profiles: Profiles, preset: Arrangement) -> Demand:
    if profiles.published is not None:
        return _as_published(_demand(profiles.published, preset), profiles.reference_rows)
    rows, in_need = np.arange(len(profiles.types)), rows_in_need(profiles)
    counts = np.ones((len(rows), 1))
    counts[in_need] = IN_NEED
    score = WeightedSumRanker(profiles, preset).scores(rows).score
    eligible = np.array([_eligible(profiles, preset, row) for row in rows.tolist()])
    price, lists = _price(preset), (eligible * counts).sum(axis=0)
    places_each = np.minimum(1.0, LIST_LENGTH / np.maximum(1, eligible.sum(axis=1)))[:, None]
    fair = _mean(eligible * counts * places_each, lists)
    asked = np.zeros(len(lists))
    for played in range(ROUNDS if price else 1):
        places = _places(score + price * (_worth(asked, fair) - BASE_VALUE), eligible)
        wanted = np.where(eligible, counts * np.clip(1 - places / REACH, 0, 1) * SHARE, 0.0)
        asked += (_mean(wanted, lists) - asked) / (played + 1)
    spread = np.where(lists > 0, _worth(asked, fair), np.nan)
    final = _places(score + price * (np.nan_to_num(spread, nan=BASE_VALUE) - BASE_VALUE), eligible)
    shown = in_need if len(in_need) else rows
    on_lists = (eligible & (final < LIST_LENGTH))[shown].sum(axis=0)
    return Demand(eligible[shown].sum(axis=0), on_lists, spread, bool(len(in_need)))


def _as_published(found: Demand, rows: Rows) -> Demand:
    """The demand for organisations in other rows; -1 is none of the published."""
    there = rows >= 0
    return Demand(
        np.where(there, found.n_lists[rows], 0),
        np.where(there, found.on_lists[rows], 0),
        np.where(there, found.spread[rows], np.nan),
        found.in_need,
    )


def spread_of(profiles: Profiles, arrangement: Arrangement) -> Floats | None:
    """(n_organisations,) the spread of each; None where the arrangement does not weigh it."""
    return demand(profiles, arrangement).spread if _price(arrangement) else None


def _price(arrangement: Arrangement) -> float:
    """The share of the score that spread decides."""
    weights = {one.form: one.weight for one in arrangement.criteria if one.form == "spread"}
    return sum(weights.values()) / sum(one.weight for one in arrangement.criteria)


def _eligible(profiles: Profiles, arrangement: Arrangement, recipient: int) -> Mask:
    exclusions = [apply_rule(rule, profiles, recipient) for rule in arrangement.rules]
    excluded = [one.excluded for one in (not_itself(profiles, recipient), *exclusions)]
    allowed: Mask = ~np.logical_or.reduce(excluded)
    return allowed


def _places(score: Floats, eligible: Mask) -> Rows:
    """(r, n) the place of each candidate on each list, from 0; those not eligible come last."""
    order = np.argsort(np.where(eligible, -score.round(12), np.inf), axis=1, kind="stable")
    places = np.empty_like(order)
    np.put_along_axis(places, order, np.arange(order.shape[1])[None, :], axis=1)
    return places


def _worth(asked: Floats, fair: Floats) -> Floats:
    share = np.divide(asked, fair, out=np.ones_like(asked), where=fair > 0)
    worth: Floats = np.clip(1.0 - share / FULL, 0.0, 1.0)
    return worth


def _mean(values: Floats, count: Rows) -> Floats:
    total = values.sum(axis=0)
    mean: Floats = np.divide(total, count, out=np.zeros_like(total), where=count > 0)
    return mean
