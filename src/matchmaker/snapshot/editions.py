"""Compares a period, or a list, with the one before it: cut short, of another period, in disorder."""

from __future__ import annotations

import polars as pl

from matchmaker.dates import format_date
from matchmaker.errors import Issue
from matchmaker.snapshot import merge

WHOLE = 0.8
"""A file with less than this share of the organisations of the edition before counts as cut short."""
WHOLE_OF_OTHERS = 0.5
"""The same where the publication gave none before and another's edition is the one to compare with."""
REVISED = 0.5
"""A file that gives other figures for more than this share of a period's is not of that period."""
IN_STEP = 50
"""Ranks are compared over at least so many organisations."""
DROP = 0.25
"""How much less the figures may go with those before than these with the ones before them."""
KEY = [*merge.KEY, "source"]


def editions(figures: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """The period before each period of the file, of the same publication or, where it gave none, of any."""
    days = (pl.col("period_end") - pl.col("period_start")).dt.total_days() + 1
    place = ["source", "measure", "period_start", "period_end"]
    own = figures.select(*place).unique().with_columns(days=days)
    old = before.select(*place).unique().with_columns(days=days)
    old = old.rename({name: f"{name}_old" for name in old.columns if name != "measure"})
    kind, kind_old = ["source", "measure", "days"], ["source_old", "measure", "days_old"]
    alike = own.select(kind).unique().join(old.select(kind_old).unique(), on="measure")
    alike = alike.filter((pl.col("days_old") / pl.col("days")).is_between(2 / 3, 3 / 2))
    # The last one of each kind, not all pairs: of inspections there is a period for every day.
    pairs = (
        own.join(alike, on=kind)
        .sort("period_end")
        .join_asof(
            old.sort("period_end_old", "period_start_old"),
            left_on="period_end",
            right_on="period_end_old",
            by=kind_old,
            allow_exact_matches=False,
            coalesce=False,
            check_sortedness=False,
        )
        .drop_nulls("period_end_old")
    )
    same = pl.col("source_old") == pl.col("source")
    return (
        pairs.sort(*place, same, "period_end_old", "source_old", "period_start_old")
        .unique(place, keep="last", maintain_order=True)
        .select(*place, "source_old", "period_start_old", "period_end_old")
    )


def beside(figures: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """Figures of the file beside those of the period before, for organisations that have both."""
    old = before.select(
        "code",
        "measure",
        value_old="value",
        source_old="source",
        period_start_old="period_start",
        period_end_old="period_end",
    )
    return figures.join(
        editions(figures, before), on=["source", "measure", "period_start", "period_end"]
    ).join(old, on=["code", "measure", "source_old", "period_start_old", "period_end_old"])


def cut_short(
    figures: pl.DataFrame, before: pl.DataFrame, organisations: pl.DataFrame | None = None
) -> list[Issue]:
    """Publications of which the file has far fewer organisations than the edition before, by measure.

    Args:
        figures: of the file.
        before: the figures of the snapshot.
        organisations: with the type of each; where the edition before is another publication's, only the
            types that the file has are counted in it.
    """
    place = ["source", "measure", "period_start", "period_end"]
    old_place = ["measure", "source_old", "period_start_old", "period_end_old"]
    counts = figures.group_by(*place, "file").agg(n=pl.col("code").n_unique())
    previous = editions(figures, before)
    old = before.select(
        "code",
        "measure",
        source_old="source",
        period_start_old="period_start",
        period_end_old="period_end",
    ).join(previous, on=old_place)
    if organisations is not None:
        types = organisations.select("code", "type")
        own = figures.join(types, on="code").select("source", "type").unique().with_columns(has=True)
        old = old.join(types, on="code", how="left").join(own, on=["source", "type"], how="left")
        old = old.filter((pl.col("source") == pl.col("source_old")) | pl.col("has").fill_null(False))
    least = pl.when(pl.col("source") == pl.col("source_old")).then(WHOLE).otherwise(WHOLE_OF_OTHERS)
    totals = old.group_by(*place, "period_end_old", least=least).agg(n_old=pl.col("code").n_unique())
    compared = counts.join(totals, on=place)
    few = compared.filter(pl.col("n") < pl.col("least") * pl.col("n_old")).sort("n", "measure")
    few = few.unique("source", keep="first", maintain_order=True)
    return [
        Issue(
            row["file"],
            f"{row['measure']} of about {row['n_old']} organisations, as in the period to "
            f"{format_date(row['period_end_old'])}",
            f"{row['n']} of them in the period to {format_date(row['period_end'])}",
            remedy="The file seems to be cut short.",
        )
        for row in few.iter_rows(named=True)
    ]


def list_cut_short(figures: pl.DataFrame, before: pl.DataFrame) -> list[Issue]:
    """Lists of what stood on a day that have far fewer organisations than the list before."""
    n = pl.col("code").n_unique()
    old = before.group_by("source").agg(n_old=n)
    compared = figures.group_by("source", "file").agg(n=n).join(old, on="source").sort("source")
    return [
        Issue(
            row["file"],
            f"about {row['n_old']} organisations, as in the list before",
            f"{row['n']} of them",
            remedy="The file seems to be cut short.",
        )
        for row in compared.filter(pl.col("n") < WHOLE * pl.col("n_old")).iter_rows(named=True)
    ]


def other_list(figures: pl.DataFrame, before: pl.DataFrame) -> list[Issue]:
    """Lists in which much has another value of the same day than before, or is of an earlier day."""
    latest = before.sort("period_end").unique(["code", "measure", "source"], keep="last")
    both = figures.join(
        latest.select("code", "measure", "source", value_old="value", end_old="period_end"),
        on=["code", "measure", "source"],
    )
    end, end_old = pl.col("period_end"), pl.col("end_old")
    differs = (end < end_old) | ((end == end_old) & (pl.col("value") != pl.col("value_old")))
    found = (
        both.group_by("file", "source", "measure")
        .agg(pl.len().alias("n"), differs=differs.sum())
        .filter(pl.col("differs") > (1 - WHOLE) * pl.col("n"))
        .sort("differs", descending=True)
    )
    return [
        Issue(
            row["file"],
            f"{row['measure']} as the list before had it, but for what is newer",
            f"an earlier day, or another value of that day, for {row['differs']} of {row['n']} organisations",
            remedy="Rows or columns may be in disorder.",
        )
        for row in found.unique("source", keep="first", maintain_order=True).iter_rows(named=True)
    ]


def other_period(figures: pl.DataFrame, before: pl.DataFrame) -> list[Issue]:
    """Periods of which the publication gave other figures for most organisations: not a revision."""
    both = figures.join(before.select(*KEY, value_old="value"), on=KEY)
    larger = pl.max_horizontal(pl.col("value").abs(), pl.col("value_old").abs())
    differs = (pl.col("value") - pl.col("value_old")).abs() > merge.TOLERANCE * larger
    found = (
        both.group_by("file", "source", "measure", "period_end")
        .agg(pl.len().alias("n"), differs=differs.sum())
        .filter(pl.col("differs") > REVISED * pl.col("n"))
        .sort("differs", descending=True)
        .unique(["source", "period_end"], keep="first", maintain_order=True)
    )
    return [
        Issue(
            row["file"],
            f"{row['measure']} of the period to {format_date(row['period_end'])} as {row['source']} gave it, "
            "or revised for some",
            f"other figures for {row['differs']} of {row['n']} organisations",
            remedy="The period that the file names may be wrong.",
        )
        for row in found.iter_rows(named=True)
    ]


def less_in_step(figures: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """Periods whose figures go far worse with those before than these with the ones before them.

    Returns:
        `file`, `source`, `measure`, `period_start`, `period_end`, `period_end_old`, `n`, Spearman's rank
        correlation `r` over the organisations that have both, and the one that is `usual`.
    """
    now = beside(figures, before)
    earlier = beside(
        now.select(
            "code",
            "measure",
            "file",
            source="source_old",
            period_start="period_start_old",
            period_end="period_end_old",
            value="value_old",
        ),
        before,
    )
    r = pl.corr("value", "value_old", method="spearman")
    usual = earlier.group_by("measure", source_old="source", period_end_old="period_end").agg(usual=r)
    place = ["source", "measure", "period_start", "period_end"]
    return (
        now.group_by(*place, "source_old", "period_end_old")
        .agg(pl.col("file").first(), pl.len().alias("n"), r=r)
        .join(usual, on=["measure", "source_old", "period_end_old"])
        .filter(pl.col("n") >= IN_STEP, pl.col("usual") - pl.col("r") > DROP)
        .sort("measure", "source", "period_end")
    )


def out_of_step(figures: pl.DataFrame, before: pl.DataFrame) -> list[Issue]:
    """The periods that `less_in_step` finds, as issues."""
    return [
        Issue(
            row["file"],
            f"{row['measure']} to go with the period to {format_date(row['period_end_old'])} about as "
            f"well as this with the one before it (rank correlation {row['usual']:.2f})",
            f"{row['r']:.2f} over {row['n']} organisations",
            remedy="Rows or columns may be in disorder.",
        )
        for row in less_in_step(figures, before).iter_rows(named=True)
    ]
