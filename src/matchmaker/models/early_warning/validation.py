"""Sensitivity and false-positive rate of the early-warning signs, against later formal interventions.

Signs are read as of the day before an organisation entered, from what was known on that day. What happened
later is used only to say whether a sign was right.
"""

from __future__ import annotations

from datetime import date, timedelta
from statistics import NormalDist

import numpy as np
import polars as pl

from matchmaker.cache import cached
from matchmaker.dates import format_date
from matchmaker.errors import InvalidParameter
from matchmaker.features.profiles import Profiles, profiles
from matchmaker.models.early_warning.definition import Validation, early_warning, regime_label, signs
from matchmaker.models.early_warning.signs import applicable_signs, readings, sign_counts, sign_features
from matchmaker.models.early_warning.types import BaseRates, Rate, SignAccuracy, SignValidation
from matchmaker.snapshot import Snapshot
from matchmaker.typing import Floats, Mask

Z = NormalDist().inv_cdf(0.975)


def rate(hits: float, of: int) -> Rate:
    """A proportion and its Wilson score interval.

    Source: Wilson (1927), J Am Stat Assoc 22:209; recommended by Newcombe (1998), Stat Med 17:857.
    """
    if of == 0:
        return Rate(hits, of, None, None, None)
    share, z2 = hits / of, Z * Z
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = Z / (1 + z2 / of) * (share * (1 - share) / of + z2 / (4 * of * of)) ** 0.5
    return Rate(hits, of, share, max(0.0, middle - half), min(1.0, middle + half))


def validate(snapshot: Snapshot, regime: str, as_of: date | None = None) -> SignValidation:
    """Compare organisations on the day before they entered a regime with others of their type on that day.

    Args:
        snapshot: the figures.
        regime: one of those that the sector's signs are validated for.
        as_of: the day; only entries whose follow-up had ended by then are counted.

    Raises:
        InvalidParameter: there is no such regime, or no entry to count by then.
    """
    rules = _validation(snapshot)
    if rules is None or regime not in rules.regimes:
        step = f"Choose one of: {', '.join(rules.regimes)}." if rules else "Choose another sector."
        raise InvalidParameter(f"There is no regime '{regime}'.", step)
    day = as_of or snapshot.as_of
    every = entries_to(snapshot, rules.regimes[regime])
    entries = every.filter(_follow_up_end("entry", rules) <= day)
    if entries.is_empty():
        text = (
            f"By {format_date(day)} no {snapshot.sector.words.organisation} had entered "
            f"{regime_label(snapshot.sector, regime)} {rules.within_years} years before."
        )
        raise InvalidParameter(text, "Ask about a later day or another regime.")
    cases: list[Floats] = []
    controls: dict[str, list[Floats]] = {}
    for entry in entries["entry"].unique(maintain_order=True):
        then = profiles(snapshot, entry - timedelta(days=1), sign_features(snapshot.sector))
        table = _signs_and_counts(then)
        codes = entries.filter(pl.col("entry") == entry)["code"]
        rows = [then.position[code] for code in codes if code in then.position]
        cases += [table[row] for row in rows]
        same_type = np.isin(then.types, then.types[rows])
        censored = _closing(then, rules) | _entering(then, every, rules)
        for row in np.flatnonzero(same_type & ~_under_a_regime(then) & ~censored).tolist():
            controls.setdefault(then.organisations["code"][row], []).append(table[row])
    defined = signs(snapshot.sector)
    labels = [sign.label for sign in defined]
    labels += [f"{n} or more signs" for n in range(1, len(defined) + 1)]
    case = np.array(cases).reshape(-1, len(labels))
    control = np.array([_mean_over_days(days) for days in controls.values()]).reshape(-1, len(labels))
    accuracy = tuple(
        SignAccuracy(label, _rate_of(case[:, at]), _rate_of(control[:, at]))
        for at, label in enumerate(labels)
    )
    first, last = entries["entry"][0], entries["entry"][-1]
    return SignValidation(regime, first, last, len(case), accuracy[: len(defined)], accuracy[len(defined) :])


@cached
def validations(snapshot: Snapshot, as_of: date) -> tuple[SignValidation, ...]:
    """The validation for every regime that has an entry old enough to be judged by a day."""
    rules = _validation(snapshot)
    if rules is None:
        return ()
    old_enough = _follow_up_end("entry", rules) <= as_of
    return tuple(
        validate(snapshot, name, as_of)
        for name, regimes in rules.regimes.items()
        if not entries_to(snapshot, regimes).filter(old_enough).is_empty()
    )


