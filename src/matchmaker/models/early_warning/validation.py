"""What early signs were worth: how often trusts in trouble showed them, and how often they were false.

Signs are read as of the day before a trust entered special measures, from what was known on that day.
What happened later is used only to say whether a sign was right.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from statistics import NormalDist

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matchmaker.dates import format_date
from matchmaker.errors import InvalidParameter
from matchmaker.features.profiles import Profiles, profiles
from matchmaker.models.early_warning.signs import applying, counts, features_read, readings, signs
from matchmaker.snapshot import Snapshot
from matchmaker.typing import Floats

REGIMES = {
    "quality": "special measures for quality",
    "finance": "special measures for finance",
    "RSP": "the Recovery Support Programme",
}
WITHIN_YEARS = 2
"""A sign counts as right where the trust entered within so many years."""
INDEX_DATES = (date(2013, 7, 15), date(2015, 7, 15), date(2017, 7, 15), date(2019, 7, 15))
"""The day before the first trusts entered special measures, and every second year until its end in 2021:
the windows do not overlap, so that no entry is counted twice."""
Z = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its 95% interval (Wilson 1927); all None where there is nothing to count."""

    hits: float
    of: int
    share: float | None
    low: float | None
    high: float | None


def rate(hits: float, of: int) -> Rate:
    """A share and its Wilson score interval.

    Args:
        hits: how many; a part of one counts as such.
        of: among how many.

    Source: Wilson (1927), J Am Stat Assoc 22:209; recommended by Newcombe (1998), Stat Med 17:857.
    """
    if of == 0:
        return Rate(hits, of, None, None, None)
    share, z2 = hits / of, Z * Z
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = Z / (1 + z2 / of) * (share * (1 - share) / of + z2 / (4 * of * of)) ** 0.5
    return Rate(hits, of, share, max(0.0, middle - half), min(1.0, middle + half))


@dataclass(frozen=True, slots=True)
class SignAccuracy:
    """How often something was seen of trusts about to enter, and of others of their kind.

    Attributes:
        entering: sensitivity: shown on the day before, of those of which it is known.
        others: false alarms: shown on the same days by trusts that did not enter within 2 years. Each
            other trust counts once, by the share of the days on which it showed the sign.
    """

    label: str
    entering: Rate
    others: Rate


@dataclass(frozen=True, slots=True)
class SignValidation:
    """What the signs were worth for one regime: `signs` one by one, `counts` for 1 or more, 2 or more, ..."""

    regime: str
    first: date
    last: date
    entries: int
    signs: tuple[SignAccuracy, ...]
    counts: tuple[SignAccuracy, ...]


@dataclass(frozen=True, slots=True)
class BaseRates:
    """How many trusts of a kind entered special measures for quality within 2 years of fixed days.

    A trust counts once for each of the days on which it was open, not in any regime, and known enough.

    Attributes:
        days: the days looked at; their windows do not overlap, and had ended by the day asked about.
        at_least: of those with 0 or more signs, 1 or more, 2 or more, and so on.
        left_out: those that closed within a window, or of which too little was known.
    """

    type: str
    days: tuple[date, ...]
    at_least: tuple[Rate, ...]
    left_out: int


def record(snapshot: Snapshot, regime: str, as_of: date | None = None) -> SignValidation:
    """Compare trusts on the day before they entered with all others of their kind on that day.

    Args:
        snapshot: the figures.
        regime: one of `REGIMES`.
        as_of: the day; only entries whose 2 years had passed by then are counted.

    Raises:
        OutOfRange: there is no such regime, or no entry to count by then.
    """
    if regime not in REGIMES:
        raise InvalidParameter(f"There is no regime '{regime}'.", f"Choose one of: {', '.join(REGIMES)}.")
    day = as_of or snapshot.as_of
    every = entries_to(snapshot, regime)
    entries = every.filter(_window_end("entry") <= day)
    if entries.is_empty():
        text = f"By {format_date(day)} no trust had entered {REGIMES[regime]} {WITHIN_YEARS} years before."
        raise InvalidParameter(text, "Ask about a later day or another regime.")
    entering: list[Floats] = []
    others: dict[str, list[Floats]] = {}
    for entry in entries["entry"].unique(maintain_order=True):
        seen = profiles(snapshot, entry - timedelta(days=1), features_read())
        table = _signs_and_counts(seen)
        codes = entries.filter(pl.col("entry") == entry)["code"]
        rows = [seen.position[code] for code in codes if code in seen.position]
        entering += [table[row] for row in rows]
        same_type = np.isin(seen.types, seen.types[rows])
        other = same_type & ~_in_a_spell(seen) & ~_entering_soon(seen, every) & ~_closing_soon(seen)
        for row in np.flatnonzero(other).tolist():
            others.setdefault(seen.organisations["code"][row], []).append(table[row])
    case, control = np.array(entering), np.array([_over_days(days) for days in others.values()])
    labels = [sign.label for sign in signs()]
    labels += [f"{n} or more signs" for n in range(1, len(signs()) + 1)]
    worth = tuple(
        SignAccuracy(label, _rate_of(case[:, at]), _rate_of(control[:, at]))
        for at, label in enumerate(labels)
    )
    first, last = entries["entry"][0], entries["entry"][-1]
    return SignValidation(regime, first, last, len(case), worth[: len(signs())], worth[len(signs()) :])


