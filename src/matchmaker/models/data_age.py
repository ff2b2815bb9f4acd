"""How old the figures behind an answer are, and the note that says so once they are old."""

from __future__ import annotations

import os
from collections.abc import Collection
from datetime import date

import polars as pl

from matchmaker.cache import cached
from matchmaker.dates import format_date
from matchmaker.errors import InvalidParameter
from matchmaker.features.formatting import join_and
from matchmaker.features.profiles import KNOWN, Profiles
from matchmaker.models.types import DataAge, FigurePeriod
from matchmaker.snapshot import Snapshot

MAX_AGE_DAYS = 92
"""A quarter: most official figures come out anew within so many days, so older data are remarked on."""
TODAY = "MATCHMAKER_TODAY"
"""The environment variable that stands in for the clock, so that an answer can be made again exactly."""


def today() -> date:
    """The day of the clock, or of `MATCHMAKER_TODAY` where that is set.

    Raises:
        InvalidParameter: the variable holds no ISO date.
    """
    text = os.environ.get(TODAY)
    if not text:
        return date.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        step = "Give a day as YYYY-MM-DD, or unset it."
        raise InvalidParameter(f"{TODAY} is '{text}', which is no day.", step) from None


def published_day(snapshot: Snapshot) -> date:
    """The day up to which the published figures of a snapshot hold, whatever was laid over them."""
    return date.fromisoformat(snapshot.manifest.get("published_as_of", snapshot.manifest["as_of"]))


def check_day(snapshot: Snapshot, day: date | None) -> None:
    """Refuse a day of which the snapshot knows nothing yet.

    Raises:
        InvalidParameter: the day is after that of the snapshot.
    """
    if day is not None and day > snapshot.as_of:
        until = format_date(snapshot.as_of)
        text = f"Nothing is known yet of {format_date(day)}: the data hold up to {until}."
        step = f"Ask about {until} or an earlier day, or lay newer figures over the snapshot."
        raise InvalidParameter(text, step, ("as_of",))


def data_age(profiles: Profiles, codes: Collection[str] | None = None) -> DataAge:
    """How far the figures go.

    Args:
        profiles: as of the day of the answer.
        codes: the organisations that the answer is about; by default all.
    """
    latest = []
    for (name, label), periods in _headline_periods(profiles).items():
        known = periods.values() if codes is None else [periods[one] for one in codes if one in periods]
        if known:
            end, start = max(known)
            latest.append(FigurePeriod(name, label, start, end))
    return DataAge(published_day(profiles.snapshot), tuple(latest))


@cached
def _headline_periods(profiles: Profiles) -> dict[tuple[str, str], dict[str, tuple[date, date]]]:
    """Name and label of each headline feature -> code -> last and first day of its known figure."""
    display = profiles.sector.display
    labels = {feature.name: feature.label for feature in profiles.features}
    headline = display.headline_features or display.key_features
    out: dict[tuple[str, str], dict[str, tuple[date, date]]] = {(name, labels[name]): {} for name in headline}
    cells = profiles.cells.filter(
        pl.col("feature").is_in(list(headline)), pl.col("state") == KNOWN, pl.col("period_end").is_not_null()
    )
    for name, code, start, end in cells.select("feature", "code", "period_start", "period_end").iter_rows():
        out[name, labels[name]][code] = (end, start)
    return out


def age_notes(age: DataAge, as_of: date, on: date) -> tuple[str, ...]:
    """One sentence where the published figures are old; none where an earlier day was asked about.

    Args:
        age: of the figures behind the answer.
        as_of: the day of the answer.
        on: today.
    """
    # Own data may move the day of the answer beyond today.
    days = (max(on, as_of) - age.snapshot_day).days
    if as_of < age.snapshot_day or days <= MAX_AGE_DAYS:
        return ()
    periods = [f"{one.label} of {_period(one)}" for one in age.latest]
    latest = f"; the latest figures are {join_and(periods)}" if periods else ""
    text = f"The published figures hold up to {format_date(age.snapshot_day)}, {days} days ago{latest}."
    return (text,)


def _period(one: FigurePeriod) -> str:
    end = format_date(one.period_end)
    return end if one.period_start == one.period_end else f"{format_date(one.period_start)} to {end}"
