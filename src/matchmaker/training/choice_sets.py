"""Past pairings as choices: who chose whom, from which candidates, on the day before it was agreed.

What learned methods are trained on and what replays are scored on. A pairing counts under these rules,
and one that does not is told with the rule that left it out:

- *service*: only pairings of whole trusts count; part of a trust, one service or one lent leader does not.
- *abandoned*: pairings that never came about do not count.
- *low confidence*: nor do those of which the fact, or one of the codes, is of low confidence.
- *not open*: nor do those whose recipient was no open organisation on the day.
- *same body*: nor do those whose two codes were one organisation on the day.
- *too early*: nor do those from before anything was known.
- *duplicate*: one kind of pairing between the same two within two years counts once, the earliest.

The day is the one before the first day that the start's date can mean (for a month the day before the
1st, for a year 31 December before), so that nothing of the pairing itself can be known on it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from matchmaker.errors import InvalidParameter, MatchmakerError
from matchmaker.models.arrangement import Arrangement, arrangement
from matchmaker.models.learned.choice_set import ChoiceSituation

if TYPE_CHECKING:
    import pandas as pd

    from matchmaker.models.engine import Matchmaker

ARRANGEMENT_OF = {
    "buddying": "buddying",
    "acquisition": "acquisition",
    "merger": "merger",
    "management_contract": "acquisition",  # another trust's board runs it
    "shared_leadership": "merger",  # no arrangement of its own: two trusts come under one leadership
}
"""Kind of pairing -> the arrangement whose rules say who was eligible, but for those not applied."""
NOT_APPLIED = {
    "shared_leadership": ("not_in_special_measures", "rated_better_than_inadequate", "within_km"),
}
"""Rules of that arrangement that say who should take over whom: leadership is shared at any distance, and
among trusts in trouble too."""
KINDS = tuple(ARRANGEMENT_OF)
LEFT_OUT_BY = (
    "service",
    "abandoned",
    "low confidence",
    "too early",
    "not open",
    "same body",
    "duplicate",
)
"""The rules, in the order in which they are applied; the first three can be waived."""
SAME_WITHIN_DAYS = 730


@dataclass(frozen=True, slots=True)
class ExcludedPairing:
    """A pairing that does not count, the rule that left it out, and why in plain words."""

    pairing_id: str
    kind: str
    rule: str
    why: str


def build_choice_sets(
    engine: Matchmaker,
    pairings: pl.DataFrame | pd.DataFrame | None = None,
    kinds: Collection[str] = KINDS,
    *,
    waive: Collection[str] = (),
    arrangements: Mapping[str, Arrangement] | None = None,
) -> tuple[list[ChoiceSituation], list[ExcludedPairing]]:
    """Every past pairing of some kinds as a choice, by day and identifier.

    Args:
        engine: whose snapshot the profiles are made from.
        pairings: in the form of the snapshot's table (`snapshot.schema.Pairings`); by default that one.
        kinds: which to use.
        waive: rules of `LEFT_OUT_BY` not to apply: `service`, `abandoned`, `low confidence`.
        arrangements: kind -> the arrangement whose rules say who was eligible, all of them applied, in
            place of `eligibility(kind)`.

    Returns:
        The choices, and the pairings left out.

    Raises:
        OutOfRange: a kind, or a rule to waive, is not one of those that there are.
    """
    for asked, known in ((kinds, KINDS), (waive, LEFT_OUT_BY[:3])):
        if unknown := sorted(set(asked) - set(known)):
            raise InvalidParameter(f"'{unknown[0]}' is none of these.", f"Choose from {', '.join(known)}.")
    rules = {kind: eligibility(kind) for kind in kinds} | dict(arrangements or {})
    table = engine.snapshot.pairings if pairings is None else _polars(pairings)
    made: list[ChoiceSituation] = []
    skipped: list[ExcludedPairing] = []
    taken: dict[tuple[str, frozenset[str]], date] = {}
    for row in table.filter(pl.col("kind").is_in(list(kinds))).sort("start", "pairing_id").to_dicts():
        fault = next(((rule, why) for rule, why in _told_by(row) if rule not in waive), None)
        found = fault or _choice(engine, row, rules[row["kind"]])
        if isinstance(found, ChoiceSituation):
            pair = (found.kind, frozenset((found.recipient, found.partner)))
            if pair in taken and (found.day - taken[pair]).days <= SAME_WITHIN_DAYS:
                found = ("duplicate", "The same two are paired in the same way within two years before.")
            else:
                taken[pair] = found.day
        if isinstance(found, ChoiceSituation):
            made.append(found)
        else:
            skipped.append(ExcludedPairing(row["pairing_id"], row["kind"], *found))
    return sorted(made, key=lambda one: (one.day, one.pairing_id)), skipped


def eligibility(kind: str) -> Arrangement:
    """The arrangement whose rules say who was eligible for a kind of pairing."""
    return arrangement(ARRANGEMENT_OF[kind]).ruled(NOT_APPLIED.get(kind, ()))


def day_before(start: date, precision: str) -> date:
    """The day before the first day that a date of its precision (day, month, year) can mean."""
    first = {"day": start, "month": start.replace(day=1), "year": start.replace(month=1, day=1)}[precision]
    return first - timedelta(days=1)


def _told_by(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each rule by which the record itself leaves a pairing out."""
    if row["scope"] != "whole":
        yield "service", f"Its scope is not a whole trust ({row['scope'].replace('_', ' ')})."
    if row["status"] == "abandoned":
        yield "abandoned", "It never came about."
    for part, name in (("confidence", "the pairing"), ("code_confidence", "its codes")):
        if row[part] == "low":
            yield "low confidence", f"Confidence in {name} is low."


