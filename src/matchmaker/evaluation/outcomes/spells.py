"""What became of trusts that were helped: when they left special measures, and how they were rated later.

Time runs from the entry into special measures or the start of the help, whichever is later, so that
nobody counts as helped before they were. A date known to the month or year counts as its middle.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from matchmaker.evaluation.outcomes.exposures import EXPOSURES, Exposures
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.training.choice_sets import build_choice_sets

if TYPE_CHECKING:
    from matchmaker.models.engine import Matchmaker

DAYS_A_MONTH = 365.25 / 12
REGIMES = ("quality", "both")
"""Spells for reasons of quality: E1 is about these. Exits from finance regimes follow other rules."""
HELP = ("buddying", "management_contract", "shared_leadership")
"""Kinds of pairing after which the recipient goes on as a body of its own."""
BEFORE_ENTRY_DAYS = 365
"""Help that began at most so long before entry counts as help in the spell."""
RATED_FROM, RATED_UNTIL = 24, 96
"""Months after the start between which the first rating counts as the rating after."""


def exits(engine: Matchmaker, kinds: Collection[str] = ("buddying",)) -> pl.DataFrame:
    """Spells in special measures with a named partner, one row each, by entry.

    Args:
        engine: whose snapshot holds spells and pairings.
        kinds: of pairing that count as help; the earliest in a spell counts.

    Returns:
        spell_id, pairing_id, kind, recipient, partner, entry, begin (of the time at risk), months, left
        (False: not seen to leave, or closed by a takeover), cohort (`2013` or `later`), the exposures.
    """
    helped, _ = build_choice_sets(engine, kinds=kinds)
    read = Exposures(engine.snapshot)
    starts = _starts(engine)
    rows = []
    for spell in quality_spells(engine):
        during = [
            (starts[one.pairing_id], one.pairing_id, one)
            for one in helped
            if _same_body(engine, one, spell) and _in_spell(starts[one.pairing_id], spell)
        ]
        if not during:
            continue
        begun, _, first = min(during)
        begin = max(spell["entry"], begun)
        rows.append(
            {
                "spell_id": spell["spell_id"],
                "pairing_id": first.pairing_id,
                "kind": first.kind,
                "recipient": first.recipient,
                "partner": first.partner,
                "entry": spell["entry"],
                "begin": begin,
                "months": max((spell["until"] - begin).days, 1) / DAYS_A_MONTH,
                "left": spell["left"],
                "cohort": "2013" if spell["entry"].year == 2013 else "later",
                **read.of(first),
            }
        )
    return pl.DataFrame(rows, schema_overrides=dict.fromkeys([one.name for one in EXPOSURES], pl.Float64))


def quality_spells(engine: Matchmaker) -> list[dict[str, Any]]:
    """Every spell for reasons of quality whose entry is known: with `entry`, `until` and `left`, by entry.

    A spell not seen to end runs until the last day on which a source shows it, or its entry.
    """
    closed = dict(engine.snapshot.organisations.select("code", "closed").iter_rows())
    rows = []
    table = engine.snapshot.interventions.filter(
        pl.col("regime").is_in(REGIMES) & pl.col("entry").is_not_null()
    )
    for row in table.iter_rows(named=True):
        entry = middle(row["entry"], row["entry_precision"])
        end = row["exit"] and middle(row["exit"], row["exit_precision"])
        gone = closed.get(row["code"])
        taken_over = end is not None and gone is not None and abs((end - gone).days) <= 31
        until = end or row["seen"] or entry
        rows.append(row | {"entry": entry, "until": until, "left": end is not None and not taken_over})
    return sorted(rows, key=lambda one: (one["entry"], one["spell_id"]))


def ratings(engine: Matchmaker, kinds: Collection[str] = HELP) -> pl.DataFrame:
    """The overall rating 24 months or more after each pairing began, and the one before.

    Args:
        engine: whose snapshot holds ratings and pairings.
        kinds: of pairing, all of which leave the recipient a body of its own.

    Returns:
        pairing_id, kind, recipient, partner, day, before (None: not rated yet), after, months (from the
        start to the rating after), and the exposures; only pairings with a rating after.
    """
    helped, _ = build_choice_sets(engine, kinds=kinds)
    read = Exposures(engine.snapshot)
    starts = _starts(engine)
    rated = engine.snapshot.measures.filter(pl.col("measure") == "cqc_overall").sort("known_from", "source")
    known: dict[str, list[tuple[date, float]]] = {}
    for code, day, value in rated.select("code", "known_from", "value").iter_rows():
        known.setdefault(code, []).append((day, value))
    rows = []
    for one in helped:
        own = known.get(one.recipient, [])
        begun = starts[one.pairing_id]
        first, last = (begun + timedelta(days=round(n * DAYS_A_MONTH)) for n in (RATED_FROM, RATED_UNTIL))
        after = [(day, value) for day, value in own if first <= day <= last]
        if one.partner_row is None or not after:
            continue
        before = [value for day, value in own if day <= one.day]
        rows.append(
            {
                "pairing_id": one.pairing_id,
                "kind": one.kind,
                "recipient": one.recipient,
                "partner": one.partner,
                "day": one.day,
                "before": before[-1] if before else None,
                "after": after[0][1],
                "months": (after[0][0] - begun).days / DAYS_A_MONTH,
                **read.of(one),
            }
        )
    return pl.DataFrame(rows, schema_overrides=dict.fromkeys([one.name for one in EXPOSURES], pl.Float64))


def middle(day: date, precision: str) -> date:
    """The middle of what a date of its precision can mean."""
    return day + timedelta(days={"day": 0, "month": 14, "year": 181}[precision])


def _starts(engine: Matchmaker) -> dict[str, date]:
    table = engine.snapshot.pairings.select("pairing_id", "start", "start_precision")
    return {pairing: middle(start, precision) for pairing, start, precision in table.iter_rows()}


def _same_body(engine: Matchmaker, choice: ChoiceSituation, spell: dict[str, Any]) -> bool:
    latest = engine.directory.latest
    return choice.partner_row is not None and latest(choice.recipient) == latest(str(spell["code"]))


def _in_spell(begun: date, spell: dict[str, Any]) -> bool:
    earliest: date = spell["entry"] - timedelta(days=BEFORE_ENTRY_DAYS)
    until: date = spell["until"]
    return earliest <= begun < until
