"""What a build refuses when it sees figures over time: years in disorder, long periods unlike their parts."""

from __future__ import annotations

import polars as pl

from matchmaker.errors import Issue
from matchmaker.sector import Sector
from matchmaker.sources.publication import measures, precedence

FEWEST = 50
"""Correlations are compared over at least so many organisations."""
DROP = 0.15
"""How much less a period may go with those beside it, a year away each, than these go with one another."""
DROP_WITHIN_A_YEAR = 0.25
"""The same for shorter periods: sickness in the first quarter of the pandemic came to 0.17."""
YEARLY_DAYS = 300
SLACK = 0.005
"""How far the share of a long period may lie outside the range of the shares of its parts."""
OUTSIDE = 0.05
"""A file is refused where more than this share of such figures lie further outside."""
COMPARED = 20
"""So many figures of a file must be comparable for that."""
SHARE = "share"
PLACE = ["source", "measure", "months"]


def _months(figures: pl.DataFrame) -> pl.DataFrame:
    days = (pl.col("period_end") - pl.col("period_start")).dt.total_days() + 1
    return figures.with_columns(days=days, months=(days / 30.4).round().cast(pl.Int64))


def out_of_step(figures: pl.DataFrame, _: Sector) -> list[Issue]:
    """Periods that go worse with those before and after than these go with one another: rows in disorder.

    Spearman's rank correlation across the organisations that have all three. Found in a compilation whose
    staff surveys of one year stood beside the wrong organisations.
    """
    dated = _months(figures).unique([*PLACE, "code", "period_end"], keep="last")
    order = dated.select(*PLACE, "period_end").unique().sort(*PLACE, "period_end")
    triples = order.with_columns(
        before=pl.col("period_end").shift(1).over(PLACE), after=pl.col("period_end").shift(-1).over(PLACE)
    ).drop_nulls()
    own = dated.select(*PLACE, "code", "period_end", "value", "file", "sheet", "column")
    beside = own.select(*PLACE, "code", "period_end", "value")
    three = (
        own.join(triples, on=[*PLACE, "period_end"])
        .join(
            beside, left_on=[*PLACE, "code", "before"], right_on=[*PLACE, "code", "period_end"], suffix="_b"
        )
        .join(beside, left_on=[*PLACE, "code", "after"], right_on=[*PLACE, "code", "period_end"], suffix="_a")
    )
    yearly = (pl.col("after") - pl.col("before")).dt.total_days() > 2 * YEARLY_DAYS
    drop = pl.when(yearly).then(DROP).otherwise(DROP_WITHIN_A_YEAR)
    found = (
        three.group_by(*PLACE, "period_end", "before", "after")
        .agg(
            pl.len().alias("n"),
            pl.col("file", "sheet", "column").first(),
            r_before=pl.corr("value_b", "value", method="spearman"),
            r_after=pl.corr("value", "value_a", method="spearman"),
            r_across=pl.corr("value_b", "value_a", method="spearman"),
        )
        .filter(pl.col("n") >= FEWEST, pl.col("r_across") - pl.max_horizontal("r_before", "r_after") > drop)
        .sort("file", "measure", "period_end")
    )
    return [
        Issue(
            row["file"],
            f"{row['measure']} of {row['period_end']} to go with {row['before']} and {row['after']} about as "
            f"well as these with one another (rank correlation {row['r_across']:.2f})",
            f"{row['r_before']:.2f} and {row['r_after']:.2f} over {row['n']} organisations",
            row["sheet"],
            column=row["column"],
            remedy="Rows may be in disorder in that period: leave it out.",
        )
        for row in found.iter_rows(named=True)
    ]


def unlike_its_parts(figures: pl.DataFrame, sector: Sector) -> list[Issue]:
    """Files whose shares of long periods lie outside the range of the shares of the periods within them.

    Found in yearly shares of which a third did not fit the monthly counts.
    """
    shares = [m.name for m in measures(sector).values() if m.unit == SHARE]
    dated = _months(figures.filter(pl.col("measure").is_in(shares)))
    used = dated.sort("code", "measure", "period_start", "period_end", *_order(dated)).unique(
        ["code", "measure", "period_start", "period_end"], keep="last", maintain_order=True
    )
    parts = used.select("code", "measure", "value", "days", "months", start="period_start", end="period_end")
    whole = ["source", "file", "code", "measure", "period_start", "period_end"]
    compared = (
        dated.join(parts, on=["code", "measure"], suffix="_part")
        .filter(
            pl.col("start") >= pl.col("period_start"),
            pl.col("end") <= pl.col("period_end"),
            pl.col("months_part") < pl.col("months"),
        )
        .group_by(*whole, "months_part")
        .agg(
            pl.col("value", "days").first(),
            covered=pl.col("days_part").sum(),
            low=pl.col("value_part").min(),
            high=pl.col("value_part").max(),
        )
        .filter(pl.col("covered") == pl.col("days"))
        # Of months and quarters, months: they range wider.
        .sort(*whole, "months_part")
        .unique(whole, keep="first", maintain_order=True)
        .with_columns(
            off=pl.max_horizontal(pl.col("low") - pl.col("value"), pl.col("value") - pl.col("high"))
        )
    )
    counted = (
        compared.group_by("file", "measure")
        .agg(
            pl.len().alias("n"),
            outside=(pl.col("off") > SLACK).sum(),
            worst=pl.col("off").max(),
            code=pl.col("code").sort_by("off").last(),
            end=pl.col("period_end").sort_by("off").last(),
            value=pl.col("value").sort_by("off").last(),
        )
        .filter(pl.col("n") >= COMPARED, pl.col("outside") > OUTSIDE * pl.col("n"))
        .sort("file", "measure")
    )
    return [
        Issue(
            row["file"],
            f"{row['measure']} within the range of the periods within its own",
            f"outside it for {row['outside']} of {row['n']}, such as {row['value']:g} of {row['code']} at "
            f"{row['end']}",
            remedy="Leave these figures out, or take those of the shorter periods.",
        )
        for row in counted.iter_rows(named=True)
    ]


def _order(figures: pl.DataFrame) -> tuple[pl.Expr, ...]:
    return precedence() if "standing" in figures.columns else ()
