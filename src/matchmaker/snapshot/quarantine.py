"""Keeps figures that can't be right apart from the measures: noughts that are no return, lone outliers.

Nothing is corrected: the figure goes into the table `quarantine` as it was found, with the reason, and the
organisation has none of that period unless another source gives one. A lone outlier is known by the figure
after it, so the latest figure of a series can't be judged.
"""

from __future__ import annotations

import math
from collections.abc import Collection

import polars as pl

from matchmaker.sector import Sector
from matchmaker.snapshot.checks import ENOUGH
from matchmaker.snapshot.merge import KEY
from matchmaker.sources.publication import measures, precedence

NEAR_DAYS = 800
"""A figure is compared with those before and after it that end within so many days."""
SMALL = 10
"""Sizes up to this count as equal: ratios of small numbers say little."""
AGREE = 3
"""Those two agree where they are this many times nearer to one another than to the figure between them."""
LAST = 2
"""The last share of an organisation that stops while others go on is judged by the one before it alone, by
this many times the usual difference."""
NOT_SUBMITTED = "a nought that stands for no return"
SERIES = ["code", "measure", "months"]
PERIODS = ["measure", "months"]


def quarantine(
    figures: pl.DataFrame, sector: Sector, doubts: pl.DataFrame | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split figures into those that may be used and those that may not, these with a `reason`.

    Args:
        figures: one for each source and period, with `standing`.
        sector: whose catalogue says what 0 means and how far a measure can jump and come back.
        doubts: further reasons, as `unlikely.unlikely` gives them.
    """
    found = [_not_submitted(figures, sector), _lone(figures, sector)]
    reasons = pl.concat([*found, *([] if doubts is None else [doubts.select(found[0].columns)])])
    reasons = reasons.unique([*KEY, "source"], keep="first", maintain_order=True)
    apart = figures.join(reasons, on=[*KEY, "source"], maintain_order="left")
    return figures.join(reasons, on=[*KEY, "source"], how="anti", maintain_order="left"), apart


def doubt_name() -> pl.Expr:
    """The name under which a quarantined figure is confirmed."""
    return pl.format("{}/{}/{}/{}", "source", "measure", "period_end", "code")


def confirmed(name: pl.Expr, accepted: Collection[str]) -> pl.Expr:
    """Whether a name, or the beginning of it up to a slash, is among those that somebody has confirmed."""
    return pl.any_horizontal(
        pl.lit(False), *((name == one) | name.str.starts_with(f"{one}/") for one in accepted)
    )


def _not_submitted(figures: pl.DataFrame, sector: Sector) -> pl.DataFrame:
    """Noughts of a measure whose 0 means that nothing was handed in, and of parts of such a whole."""
    catalogue = measures(sector).values()
    wholes = [m.name for m in catalogue if m.zero == "not submitted"]
    parts = {m.name: m.part_of for m in catalogue if m.part_of is not None}
    noughts = figures.filter(pl.col("value") == 0)
    whole = noughts.filter(pl.col("measure").is_in(wholes))
    of = pl.col("measure").replace_strict(parts, default=None, return_dtype=pl.String)
    part = noughts.with_columns(whole=of).join(
        whole.select("code", "period_start", "period_end", "source", whole="measure"),
        on=["code", "period_start", "period_end", "source", "whole"],
        how="semi",
    )
    both = pl.concat([whole.select(*KEY, "source"), part.select(*KEY, "source")])
    return both.with_columns(reason=pl.lit(NOT_SUBMITTED))


def _lone(figures: pl.DataFrame, sector: Sector) -> pl.DataFrame:
    """Figures that jump and come back, against the figures to be used before and after them.

    What happened to nearly everybody in a period is no outlier, nor is who was spared: how far a figure lies
    off counts as it is and less the median over organisations, whichever is nearer.
    """
    catalogue = measures(sector).values()
    ratios = {m.name: math.log(m.lone_ratio) for m in catalogue if m.lone_ratio is not None}
    steps = {m.name: m.lone_step for m in catalogue if m.lone_step is not None}
    name = pl.col("measure")
    days = (pl.col("period_end") - pl.col("period_start")).dt.total_days() + 1
    watched = figures.filter(name.is_in([*steps, *ratios])).with_columns(
        months=(days / 30.4).round().cast(pl.Int64),
        # Of a size, 0 among thousands is a lone outlier too.
        at=pl.when(name.is_in([*ratios])).then(pl.col("value").clip(SMALL).log()).otherwise("value"),
        limit=name.replace_strict({**ratios, **steps}, default=None, return_dtype=pl.Float64),
    )
    used = watched.sort(*SERIES, "period_end", *precedence())
    used = used.unique([*SERIES, "period_end"], keep="last", maintain_order=True)
    near = pl.duration(days=NEAR_DAYS)
    beside = used.select(
        *SERIES,
        "period_end",
        "at",
        before=pl.col("at").shift(1).over(SERIES),
        after=pl.col("at").shift(-1).over(SERIES),
        before_value=pl.col("value").shift(1).over(SERIES),
        after_value=pl.col("value").shift(-1).over(SERIES),
        before_near=pl.col("period_end") - pl.col("period_end").shift(1).over(SERIES) <= near,
        after_near=pl.col("period_end").shift(-1).over(SERIES) - pl.col("period_end") <= near,
        goes_on=pl.col("period_end").max().over(PERIODS) > pl.col("period_end"),
    )
    middle = (pl.col("before") + pl.col("after")) / 2
    both = pl.col("before_near") & pl.col("after_near")
    usual = (
        beside.filter(both)
        .group_by(*PERIODS, "period_end")
        .agg(usual=pl.when(pl.len() >= ENOUGH).then((pl.col("at") - middle).median()).otherwise(0.0))
    )
    judged = (
        watched.join(beside.drop("at"), on=[*SERIES, "period_end"])
        .join(usual, on=[*PERIODS, "period_end"], how="left")
        .with_columns(
            off=pl.min_horizontal((pl.col("at") - middle - less).abs() for less in (0, pl.col("usual")))
        )
    )
    agree = (pl.col("after") - pl.col("before")).abs() * AGREE < pl.col("off")
    jumps = both & agree & (pl.col("off") > pl.col("limit"))
    stops = name.is_in([*steps]) & pl.col("after").is_null() & pl.col("goes_on") & pl.col("before_near")
    ends = stops & ((pl.col("at") - pl.col("before")).abs() > LAST * pl.col("limit"))
    found = judged.filter((jumps | ends).fill_null(False))
    shown = [pl.col(column).map_elements(_shown, pl.String) for column in ("before_value", "after_value")]
    between = pl.format("a lone figure between {} before and {} after", *shown)
    last = pl.format("a lone figure after {}, and the last one", shown[0])
    reason = pl.when(pl.col("after_value").is_null()).then(last).otherwise(between)
    return found.select(*KEY, "source", reason=reason)


def _shown(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 10 else f"{value:.2f}"
