"""What models of past practice were to reach, what they reached, and how much was within reach at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from matchmaker.evaluation.metrics import LOWER_IS_BETTER
from matchmaker.evaluation.records import ELIGIBLE, MetricMean, PublishedEvaluation
from matchmaker.evaluation.report.document import Block, Items, Table, Text
from matchmaker.evaluation.report.labels import METRIC_LABELS, share, with_limits
from matchmaker.evaluation.settings import Target

HEADING = (
    "Family",
    "Target",
    "Model of past practice",
    "Reached",
    "Target met",
    "Where the partner was eligible",
)


def targets(one: PublishedEvaluation, wanted: Sequence[Target]) -> tuple[Block, ...]:
    """Each target beside what every model of past practice reached, and the ceiling of each family."""
    rows = []
    for target in wanted:
        way = "less" if target.metric in LOWER_IS_BETTER else "more"
        text = f"{METRIC_LABELS[target.metric]}: {share(target.value)} or {way}"
        for name in one.learned():
            if found := one.figure(target.family, name, target.metric):
                eligible = one.figure(target.family, name, target.metric, ELIGIBLE)
                within = share(eligible.value) if eligible else ""
                met = _met(found, target)
                rows.append((target.family, text, one.label(name), with_limits(found), met, within))
    return (
        Text(
            "These targets were set beforehand, for models of past practice only. The evidence fit is not "
            "tuned to past choices and has no such target. Where one of several models meets a target by "
            "chance, the others show it. 'Within doubt' means that the 95% interval holds the target: so few "
            "pairings can't tell whether the method would meet it on more of them."
        ),
        Table("", HEADING, tuple(rows), (3, 5)),
        Text("How much was within reach:"),
        Items((*_ceilings(one, wanted), *_makeup(one, wanted))),
    )


def _met(found: MetricMean, target: Target) -> str:
    lower = target.metric in LOWER_IS_BETTER
    reached = found.value <= target.value if lower else found.value >= target.value
    return ("yes" if reached else "no") + (", within doubt" if _doubtful(found, target) else "")


def _doubtful(found: MetricMean, target: Target) -> bool:
    return found.low is None or found.high is None or found.low <= target.value <= found.high


def _ceilings(one: PublishedEvaluation, wanted: Sequence[Target]) -> Iterator[str]:
    """How many partners could be found at all."""
    counts = {count.family: count for count in one.counts}
    for family in dict.fromkeys(target.family for target in wanted):
        if family in counts:
            count = counts[family]
            yield (
                f"{family}: {count.eligible} of {count.queries} partners were eligible, so the most that "
                f"any method could find is {share(count.ceiling)}."
            )


def _makeup(one: PublishedEvaluation, wanted: Sequence[Target]) -> Iterator[str]:
    """How much of a mean share placed before comes from partners that could not be found."""
    for target in wanted:
        for name in one.learned() if target.metric == "percentile" else ():
            found = one.figure(target.family, name, target.metric)
            eligible = one.figure(target.family, name, target.metric, ELIGIBLE)
            if not found or not eligible:
                continue
            out = 1 - eligible.queries / found.queries
            text = (
                f"{target.family}, {one.label(name)}: of the mean share placed before, {share(found.value)}, "
                f"{share(out)} comes from partners that were not eligible, which count as placed behind "
                f"all. Among the other {eligible.queries} the mean is {share(eligible.value)}."
            )
            if found.low is not None:
                holds = "holds" if _doubtful(found, target) else "does not hold"
                text += (
                    f" With {found.queries} pairings of {found.organisations} recipients the interval, "
                    f"{share(found.low)} to {share(found.high)}, {holds} the target of {share(target.value)}."
                )
            yield text
