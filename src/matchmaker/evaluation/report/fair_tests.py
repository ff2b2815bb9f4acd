"""What speaks against the methods and the rules: losses, later pairings, and partners that rules keep out."""

from __future__ import annotations

from matchmaker.dates import format_date
from matchmaker.evaluation.records import ALL, PublishedEvaluation, RuleShare
from matchmaker.evaluation.report.document import Block, Table, Text
from matchmaker.evaluation.report.labels import METRIC_LABELS, p_value, share, with_limits
from matchmaker.evaluation.rules_in_practice import MOST_WITHOUT_REASON
from matchmaker.models.registry import EVIDENCE
from matchmaker.sector import Sector

HITS = ("hit@5", "hit@10")


def default_against_nearest(one: PublishedEvaluation, metric: str = "hit@10") -> str | None:
    """In a sentence, how the default did against the nearest over all families; None where not counted."""
    found = one.win_loss(ALL, EVIDENCE, metric)
    if found is None or one.nearest is None:
        return None
    first = METRIC_LABELS[metric].removeprefix("In ")
    text = (
        f"Over all {found.queries} pairings the default had the partner among {first} in {found.wins} where "
        f"a plain list of the nearest had not, and missed it in {found.losses} where the nearest had it "
        f"(sign test p {p_value(found.p)})"
    )
    if found.p < 0.05:
        return f"{text}: it is {'worse' if found.losses > found.wins else 'better'} than the nearest at that."
    return f"{text}: they can't be told apart."


def wins(one: PublishedEvaluation) -> tuple[Block, ...]:
    """Every method that claims something against the nearest, pairing by pairing."""
    rows = tuple(
        (
            "All together" if row.family == ALL else row.family,
            one.label(row.method),
            METRIC_LABELS[row.metric],
            str(row.queries),
            str(row.wins),
            str(row.losses),
            p_value(row.p),
        )
        for row in one.wins
        if row.metric in HITS
    )
    heading = ("Family", "Method", "Partner", "Pairings", "Wins", "Losses", "p, sign test")
    return (
        Text(
            "A win is a pairing whose partner a method had among the first and the nearest had not; a loss "
            "is the reverse. p is not raised for the number of tests, and takes each pairing as one by "
            f"itself. {default_against_nearest(one) or ''}"
        ),
        Table("", heading, rows, (3, 4, 5, 6)),
    )


def forward(one: PublishedEvaluation) -> tuple[Block, ...]:
    """What was learned before a day on what came after it."""
    keys = dict.fromkeys((row.family, row.method) for row in one.forward)
    cells = {(row.family, row.method, row.metric): row for row in one.forward}
    rows = []
    for family, method in keys:
        own = [cells[family, method, metric] for metric in HITS]
        rows.append(
            (
                family,
                format_date(own[0].since),
                str(own[0].learned_from),
                one.label(method),
                f"{own[0].queries} of {own[0].organisations} recipients",
                *map(with_limits, own),
            )
        )
    labels = (METRIC_LABELS[metric] for metric in HITS)
    heading = ("Family", "Day", "Learned from", "Method", "Scored on", *labels)
    return (
        Text(
            "Every method is held to the pairings from a day on, and learned methods have learned from those "
            "before it only. The day is the first 1 January by which half of a family's usable pairings had "
            "begun, so that nobody picks it. Among these are pairings that were kept back until the methods "
            "were settled. Limits are exact (Clopper and Pearson)."
        ),
        Table("", heading, tuple(rows), (2, 5, 6)),
    )


def rule_blocks(one: PublishedEvaluation, sector: Sector) -> tuple[Block, ...]:
    """Every rule that keeps out a partner or could not be checked, and why those above the limit stand."""
    rows = tuple(
        (
            sector.pairing_kinds[row.kind].label.capitalize(),
            row.label,
            "yes" if row.applied else "no",
            f"{row.kept_out} of {row.partners} ({share(row.share)})",
            str(row.only_it),
            str(row.unchecked),
            reason(row),
        )
        for row in one.rules
        if row.kept_out or row.unchecked
    )
    heading = (
        "Kind of pairing",
        "Rule",
        "Applied in replays",
        "Real partners it would keep out",
        "No other rule does",
        "Could not be checked",
        "Why it stands",
    )
    silent = len(one.rules) - len(rows)
    return (
        Text(
            "Each rule of an arrangement, taken by itself, is held against the partners that were chosen in "
            "fact, as of the day before. What is unknown keeps nobody out. A rule that keeps out more than "
            f"{share(MOST_WITHOUT_REASON)} of them needs a stated reason. The other {silent} rules could "
            "all be checked and keep no real partner out."
        ),
        Table("", heading, rows, (3, 4, 5)),
    )


def reason(row: RuleShare) -> str:
    """Why a rule stands although it keeps out many, or that no reason is stated; empty if none is needed."""
    return (row.reason or "No reason is stated.") if row.share > MOST_WITHOUT_REASON else ""