def _choice(
    engine: Matchmaker, row: Mapping[str, Any], how: Arrangement
) -> ChoiceSituation | tuple[str, str]:
    """The choice, or the rule and the reason why there is none."""
    day = day_before(row["start"], row["start_precision"])
    if day < engine.snapshot.known_since:
        return "too early", "Nothing was known yet on the day before."
    recipient, partner = (_open_body(engine, row[side], day) for side in ("recipient", "partner"))
    if recipient is None:
        return "not open", f"The recipient ({row['recipient']}) was no open organisation on the day before."
    if recipient == partner:
        return "same body", f"Both codes were one organisation ({recipient}) on the day before."
    matcher = engine.recommender(how, day)
    position = matcher.profiles.position
    at, chosen = position[recipient], None if partner is None else position[partner]
    verdicts = matcher.verdicts(at).values()
    excluded = np.logical_or.reduce([verdict.excluded for verdict in verdicts])
    if chosen is None:
        why_not = f"The partner ({row['partner']}) was no open organisation on the day before."
    else:
        why_not = " ".join(v.reason(chosen) for v in verdicts if v.excluded[chosen])
    return ChoiceSituation(
        pairing_id=row["pairing_id"],
        kind=row["kind"],
        recipient=recipient,
        partner=partner or row["partner"],
        day=day,
        profiles=matcher.profiles,
        row=at,
        eligible=~excluded,
        partner_row=chosen,
        why_not=why_not or None,
    )


def _open_body(engine: Matchmaker, code: str, day: date) -> str | None:
    """The organisation that a code means on a day: itself, its successor, or its only predecessor."""
    known = engine.directory.by_code
    seen: set[str] = set()
    while code in known and code not in seen and (opened := known[code].opened) and opened > day:
        seen.add(code)
        before = engine.snapshot.successions.filter(pl.col("new") == code)["old"].unique().to_list()
        if len(before) != 1:
            return None
        code = before[0]
    try:
        return engine.find(code, day).organisation.code if code in known else None
    except MatchmakerError:  # it closed without one successor
        return None


def _polars(table: pl.DataFrame | pd.DataFrame) -> pl.DataFrame:
    frame = table if isinstance(table, pl.DataFrame) else pl.DataFrame(table)
    return frame.with_columns(pl.col("start").cast(pl.Date))
