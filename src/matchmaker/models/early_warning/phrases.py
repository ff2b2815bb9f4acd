"""What early signs mean, in plain sentences that say how often they were false."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from matchmaker.dates import format_date
from matchmaker.models.early_warning.signs import ENOUGH, Reading
from matchmaker.models.early_warning.validation import REGIMES, WITHIN_YEARS, BaseRates, Rate, rate
from matchmaker.models.eligibility.rules import TYPE_LABELS

ENTERED = f"entered {REGIMES['quality']} within {WITHIN_YEARS} years"
LOOK = "A sign is a reason to look, not a finding."
THEN = "That was under special measures, which ended in 2021; nothing shows that it holds today."
ENDED = date(2021, 7, 15)
"""The Recovery Support Programme took the place of special measures in July 2021."""
COMMON = (
    "Most of these are false alarms. A sign says that a figure is among the worst fifth of its kind, so "
    "about one trust in five shows any one of them on any day. This lists places to look, not failing trusts."
)


def what_signs_mean(
    signs: Sequence[Reading], outlook: BaseRates, day: date, spells: pl.DataFrame
) -> tuple[str, ...]:
    """How many signs a trust shows, what became of those that showed as many, and how often that was false.

    Args:
        signs: those that apply to the trust's kind.
        outlook: of its kind.
        day: of the readings.
        spells: of the trust, in any regime, that it is not known to have left by then.
    """
    shown = sum(reading.shown is True for reading in signs)
    known = sum(reading.shown is not None for reading in signs)
    org_type = TYPE_LABELS[outlook.type]
    told = [
        f"It shows {shown} of {known} early signs that are known of it ({len(signs)} apply to {org_type} trusts)."
    ]
    told += [_not_early(spell) for spell in spells.tail(1).iter_rows(named=True)]
    if known < max(1.0, ENOUGH * len(signs)):
        return (*told, "Too few are known to say what that means.")
    if not outlook.days:
        return (*told, f"By {format_date(day)} too little time had passed to say what signs mean.", LOOK)
    return (*told, *_past(outlook, shown, org_type), LOOK, *([THEN] if day >= ENDED else []))


def _past(outlook: BaseRates, shown: int, org_type: str) -> list[str]:
    first = outlook.days[0]
    years = listed([str(each.year) for each in outlook.days])
    looked = f"on {first.day} {first:%B} of {years}" if len(outlook.days) > 1 else f"on {format_date(first)}"
    every = outlook.at_least[0]
    alike = outlook.at_least[shown] if shown else _without(outlook)
    number = f"{shown} or more signs" if shown else "no sign"
    if alike.of == 0:
        return [f"Looked at {looked}, no {org_type} trust showed {number}: what it means can't be told."]
    times = "once" if alike.of == 1 else f"{alike.of} times"
    became = f"{alike.hits:g} of these {alike.of} times the trust {ENTERED}: {in_words(alike)}."
    false = f" So {100 - round(100 * alike.hits / alike.of)} in 100 were false alarms." if shown else ""
    return [
        f"Looked at {looked}, {org_type} trusts showed {number} {times}. {became}{false}",
        f"With any number of signs, or none, it was {every.hits:g} of {every.of} times: {in_words(every)}.",
    ]


def _not_early(spell: Mapping[str, Any]) -> str:
    regime = REGIMES.get(spell["regime"], "special measures")
    since = "" if spell["entry"] is None else f" in {spell['entry']:%Y}"
    end = "has not left" if spell["exit"] else "is not known to have left"
    return f"It entered {regime}{since} and {end}: for this trust such signs are no longer early."


def _without(outlook: BaseRates) -> Rate:
    every, some = outlook.at_least[0], outlook.at_least[1]
    return rate(every.hits - some.hits, every.of - some.of)


def in_words(one: Rate) -> str:
    """13 in 100 (95% interval 9 to 19), or that nothing was counted."""
    if one.share is None or one.low is None or one.high is None:
        return "nothing to count"
    return f"{100 * one.share:.0f} in 100 (95% interval {100 * one.low:.0f} to {100 * one.high:.0f})"


def listed(words: Sequence[str]) -> str:
    """2013, 2015 and 2017."""
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]
