"""Builds choice sets: who chose whom, from which candidates, on the day before it was agreed.

Learned methods are trained on them and replays are scored on them. A pairing counts under these rules, and
one that does not is listed with the rule that left it out:

- *service*: only pairings of whole organisations count; a part, one service or one lent leader does not.
- *abandoned*: pairings that never came about do not count.
- *low confidence*: nor do those of which the fact, or one of the codes, is of low confidence.
- *not open*: nor do those whose recipient was no open organisation on the day.
- *same body*: nor do those whose two codes were one organisation on the day.
- *too early*, *too late*: nor do those from before anything was known, or from after the figures end.
- *duplicate*: one kind of pairing between the same two within two years counts once, the earliest.

The day is the one before the first day that the start's date can mean (for a month the day before the
1st, for a year 31 December before), so that nothing of the pairing itself can be known on it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from matchmaker.dates import first_day
from matchmaker.errors import InvalidParameter, MatchmakerError
from matchmaker.features.profiles import Profiles
from matchmaker.models.arrangement import Arrangement, arrangement
from matchmaker.models.eligibility.rules import Exclusion, apply_rule, not_itself
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.sector import Sector
from matchmaker.training.parallel import Track, in_parallel
from matchmaker.typing import Mask

if TYPE_CHECKING:
    import pandas as pd

    from matchmaker.models.engine import Matchmaker

INCLUSION_RULES = (
    "service",
    "abandoned",
    "low confidence",
    "too early",
    "too late",
    "not open",
    "same body",
    "duplicate",
)
"""In the order in which they are applied."""
WAIVABLE = INCLUSION_RULES[:3]
"""Those that can be left out."""
WHOLE = "whole"
"""The scope of a pairing of whole organisations."""
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
    kinds: Collection[str] | None = None,
    *,
    waive: Collection[str] = (),
    arrangements: Mapping[str, Arrangement] | None = None,
    figures: Sequence[Callable[[ChoiceSituation], Any]] = (),
    track: Track = iter,
) -> tuple[list[ChoiceSituation], list[ExcludedPairing]]:
    """Every past pairing of some kinds as a choice, by day and identifier.

    Args:
        engine: whose snapshot the profiles are made from.
        pairings: in the form of the snapshot's table (`snapshot.schema.Pairings`); by default that one.
        kinds: which to use; by default all of the sector.
        waive: those of `WAIVABLE` not to apply.
        arrangements: kind -> the arrangement whose rules say who was eligible, all of them applied, in
            place of `replay_arrangement(sector, kind)`.
        figures: what is worked out of each choice while its profiles are at hand (`ChoiceSituation.figures`).
        track: wraps the days, for a progress bar.

    Returns:
        The choices, and the pairings left out. The days are worked on at once (`parallel.in_parallel`).

    Raises:
        InvalidParameter: a kind, or a rule to waive, is not one of those that there are.
    """
    known = tuple(engine.sector.pairing_kinds)
    wanted = known if kinds is None else tuple(kinds)
    for names, allowed in ((wanted, known), (waive, WAIVABLE)):
        if unknown := sorted(set(names) - set(allowed)):
            raise InvalidParameter(f"'{unknown[0]}' is none of these.", f"Choose from {', '.join(allowed)}.")
    rules = {kind: replay_arrangement(engine.sector, kind) for kind in wanted} | dict(arrangements or {})
    table = engine.snapshot.pairings if pairings is None else _polars(pairings)
    built: list[ChoiceSituation] = []
    left_out: list[ExcludedPairing] = []
    taken: dict[tuple[str, frozenset[str]], date] = {}
    rows = table.filter(pl.col("kind").is_in(wanted)).sort("start", "pairing_id").to_dicts()
    days = [
        list(own) for _, own in groupby(rows, lambda row: day_before(row["start"], row["start_precision"]))
    ]
    tasks = [(engine, own, rules, frozenset(waive), tuple(figures)) for own in days]
    results = [result for results in in_parallel(_choices_of_day, tasks, track) for result in results]
    for row, result in zip(rows, results, strict=True):
        if isinstance(result, ChoiceSituation):
            pair = (result.kind, frozenset((result.recipient, result.partner)))
            if pair in taken and (result.day - taken[pair]).days <= SAME_WITHIN_DAYS:
                result = ("duplicate", "The same two are paired in the same way within two years before.")
            else:
                taken[pair] = result.day
        if isinstance(result, ChoiceSituation):
            built.append(result)
        else:
            left_out.append(ExcludedPairing(row["pairing_id"], row["kind"], *result))
    return sorted(built, key=lambda one: (one.day, one.pairing_id)), left_out


def replay_arrangement(sector: Sector, kind: str) -> Arrangement:
    """The arrangement whose rules say who was eligible for a kind of pairing, but for those not applied."""
    own = sector.pairing_kinds[kind]
    return arrangement(sector, own.arrangement).with_rules(own.rules_not_applied)


def eligible_candidates(profiles: Profiles, how: Arrangement, recipient: int) -> Mask:
    """(n,) the candidates that no rule of an arrangement excludes."""
    exclusions = _exclusions(profiles, how, recipient)
    return np.asarray(~np.logical_or.reduce([one.excluded for one in exclusions]))


def day_before(start: date, precision: str) -> date:
    """The day before the first day that a date of its precision (day, month, year) can mean."""
    return first_day(start, precision) - timedelta(days=1)


def _exclusions(profiles: Profiles, how: Arrangement, recipient: int) -> list[Exclusion]:
    return [
        not_itself(profiles, recipient),
        *(apply_rule(rule, profiles, recipient) for rule in how.rules),
    ]


def _faults_on_record(row: Mapping[str, Any], sector: Sector) -> Iterator[tuple[str, str]]:
    """Each rule by which the record itself leaves a pairing out, and why."""
    if row["scope"] != WHOLE:
        scope = row["scope"].replace("_", " ")
        yield "service", f"Its scope is not a whole {sector.words.organisation} ({scope})."
    if row["status"] == "abandoned":
        yield "abandoned", "It never came about."
    for part, name in (("confidence", "the pairing"), ("code_confidence", "its codes")):
        if row[part] == "low":
            yield "low confidence", f"Confidence in {name} is low."


def _choices_of_day(
    engine: Matchmaker,
    rows: Sequence[Mapping[str, Any]],
    rules: Mapping[str, Arrangement],
    waive: Collection[str],
    figures: Sequence[Callable[[ChoiceSituation], Any]],
) -> list[ChoiceSituation | tuple[str, str]]:
    """The choice of each pairing of a day, or the rule and the reason why there is none."""
    found: list[ChoiceSituation | tuple[str, str]] = []
    for row in rows:
        own = (fault for fault in _faults_on_record(row, engine.sector) if fault[0] not in waive)
        result = next(own, None) or _choice(engine, row, rules[row["kind"]])
        if isinstance(result, ChoiceSituation):
            for function in figures:
                result.figures(function)
            result = result.without_profiles  # those of all days together would take gigabytes
        found.append(result)
    return found


def _choice(
    engine: Matchmaker, row: Mapping[str, Any], how: Arrangement
) -> ChoiceSituation | tuple[str, str]:
    """The choice, or the rule and the reason why there is none."""
    day = day_before(row["start"], row["start_precision"])
    if day < engine.snapshot.known_since:
        return "too early", "Nothing was known yet on the day before."
    if day > engine.snapshot.as_of:
        return "too late", "The figures do not reach to the day before."
    recipient, partner = (_body_on(engine, row[side], day) for side in ("recipient", "partner"))
    if recipient is None:
        return "not open", f"The recipient ({row['recipient']}) was no open organisation on the day before."
    if recipient == partner:
        return "same body", f"Both codes were one organisation ({recipient}) on the day before."
    profiles = engine.profiles(day)
    at = profiles.position[recipient]
    chosen = None if partner is None else profiles.position[partner]
    exclusions = _exclusions(profiles, how, at)
    if chosen is None:
        why_not = f"The partner ({row['partner']}) was no open organisation on the day before."
    else:
        why_not = " ".join(one.reason(chosen) for one in exclusions if one.excluded[chosen])
    return ChoiceSituation(
        pairing_id=row["pairing_id"],
        kind=row["kind"],
        recipient=recipient,
        partner=partner or row["partner"],
        day=day,
        profiles=profiles,
        row=at,
        eligible=np.asarray(~np.logical_or.reduce([one.excluded for one in exclusions])),
        partner_row=chosen,
        why_not=why_not or None,
    )


def _body_on(engine: Matchmaker, code: str, day: date) -> str | None:
    """The organisation that a code means on a day: itself, its successor, or its only predecessor."""
    known = engine.registry.by_code
    passed: set[str] = set()
    while code in known and code not in passed and (opened := known[code].opened) and opened > day:
        passed.add(code)
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