@cached
def base_rates(snapshot: Snapshot, org_type: str, as_of: date) -> BaseRates | None:
    """How many organisations of a type entered after an index date, by the number of signs shown.

    Args:
        snapshot: the figures.
        org_type: type of organisation.
        as_of: the day; only index dates whose follow-up had ended by then are counted.

    Returns:
        None where the sector says nothing by which its signs could be validated.
    """
    rules = _validation(snapshot)
    if rules is None:
        return None
    entries = entries_to(snapshot, rules.regimes[rules.base_rates])
    dates = pl.DataFrame({"day": rules.index_dates}).filter(
        (_follow_up_end("day", rules) <= as_of) & (pl.col("day") >= snapshot.known_since)
    )["day"]
    entered, number, n_excluded = np.zeros(0, dtype=bool), np.zeros(0), 0
    for day in dates:
        then = profiles(snapshot, day, sign_features(snapshot.sector))
        entering, shown = _entering(then, entries, rules), sign_counts(then)
        base = (then.types == org_type) & ~_under_a_regime(then)
        counted = base & ~np.isnan(shown) & (entering | ~_closing(then, rules))
        n_excluded += int((base & ~counted).sum())
        entered = np.concatenate([entered, entering[counted]])
        number = np.concatenate([number, shown[counted]])
    at_least = tuple(
        rate(int(entered[number >= n].sum()), int((number >= n).sum()))
        for n in range(len(applicable_signs(snapshot.sector, org_type)) + 1)
    )
    return BaseRates(org_type, tuple(dates), at_least, n_excluded)


def entries_to(snapshot: Snapshot, regimes: tuple[str, ...]) -> pl.DataFrame:
    """Entries to any of some regimes, by day: columns code and entry.

    A day known to the month or year is its first, so that nothing leaks back. Entries before anything was
    known can't be judged and are left out.
    """
    known = snapshot.interventions.filter(
        pl.col("regime").is_in(regimes) & (pl.col("entry") > snapshot.known_since)
    )
    return known.select("code", "entry").unique().sort("entry", "code")


def interventions_not_left(snapshot: Snapshot, day: date) -> pl.DataFrame:
    """Interventions of any regime that had begun by a day and are not known to have ended by then."""
    begun, left = pl.coalesce("entry", "seen") <= day, (pl.col("exit") <= day).fill_null(False)
    known = (pl.col("reported") <= day).fill_null(True)
    return snapshot.interventions.filter(begun & known & ~left).sort("code", "entry", nulls_last=False)


def _validation(snapshot: Snapshot) -> Validation | None:
    defined = early_warning(snapshot.sector)
    return None if defined is None else defined.validation


def _signs_and_counts(then: Profiles) -> Floats:
    """(n_organisations, 2 n_signs): each sign, then 1 or more, 2 or more, ...; NaN is unknown."""
    number, read = sign_counts(then), readings(then)
    levels = np.arange(1, read.shape[1] + 1)
    reached = (number[:, None] >= levels[None, :]).astype(np.float64)
    reached[np.isnan(number)] = np.nan
    return np.hstack([read, reached])


def _under_a_regime(then: Profiles) -> Mask:
    return _are_in(then, interventions_not_left(then.snapshot, then.as_of))


def _entering(then: Profiles, entries: pl.DataFrame, rules: Validation) -> Mask:
    """Entering during follow-up."""
    until = _follow_up_end(then.as_of, rules)
    return _are_in(then, entries.filter(pl.col("entry").is_between(then.as_of, until, closed="right")))


def _closing(then: Profiles, rules: Validation) -> Mask:
    """Closing during follow-up: whether it would have entered can't be known (censored)."""
    closed = pl.col("closed") <= _follow_up_end(then.as_of, rules)
    return _are_in(then, then.snapshot.organisations.filter(closed))


def _are_in(then: Profiles, some: pl.DataFrame) -> Mask:
    return then.organisations["code"].is_in(some["code"].implode()).to_numpy()


def _follow_up_end(day: date | str, rules: Validation) -> pl.Expr:
    """The last day of follow-up from a day or from those of a column."""
    start = pl.col(day) if isinstance(day, str) else pl.lit(day)
    return start.dt.offset_by(f"{rules.within_years}y")


def _mean_over_days(days: list[Floats]) -> Floats:
    """(n,) the share of the days, of those on which it was known, on which each thing was shown."""
    table = np.array(days)
    known = (~np.isnan(table)).sum(axis=0)
    share: Floats = np.divide(
        np.nansum(table, axis=0), known, out=np.full(len(known), np.nan), where=known > 0
    )
    return share


def _rate_of(shown: Floats) -> Rate:
    known = shown[~np.isnan(shown)]
    return rate(float(known.sum()), known.size)
