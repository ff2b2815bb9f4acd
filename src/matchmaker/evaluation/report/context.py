"""What stands beside the main figures: eras, competitions, hindsight and the worst misses."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from matchmaker.dates import format_date
from matchmaker.evaluation.aggregate import ELIGIBLE
from matchmaker.evaluation.error_analysis import Miss
from matchmaker.evaluation.evaluate import EVIDENCE, Evaluation
from matchmaker.evaluation.report.document import Block, Items, Table, Text
from matchmaker.evaluation.report.labels import (
    HINDSIGHT,
    METRIC_LABELS,
    cell,
    method_label,
    share,
    with_limits,
)

NEAREST = "nearest"


def eras(one: Evaluation, order: Sequence[str]) -> tuple[Block, ...]:
    """Means by era, with how much was known; families in the given order."""
    told = one.eras.filter(pl.col("method").is_in([EVIDENCE, NEAREST, "practice"]))
    rows = tuple(
        (
            row["family"],
            row["era"],
            method_label(row["method"]),
            str(row["queries"]),
            share(row["hit@5"]),
            share(row["hit@10"]),
            share(row["known"]),
        )
        for family in order
        for row in told.filter(pl.col("family") == family).iter_rows(named=True)
    )
    heading = (
        "Family",
        "Day",
        "Method",
        "Queries",
        "In the first 5",
        "In the first 10",
        "Known of the partner",
    )
    return (
        Text(
            "How much was published changes what a method can see. There were no ratings before 2014 and "
            "hardly any context before 2020; accounts of single trusts are missing for 2019/20 to 2021/22. "
            "The last column is the share of a method's weight that was known of the partner."
        ),
        Table("", heading, rows, (3, 4, 5, 6)),
    )


def competitions(one: Evaluation) -> tuple[Block, ...]:
    """How often each method puts the winner first among the bidders."""
    if one.competitions.is_empty():
        return (Text("No competition with known losers is among these pairings."),)
    sets = one.competitions.unique("pairing_id", keep="first").sort("day")
    named = tuple(
        f"{row['pairing_id']}: {row['winner']} won over {row['losers'].replace(' ', ', ')}."
        for row in sets.iter_rows(named=True)
    )
    means = one.competitions.group_by("method", maintain_order=True).agg(
        pl.len().alias("n"), pl.col("first").mean(), pl.col("by_chance").mean()
    )
    rows = tuple(
        (method_label(row["method"]), str(row["n"]), share(row["first"]), share(row["by_chance"]))
        for row in means.sort("first", "method", descending=[True, False]).iter_rows(named=True)
    )
    heading = ("Method", "Competitions", "Winner placed first", "By chance")
    return (
        Text(
            "Where the losing bidders are known, a method need only tell the winner from those who really "
            "were in the race. So few competitions show nothing about a method; they are told for the record."
        ),
        Items(named),
        Table("", heading, rows, (1, 2, 3)),
    )


def hindsight(one: Evaluation, order: Sequence[str]) -> tuple[Block, ...]:
    """How alike the chosen partners were by later figures; families in the given order."""
    rows = []
    for family in order:
        for method in dict.fromkeys(one.hindsight["method"]) if not one.hindsight.is_empty() else ():
            found = cell(one.hindsight, family, method, "percentile", ELIGIBLE)
            if found:
                name = method_label(method.removesuffix(HINDSIGHT))
                rows.append((family, name, str(found["queries"]), with_limits(found)))
    heading = ("Family", "Similarity by", "Queries", METRIC_LABELS["percentile"])
    return (
        Text(
            "The official peer lists and most context figures came out after most pairings, so on its own "
            "day such a replay knows nothing. Here figures of 2018/19 are applied to all days, among the "
            "candidates that have them. That flatters them and predicts nothing, but it shows whether the "
            "chosen partners were alike: 50% is what chance would give, less means more alike than other "
            "candidates, more means less alike."
        ),
        Table("", heading, tuple(rows), (2, 3)),
    )


def told_misses(misses: Sequence[Miss]) -> tuple[Block, ...]:
    """The worst misses, each with what set the first apart from the partner."""
    if not misses:
        return (Text("The evidence fit is not among the methods, or no partner was eligible."),)
    rows = tuple(_miss(miss) for miss in misses)
    heading = (
        "Pairing",
        "Partner in fact",
        "Its place",
        "Known of it",
        "Placed first",
        "What set them apart",
    )
    return (
        Text(
            "A miss is no error by itself: the evidence fit weighs what research says helps, and those who "
            "chose may have weighed other things, or have known more."
        ),
        Table("", heading, rows, (2, 3)),
    )


def _miss(miss: Miss) -> tuple[str, ...]:
    apart = " ".join(f"{one.label}. Partner: {one.partner} First: {one.first}" for one in miss.apart)
    return (
        f"{miss.recipient}, {miss.kind.replace('_', ' ')}, {format_date(miss.day)}",
        miss.partner,
        f"{miss.rank:g} of {miss.among}",
        share(miss.known),
        miss.first,
        apart,
    )
