"""Reconciles figures with the totals that their publishers state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from matchmaker.errors import Issue
from matchmaker.sector import Sector


@dataclass(frozen=True, slots=True)
class Total:
    """One published total.

    Attributes:
        value: the sum over all organisations, or their mean where `weighted_by` names a measure.
        within: how far off the figures may be, as a share of it.
        said_by: who published the total, and where.
    """

    source: str
    measure: str
    period_end: date
    value: float
    within: float
    said_by: str
    weighted_by: str | None = None

    def of(self, figures: pl.DataFrame) -> float | None:
        """The same worked out from the figures; None where the source has none of the period."""
        own = figures.filter(pl.col("source") == self.source, pl.col("period_end") == self.period_end)
        values = own.filter(pl.col("measure") == self.measure).select("code", "value")
        if values.is_empty():
            return None
        if self.weighted_by is None:
            return float(values.select(pl.col("value").sum()).item())
        weights = own.filter(pl.col("measure") == self.weighted_by).select("code", weight="value")
        weight = pl.col("weight") / pl.col("weight").sum()
        return float(values.join(weights, on="code").select((pl.col("value") * weight).sum()).item())


def totals(sector: Sector) -> tuple[Total, ...]:
    """Every published total that a sector lists in `totals.toml`."""
    content = sector.toml("totals.toml")
    return tuple(Total(**entry) for entry in content.get("total", ()))


def missed(figures: pl.DataFrame, sector: Sector) -> list[Issue]:
    """Sources whose figures do not add up to the published total, with one figure per key."""
    issues = []
    for total in totals(sector):
        found = total.of(figures)
        if found is None or abs(found - total.value) <= total.within * abs(total.value):
            continue
        own = figures.filter(source=total.source, measure=total.measure, period_end=total.period_end)
        together = "on average" if total.weighted_by else "in all"
        expected = (
            f"{total.measure} of {_shown(total.value)} {together} at {total.period_end} ({total.said_by})"
        )
        remedy = "Check that the file is whole and in its unit."
        issues.append(Issue(own["file"][0], expected, _shown(found), own["sheet"][0], remedy=remedy))
    return issues


def _shown(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
