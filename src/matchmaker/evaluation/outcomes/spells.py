"""Outcomes of those that were helped: when they left a regime for quality, and how they were rated later.

Time runs from the entry into the regime or the start of the help, whichever is later, so that
nobody counts as helped before they were. A date known to the month or year counts as its middle.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from matchmaker.dates import DAYS_PER_MONTH, middle_day
from matchmaker.evaluation.outcomes.exposures import Columns, ExposureReader, exposure_columns
from matchmaker.evaluation.settings import OutcomeStudy, Rating
from matchmaker.features.definition import features
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.sector import Sector
from matchmaker.training.choice_sets import build_choice_sets

if TYPE_CHECKING:
    from matchmaker.models.engine import Matchmaker

BEFORE_ENTRY_DAYS = 365
"""Help that began at most so long before entry counts as help in the spell."""
TAKEN_OVER_WITHIN_DAYS = 31
"""A spell that ends so close to the closure of its organisation ended by a takeover."""
FIRST, LATER = "first", "later"
"""Cohorts by entry."""


def help_kinds(sector: Sector) -> tuple[str, ...]:
    """Kinds of pairing after which the recipient goes on as a body of its own."""
    return tuple(name for name, kind in sector.pairing_kinds.items() if kind.is_help)


def exits(engine: Matchmaker, study: OutcomeStudy, kinds: Collection[str]) -> pl.DataFrame:
    """Spells under a regime for quality with a named partner, one row each, by entry.

    Args:
        engine: whose snapshot holds interventions and pairings.
        study: its exposures, and the cohorts.
        kinds: of pairing that count as help; the earliest in a spell counts.

    Returns:
        spell_id, pairing_id, kind, recipient, partner, entry, begin (of the time at risk), months, left
        (False: not seen to leave, or closed by a takeover), cohort (`first` or `later`), the exposures.
    """
    helped, _ = build_choice_sets(engine, kinds=kinds)
    reader = ExposureReader(engine.snapshot, study)
    starts = _starts(engine)
    first_until = study.exits.first_cohort_until if study.exits else date.max
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
                "months": max((spell["until"] - begin).days, 1) / DAYS_PER_MONTH,
                "left": spell["left"],
                "cohort": FIRST if spell["entry"] <= first_until else LATER,
                **reader.of(first),
            }
        )
    schema: Columns = {
        **dict.fromkeys(("spell_id", "pairing_id", "kind", "recipient", "partner"), pl.String),
        **dict.fromkeys(("entry", "begin"), pl.Date),
        "months": pl.Float64,
        "left": pl.Boolean,
        "cohort": pl.String,
        **exposure_columns(study.exposures),
    }
    return pl.DataFrame(rows, schema=schema)


def quality_spells(engine: Matchmaker) -> list[dict[str, Any]]:
    """Every spell for reasons of quality whose entry is known: with `entry`, `until` and `left`, by entry.

    A spell not seen to end runs until the last day on which a source shows it, or its entry.
    """
    regimes = [name for name, own in engine.sector.interventions.regimes.items() if own.for_quality]
    closed = dict(engine.snapshot.organisations.select("code", "closed").iter_rows())
    rows = []
    table = engine.snapshot.interventions.filter(
        pl.col("regime").is_in(regimes) & pl.col("entry").is_not_null()
    )
    for row in table.iter_rows(named=True):
        entry = middle_day(row["entry"], row["entry_precision"])
        end = row["exit"] and middle_day(row["exit"], row["exit_precision"])
        gone = closed.get(row["code"])
        taken_over = end is not None and gone is not None and abs((end - gone).days) <= TAKEN_OVER_WITHIN_DAYS
        until = end or row["seen"] or entry
        rows.append(row | {"entry": entry, "until": until, "left": end is not None and not taken_over})
    return sorted(rows, key=lambda one: (one["entry"], one["spell_id"]))


def ratings(engine: Matchmaker, study: OutcomeStudy, rating: Rating, kinds: Collection[str]) -> pl.DataFrame:
    """The rating some years after each pairing began, and the one before.

    Args:
        engine: whose snapshot holds ratings and pairings.
        study: its exposures.
        rating: the feature, and the months between which the rating after is looked for.
        kinds: of pairing, all of which leave the recipient a body of its own.

    Returns:
        pairing_id, kind, recipient, partner, day, before (None: not rated yet), after, months (from the
        start to the rating after), and the exposures; only pairings with a rating after.
    """
    helped, _ = build_choice_sets(engine, kinds=kinds)
    reader = ExposureReader(engine.snapshot, study)
    starts = _starts(engine)
    measure = next(one.sources[0] for one in features(engine.sector) if one.name == rating.feature)
    # A list of the ratings that stood on its day says of each when it was given.
    listed = list(engine.snapshot.as_at)
    given = pl.when(pl.col("source").is_in(listed)).then("period_end").otherwise("known_from")
    rated = engine.snapshot.measures.filter(pl.col("measure") == measure).with_columns(given=given)
    known: dict[str, list[tuple[date, float]]] = {}
    for code, day, value in rated.sort("given", "source").select("code", "given", "value").iter_rows():
        known.setdefault(code, []).append((day, value))
    rows = []
    for one in helped:
        own = known.get(one.recipient, [])
        begun = starts[one.pairing_id]
        months = (rating.from_months, rating.until_months)
        first, last = (begun + timedelta(days=round(n * DAYS_PER_MONTH)) for n in months)
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
                "months": (after[0][0] - begun).days / DAYS_PER_MONTH,
                **reader.of(one),
            }
        )
    schema: Columns = {
        **dict.fromkeys(("pairing_id", "kind", "recipient", "partner"), pl.String),
        "day": pl.Date,
        **dict.fromkeys(("before", "after", "months"), pl.Float64),
        **exposure_columns(study.exposures),
    }
    return pl.DataFrame(rows, schema=schema)


def _starts(engine: Matchmaker) -> dict[str, date]:
    table = engine.snapshot.pairings.select("pairing_id", "start", "start_precision")
    return {pairing: middle_day(start, precision) for pairing, start, precision in table.iter_rows()}


def _same_body(engine: Matchmaker, choice: ChoiceSituation, spell: dict[str, Any]) -> bool:
    latest = engine.registry.latest
    return choice.partner_row is not None and latest(choice.recipient) == latest(str(spell["code"]))


def _in_spell(begun: date, spell: dict[str, Any]) -> bool:
    earliest: date = spell["entry"] - timedelta(days=BEFORE_ENTRY_DAYS)
    until: date = spell["until"]
    return earliest <= begun < until
