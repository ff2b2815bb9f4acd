"""What early-warning signs mean, in plain sentences that say how often they were false."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from matchmaker.dates import format_date
from matchmaker.features.formatting import join_and
from matchmaker.models.early_warning.definition import Validation, early_warning, regime_label
from matchmaker.models.early_warning.signs import is_enough
from matchmaker.models.early_warning.types import BaseRates, Rate, SignReading
from matchmaker.models.early_warning.validation import rate
from matchmaker.sector import Sector

CAUTION = "A sign is a reason to look, not a finding."


def explain_signs(
    sector: Sector,
    org_type: str,
    signs: Sequence[SignReading],
    rates: BaseRates | None,
    day: date,
    interventions: pl.DataFrame,
) -> tuple[str, ...]:
    """How many signs an organisation shows, what became of those with as many, and how often they were false.

    Args:
        sector: whose words are used.
        org_type: type of the organisation.
        signs: those that apply to the type.
        rates: of the type; None where signs can't be validated.
        day: of the readings.
        interventions: in the organisation, under any regime, that it is not known to have left by then.
    """
    shown = sum(reading.shown is True for reading in signs)
    known = sum(reading.shown is not None for reading in signs)
    lines = [
        f"It shows {shown} of the {known} early signs for which figures are known "
        f"({len(signs)} apply to {sector.type_plural(org_type)})."
    ]
    lines += [_not_early(sector, row) for row in interventions.tail(1).iter_rows(named=True)]
    if not is_enough(known, len(signs)):
        return (*lines, "Too few are known to say what that means.")
    defined = early_warning(sector)
    if rates is None or defined is None or defined.validation is None:
        return (*lines, CAUTION)
    if not rates.index_dates:
        return (*lines, f"By {format_date(day)} too little time had passed to say what signs mean.", CAUTION)
    ended = defined.validation.ended
    then = [ended.says] if ended is not None and day >= ended.on else []
    return (*lines, *_past(sector, rates, defined.validation, shown), CAUTION, *then)


def _past(sector: Sector, rates: BaseRates, rules: Validation, shown: int) -> list[str]:
    first = rates.index_dates[0]
    years = join_and([str(each.year) for each in rates.index_dates])
    when = (
        f"on {first.day} {first:%B} of {years}" if len(rates.index_dates) > 1 else f"on {format_date(first)}"
    )
    one, label = sector.words.organisation, sector.type_label(rates.type)
    every = rates.at_least[0]
    alike = rates.at_least[shown] if shown else _without(rates)
    number = f"{shown} or more signs" if shown else "no sign"
    if alike.of == 0:
        return [f"Looked at {when}, no {label} {one} showed {number}: what it means can't be told."]
    times = "once" if alike.of == 1 else f"{alike.of} times"
    entered = f"entered {regime_label(sector, rules.base_rates)} within {rules.within_years} years"
    became = f"{alike.hits:g} of these {alike.of} times the {one} {entered}: {describe_rate(alike)}."
    false = f" So {100 - round(100 * alike.hits / alike.of)} in 100 were false alarms." if shown else ""
    return [
        f"Looked at {when}, {sector.type_plural(rates.type)} showed {number} {times}. {became}{false}",
        f"With any number of signs, or none, it was {every.hits:g} of {every.of} times: "
        f"{describe_rate(every)}.",
    ]


def _not_early(sector: Sector, intervention: Mapping[str, Any]) -> str:
    regime = regime_label(sector, intervention["regime"])
    since = "" if intervention["entry"] is None else f" in {intervention['entry']:%Y}"
    end = "has not left" if intervention["exit"] else "is not known to have left"
    one = sector.words.organisation
    entered = f"It was reported to have entered {regime}{since} and {end}"
    return f"{entered}: for this {one} such signs are no longer early."


def _without(rates: BaseRates) -> Rate:
    every, some = rates.at_least[0], rates.at_least[1]
    return rate(every.hits - some.hits, every.of - some.of)


def describe_rate(one: Rate) -> str:
    """13 in 100 (95% interval 9 to 19), or that nothing was counted."""
    if one.share is None or one.low is None or one.high is None:
        return "nothing to count"
    return f"{100 * one.share:.0f} in 100 (95% interval {100 * one.low:.0f} to {100 * one.high:.0f})"