def validations(snapshot: Snapshot, as_of: date) -> tuple[SignValidation, ...]:
    """The record of every regime that has an entry old enough to be judged by a day."""
    enough = pl.col("entry").filter(_window_end("entry") <= as_of).len() > 0
    return tuple(
        record(snapshot, regime, as_of)
        for regime in REGIMES
        if entries_to(snapshot, regime).select(enough).item()
    )


def base_rates(snapshot: Snapshot, org_type: str, as_of: date | None = None) -> BaseRates:
    """Of trusts of a kind with so many signs on a day, how many entered within 2 years.

    Args:
        snapshot: the figures.
        kind: kind of trust.
        as_of: the day; only windows that had ended by then are counted.
    """
    entries = entries_to(snapshot, "quality")
    ended = pl.DataFrame({"day": INDEX_DATES}).filter(_window_end("day") <= (as_of or snapshot.as_of))["day"]
    entered, number, left_out = np.zeros(0, dtype=bool), np.zeros(0), 0
    for day in ended:
        seen = profiles(snapshot, day, features_read())
        soon, shown = _entering_soon(seen, entries), counts(seen)
        base = (seen.types == org_type) & ~_in_a_spell(seen)
        counted = base & ~np.isnan(shown) & (soon | ~_closing_soon(seen))
        left_out += int((base & ~counted).sum())
        entered = np.concatenate([entered, soon[counted]])
        number = np.concatenate([number, shown[counted]])
    at_least = tuple(
        rate(int(entered[number >= n].sum()), int((number >= n).sum()))
        for n in range(len(applying(org_type)) + 1)
    )
    return BaseRates(org_type, tuple(ended), at_least, left_out)


def entries_to(snapshot: Snapshot, regime: str) -> pl.DataFrame:
    """Entries to a regime, by day; a day known to the month or year is its first, so nothing leaks back."""
    wanted = (regime,) if regime == "RSP" else (regime, "both")
    known = snapshot.interventions.filter(pl.col("regime").is_in(wanted) & pl.col("entry").is_not_null())
    return known.select("code", "entry").unique().sort("entry", "code")


def spells_not_left(snapshot: Snapshot, day: date) -> pl.DataFrame:
    """Spells in any regime that had begun by a day and are not known to have ended by then."""
    begun, left = pl.coalesce("entry", "seen") <= day, (pl.col("exit") <= day).fill_null(False)
    return snapshot.interventions.filter(begun & ~left).sort("code", "entry", nulls_last=False)


def _signs_and_counts(seen: Profiles) -> Floats:
    """(n_organisations, 2 n_signs): each sign, then 1 or more, 2 or more, ...; NaN is unknown."""
    number = counts(seen)
    levels = np.arange(1, len(signs()) + 1)
    reached = (number[:, None] >= levels[None, :]).astype(np.float64)
    reached[np.isnan(number)] = np.nan
    return np.hstack([readings(seen), reached])


def _in_a_spell(seen: Profiles) -> NDArray[np.bool_]:
    running = spells_not_left(seen.snapshot, seen.as_of)
    return seen.organisations["code"].is_in(running["code"].implode()).to_numpy()


def _entering_soon(seen: Profiles, entries: pl.DataFrame) -> NDArray[np.bool_]:
    soon = entries.filter(pl.col("entry").is_between(seen.as_of, _window_end(seen.as_of), closed="right"))
    return seen.organisations["code"].is_in(soon["code"].implode()).to_numpy()


def _closing_soon(seen: Profiles) -> NDArray[np.bool_]:
    """Closing within the window: whether it would have entered can't be known."""
    closing = seen.snapshot.organisations.filter(pl.col("closed") <= _window_end(seen.as_of))
    return seen.organisations["code"].is_in(closing["code"].implode()).to_numpy()


def _window_end(day: date | str) -> pl.Expr:
    start = pl.col(day) if isinstance(day, str) else pl.lit(day)
    return start.dt.offset_by(f"{WITHIN_YEARS}y")


def _over_days(days: list[Floats]) -> Floats:
    """(n,) the share of the days, of those on which it was known, on which a trust showed each thing."""
    table = np.array(days)
    known = (~np.isnan(table)).sum(axis=0)
    share: Floats = np.divide(
        np.nansum(table, axis=0), known, out=np.full(len(known), np.nan), where=known > 0
    )
    return share


def _rate_of(shown: Floats) -> Rate:
    known = shown[~np.isnan(shown)]
    return rate(float(known.sum()), known.size)
