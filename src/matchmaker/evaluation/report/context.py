"""What stands beside the main figures: eras, contests, look-ahead and the worst misses."""

from __future__ import annotations

from collections.abc import Sequence

from matchmaker.dates import format_date
from matchmaker.evaluation.records import ELIGIBLE, BidRecord, Miss, PublishedEvaluation
from matchmaker.evaluation.report.document import Block, Items, Table, Text
from matchmaker.evaluation.report.labels import METRIC_LABELS, share, with_limits
from matchmaker.models.registry import EVIDENCE

ERA_METRICS = ("hit@5", "hit@10")


def eras(one: PublishedEvaluation, note: str) -> tuple[Block, ...]:
    """Means by era, with how much was known.

    Args:
        one: the figures.
        note: what was published when.
    """
    methods = {EVIDENCE, one.nearest, *one.learned()[:1]}
    cells = {(row.family, row.era, row.method, row.metric): row for row in one.eras if row.method in methods}
    keys = dict.fromkeys((family, era, method) for family, era, method, _ in cells)
    rows = []
    for family, era, method in keys:
        own = [cells[family, era, method, metric] for metric in ERA_METRICS]
        shares = (share(cell.value) for cell in own)
        label = one.label(method)
        rows.append((family, era, label, str(own[0].queries), *shares, share(own[0].known)))
    heading = (
        "Family",
        "Day",
        "Method",
        "Queries",
        *(METRIC_LABELS[metric] for metric in ERA_METRICS),
        "Known of the partner",
    )
    text = (
        f"How much was published changes what a method can see. {note} The last column is the share of a "
        "method's weight that was known of the partner."
    )
    return (Text(text), Table("", heading, tuple(rows), (3, 4, 5, 6)))


def contests(one: PublishedEvaluation) -> tuple[Block, ...]:
    """How often each method puts the winner first among the bidders."""
    sets = sorted({bid.pairing_id: bid for bid in one.contested_bids}.values(), key=lambda bid: bid.day)
    named = tuple(f"{bid.pairing_id}: {bid.winner} won over {bid.losers.replace(' ', ', ')}." for bid in sets)
    by_method: dict[str, list[BidRecord]] = {}
    for bid in one.contested_bids:
        by_method.setdefault(bid.method, []).append(bid)
    means = {
        name: (sum(b.first for b in bids) / len(bids), sum(b.by_chance for b in bids) / len(bids))
        for name, bids in by_method.items()
    }
    rows = tuple(
        (one.label(name), str(len(by_method[name])), share(means[name][0]), share(means[name][1]))
        for name in sorted(means, key=lambda name: (-means[name][0], name))
    )
    heading = ("Method", "Contests", "Winner placed first", "By chance")
    return (
        Text(
            "Where the losing bidders are known, a method need only tell the winner from those who really "
            "were in the race. So few contests show nothing about a method; they stand here for the record."
        ),
        Items(named),
        Table("", heading, rows, (1, 2, 3)),
    )


def lookahead(one: PublishedEvaluation, note: str) -> tuple[Block, ...]:
    """How alike the chosen partners were by later figures.

    Args:
        one: the figures.
        note: which figures, and why.
    """
    rows = tuple(
        (row.family, one.label(row.method), str(row.queries), with_limits(row))
        for row in one.lookahead
        if row.metric == "percentile" and row.population == ELIGIBLE
    )
    heading = ("Family", "Similarity by", "Queries", METRIC_LABELS["percentile"])
    return (
        Text(
            f"{note} That flatters them and predicts nothing, but it shows whether the chosen partners were "
            "alike: 50% is what chance would give, less means more alike than other candidates, more means "
            "less alike."
        ),
        Table("", heading, rows, (2, 3)),
    )


def worst_misses(misses: Sequence[Miss]) -> tuple[Block, ...]:
    """The worst misses, each with what set the first apart from the partner."""
    if not misses:
        return (Text("The evidence fit is not among the methods, or no partner was eligible."),)
    rows = tuple(_miss(miss) for miss in misses)
    heading = (
        "Pairing",
        "Partner in fact",
        "Its rank",
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
    apart = " ".join(f"{gap.label}. Partner: {gap.partner} First: {gap.first}" for gap in miss.apart)
    return (
        f"{miss.recipient}, {miss.kind.replace('_', ' ')}, {format_date(miss.day)}",
        miss.partner,
        f"{miss.rank:g} of {miss.among}",
        share(miss.known),
        miss.first,
        apart,
    )
