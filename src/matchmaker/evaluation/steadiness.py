"""The page on how lists move, how they are spread, and whether likely places hold; made from measurements."""

from __future__ import annotations

from collections.abc import Sequence

from matchmaker.dates import format_date
from matchmaker.evaluation.movement import Movement
from matchmaker.evaluation.report.document import markdown_table
from matchmaker.evaluation.spread import Spread
from matchmaker.models.next_quarter import NextQuarter
from matchmaker.snapshot import Snapshot

TITLE = "How lists move, how they are spread, and whether likely places hold"
MOVEMENT = """\
`matchmaker movement` works out the lists of all {organisations} on past quarters, each from what was known \
on its day, and compares them over three months and over six. Figures are of past quarters up to the day of \
the snapshot. Same of first 5: how many of the first five options are still among the first five."""
CAUSES = """\
What moves them: the mean overlap over six months of the largest type, as it is and with one thing held as \
it was on the earlier day. What it gains is what that cause takes; causes work together and do not add up. \
"Newly published" leaves out features that were known of no organisation of a type on the earlier day."""
SPREAD = """\
`matchmaker spread` counts on how many lists each candidate is among the first five. Top share: the share \
of lists on which the most frequent one is. Gini: of the counts among all who are eligible for one of the \
recipients. Every option of a list says on how many lists it stands. So few lists can't name everybody \
equally often, so that the Gini of a random order is above 0 too."""
INTERVALS = """\
A likely place is a 90% interval. Its weights part is SMAA rank acceptability: other reasonable weights, \
and what is unknown. `matchmaker train intervals` widens it by what past quarters did to places (split- \
conformal, by bands of places, never narrower than the weights part) and writes the widening with its \
record to the sector's artefacts. Places are whole numbers and an interval always holds the place itself, \
so that lists that hardly move, or are short, are held more often than 9 times in 10. Each quarter is \
tested with what was fitted on those before it. An option that dropped off the list counts as not held, and \
no interval of places can hold it. The mean hides how unlike quarters are: the worst is one in which many \
dropped off. Quarters share their news, so that six are few. Where a service must be named, the first that \
the sector knows was measured."""


def page(
    snapshot: Snapshot,
    movements: Sequence[Movement],
    spreads: Sequence[Spread],
    intervals: Sequence[NextQuarter],
) -> str:
    """The page, as Markdown.

    Args:
        snapshot: that was measured.
        movements: see `movement.movement`.
        spreads: see `spread.spread`; only the first group of each method is shown, those in need where the
            sector says who is.
        intervals: see `interval_coverage.fit_rank_intervals`.
    """
    day = format_date(snapshot.as_of)
    parts = [
        f"# {TITLE}",
        f"Measured by `matchmaker steadiness` on the snapshot {snapshot.hash[:12]} of {day}.",
        "## Movement",
        MOVEMENT.format(organisations=snapshot.sector.words.organisations),
        _movement_table(movements),
        CAUSES,
        _causes_table(movements),
        "## Spread",
        SPREAD,
        _spread_table(spreads),
        "## Do likely places hold?",
        INTERVALS,
        _interval_table(intervals),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _movement_table(movements: Sequence[Movement]) -> str:
    heading = (
        "arrangement",
        "recipients",
        "months",
        "same of first 5, median",
        "by quarter",
        "mean",
        "same first",
        "Kendall's tau, median",
    )
    rows = [
        (
            one.arrangement,
            one.group,
            3 * one.gap,
            f"{one.median_overlap:.1f}",
            ", ".join(f"{median:g}" for median in one.median_by_day),
            f"{one.mean_overlap:.2f}",
            f"{one.same_first:.0%}",
            f"{one.median_tau:.2f}",
        )
        for one in movements
    ]
    return markdown_table(heading, rows)


def _causes_table(movements: Sequence[Movement]) -> str:
    longest = max((one.gap for one in movements), default=0)
    shown = [one for one in movements if one.held and one.gap == longest and one.group != "all"]
    if not shown:
        return ""
    heading = ("arrangement", "as it is", *(f"without {cause}" for cause, _, _ in shown[0].held))
    return markdown_table(
        heading,
        [
            (one.arrangement, f"{one.mean_overlap:.2f}", *(f"{mean:.2f}" for _, _, mean in one.held))
            for one in shown
        ],
    )


def _spread_table(spreads: Sequence[Spread]) -> str:
    seen: set[tuple[str, str]] = set()
    rows = []
    for one in spreads:
        if (one.arrangement, one.method) not in seen:
            seen.add((one.arrangement, one.method))
            recipients = f"{one.org_type}, {one.group}"
            figures = (one.n_lists, one.n_eligible, f"{one.top_share:.0%}", f"{one.gini:.2f}")
            rows.append((one.arrangement, one.method, recipients, *figures))
    heading = ("arrangement", "method", "recipients", "lists", "eligible", "top share", "Gini")
    return markdown_table(heading, rows)


def _interval_table(intervals: Sequence[NextQuarter]) -> str:
    heading = (
        "arrangement",
        "options",
        "dropped off",
        "held",
        "held, of those listed",
        "by weights alone",
        "worst and best quarter",
    )
    rows = [
        (
            one.arrangement,
            sum(quarter.options for quarter in one.coverage),
            f"{one.dropped:.1%}",
            f"{one.covered:.1%}",
            f"{one.covered_of_listed:.1%}",
            f"{one.weights_only:.1%}",
            f"{min(quarter.covered for quarter in one.coverage):.0%} to "
            f"{max(quarter.covered for quarter in one.coverage):.0%}",
        )
        for one in intervals
        if one.coverage
    ]
    return markdown_table(heading, rows)
