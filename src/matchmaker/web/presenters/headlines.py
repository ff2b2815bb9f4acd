"""The headline figures of every organisation with the period of each, for lists of organisations."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from matchmaker.cache import cached
from matchmaker.dates import format_period
from matchmaker.features.formatting import format_value
from matchmaker.features.profiles import NOT_APPLICABLE, STALE, Profiles


@dataclass(frozen=True, slots=True)
class HeadlineFigure:
    """One headline figure: its words, its period, and whether it is too old to be used."""

    label: str
    text: str
    period: str
    stale: bool


@cached
def headline_figures(profiles: Profiles) -> dict[str, tuple[HeadlineFigure, ...]]:
    """Code -> the headline figures, in the sector's order.

    Args:
        profiles: as of the day.
    """
    display, sector = profiles.sector.display, profiles.sector
    names = display.headline_features or display.key_features[:2]
    by_name = {feature.name: feature for feature in profiles.features}
    cells = profiles.cells.filter(pl.col("feature").is_in(list(names)))
    found: dict[tuple[str, str], HeadlineFigure] = {}
    for row in cells.select("code", "feature", "value", "state", "period_start", "period_end").iter_rows():
        code, name, value, state, start, end = row
        feature = by_name[name]
        text = "does not apply" if state == NOT_APPLICABLE else format_value(value, feature.unit, sector)
        period = "" if value is None or end is None else format_period(start, end)
        found[code, name] = HeadlineFigure(feature.label, text, period, state == STALE)
    unknown = {name: HeadlineFigure(by_name[name].label, "unknown", "", False) for name in names}
    return {
        code: tuple(found.get((code, name), unknown[name]) for name in names)
        for code in profiles.organisations["code"]
    }


def need_order(profiles: Profiles) -> list[str]:
    """By which figures those in need are ordered, in words; empty where nothing says so."""
    need = profiles.sector.need
    if need is None:
        return []
    labels = {feature.name: feature.label for feature in profiles.features}
    first = "lowest" if need.at_least is None else "highest"
    ordered = dict.fromkeys(((need.feature, first), *need.then_by))
    return [f"{order} {labels[name]}" for name, order in ordered]


@dataclass(frozen=True, slots=True)
class HeadlineChange:
    """One headline figure that is another than before."""

    code: str
    name: str
    label: str
    before: HeadlineFigure | None
    now: HeadlineFigure


def headline_changes(before: Profiles, now: Profiles) -> list[HeadlineChange]:
    """Headline figures of which the value is another than on an earlier day, by figure and then by name.

    Args:
        before: profiles of the earlier day.
        now: of the later.
    """
    earlier, later = headline_figures(before), headline_figures(now)
    names = dict(now.organisations.select("code", "name").iter_rows())
    found = []
    for code, figures in later.items():
        old = earlier.get(code)
        for at, figure in enumerate(figures):
            was = None if old is None else old[at]
            if was is None or was.text != figure.text:
                found.append(HeadlineChange(code, names[code], figure.label, was, figure))
    order = {figure.label: at for figures in later.values() for at, figure in enumerate(figures)}
    return sorted(found, key=lambda one: (order[one.label], one.name))
