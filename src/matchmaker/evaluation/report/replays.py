"""The first question of the report: does a method predict what was done?"""

from __future__ import annotations

from collections import Counter

from matchmaker.evaluation.aggregate import MIN_ORGANISATIONS
from matchmaker.evaluation.records import PublishedEvaluation
from matchmaker.evaluation.report.context import contests, eras, lookahead, worst_misses
from matchmaker.evaluation.report.document import Block, Dot, Dots, Items, Section, Table, Text
from matchmaker.evaluation.report.fair_tests import forward, rule_blocks, wins
from matchmaker.evaluation.report.labels import (
    METRIC_LABELS,
    against_nearest,
    p_value,
    percentile_where_eligible,
    rule_label,
    share,
    with_both_limits,
    with_exact_limits,
    with_limits,
)
from matchmaker.evaluation.report.targets import targets
from matchmaker.evaluation.settings import evaluation_settings
from matchmaker.models.arrangement import arrangement
from matchmaker.sector import Sector

SHOWN = ("hit@1", "hit@5", "hit@10", "mrr", "percentile")
COMPARED = ("hit@5", "hit@10", "percentile")
HITS = ("hit@5", "hit@10")
WHERE_ELIGIBLE = "Candidates placed before it, where it was eligible"
AGAINST_NEAREST = "Wins to losses against the nearest, first 10"
ROLES = ("evidence", "practice", "baseline")
"""In the order in which methods are listed."""


def replay_sections(one: PublishedEvaluation, sector: Sector) -> list[Section]:
    """Everything about replays, the main figures first."""
    settings = evaluation_settings(sector)
    out = [
        Section("Question 1: does a method predict what was done?", _how(sector)),
        Section("Which pairings count", _counted(one, sector), 3),
    ]
    if one.rules:
        out.append(Section("Do the rules hold in practice?", rule_blocks(one, sector), 3, "rules"))
    if settings.targets:
        out.append(Section("What was aimed at", targets(one, settings.targets), 3))
    if one.wins and one.nearest:
        out.append(Section("Wins and losses against the nearest", wins(one), 3, "wins"))
    out += [Section(family, _family(one, family), 3) for family in one.families]
    if one.forward:
        out.append(Section("Learned before a day, scored after it", forward(one), 3, "forward"))
    if settings.eras:
        out.append(Section("By era", eras(one, settings.texts.eras), 3))
    if one.contested_bids:
        out.append(Section("Contests with known losers", contests(one), 3))
    if settings.lookahead is not None:
        title = "With hindsight: were the chosen partners alike at all?"
        out.append(Section(title, lookahead(one, settings.lookahead.note), 3))
    out.append(Section("The worst misses of the evidence fit", worst_misses(one.misses), 3))
    return out


def headline(one: PublishedEvaluation) -> Table:
    """The main figures in one table, families with too few recipients for an interval aside."""
    enough = [count.family for count in one.counts if count.organisations >= MIN_ORGANISATIONS]
    rows = []
    for family in enough or one.families:
        for name in dict.fromkeys(figure.method for figure in one.headline() if figure.family == family):
            cells = [cell for metric in HITS if (cell := one.figure(family, name, metric))]
            rows.append(
                (
                    family,
                    one.label(name),
                    str(cells[0].queries),
                    *map(with_exact_limits, cells),
                    percentile_where_eligible(one, family, name),
                    against_nearest(one, family, name),
                )
            )
    labels = (*(METRIC_LABELS[metric] for metric in HITS), WHERE_ELIGIBLE, AGAINST_NEAREST)
    return Table("", ("Pairings", "Method", "Number", *labels), tuple(rows), (2, 3, 4, 5, 6))


def _how(sector: Sector) -> tuple[Block, ...]:
    words, settings = sector.words, evaluation_settings(sector)
    did = "was helped" if settings.intervals_by == "recipient" else "was chosen"
    trained = "for each event on all others"
    if settings.drawn is not None:
        trained = f"for each of {settings.drawn.folds} groups of events on the others"
    return (
        Text(
            f"Each past pairing is replayed: every method ranks the {words.organisations} that were eligible "
            "on the day before the pairing can have begun, from what was known on that day, and the rank of "
            "the partner that was chosen in fact is recorded. A high rank says that a method would have "
            "named the partner. It does not say that the partner was a good one."
        ),
        Items(
            (
                "All methods rank the same candidates: those that the rules of the arrangement left.",
                "A partner that was not eligible counts as missed in the first 1, 5 or 10. The share of "
                "candidates placed before the partner is taken only where it was eligible, so that 50% is "
                "chance; those that were not are counted apart.",
                "Candidates with equal scores have no order: each figure is the mean over every order of "
                "the tied. A method that can't tell any two candidates apart scores exactly like chance.",
                f"Intervals are 95%, from a bootstrap that draws whole organisations, since a "
                f"{words.organisation} that {did} twice is not two {words.organisations}. With few "
                "pairings those lie too close together, so shares also have exact limits (Clopper and "
                "Pearson), which take each pairing as one by itself.",
                "Methods are compared in pairs, query by query, by a randomisation test that swaps their "
                "results within whole organisations.",
                f"A learned method is trained anew {trained}. It has never seen the "
                "query's recipient, nor a pairing with the same partner agreed on the same day. Those "
                "marked 'earlier years only' have also seen nothing from the year of the query on.",
                "What learned methods may look at was settled while such replays were being made. The only "
                "test that is quite fair to them is on pairings that nobody here has seen.",
            )
        ),
    )


def _counted(one: PublishedEvaluation, sector: Sector) -> tuple[Block, ...]:
    rows = tuple(
        (
            count.family,
            str(count.queries),
            "" if count.events is None else str(count.events),
            str(count.organisations),
            f"{count.eligible} ({share(count.ceiling)})",
            f"{count.candidates:.0f}",
        )
        for count in one.counts
    )
    heading = (
        "Family",
        "Pairings replayed",
        "Events",
        "Recipients" if evaluation_settings(sector).intervals_by == "recipient" else "Partners",
        "Partner was eligible",
        "Candidates (median)",
    )
    reasons = Counter(pairing.rule for pairing in one.left_out)
    kept_out = {partner.pairing_id: partner.why for partner in one.excluded_partners}
    blocks: list[Block] = [
        Table("", heading, rows, (1, 2, 3, 4, 5)),
        Text(
            "Pairings of one recipient, or of one partner on one day, are one event. "
            "The share of partners that were eligible is the ceiling: no method can name the others."
            + "".join(f" {sentence}" for sentence in _replayed_as(sector))
        ),
    ]
    if reasons:
        counted = tuple((rule_label(rule, sector), str(n)) for rule, n in reasons.items())
        blocks.append(Table("Pairings that don't count", ("Rule", "Pairings"), counted, (1,)))
    if kept_out:
        items = tuple(f"{pairing}: {why}" for pairing, why in sorted(kept_out.items()))
        blocks += [Text("Partners that the rules keep out:"), Items(items)]
    return tuple(blocks)


def _replayed_as(sector: Sector) -> list[str]:
    """Kinds of pairing that are not replayed under all the rules of an arrangement of their name."""
    out = []
    for name, kind in sector.pairing_kinds.items():
        label = kind.label[:1].upper() + kind.label[1:]
        rules = ", ".join(kind.rules_not_applied).replace("_", " ")
        if name != kind.arrangement:
            under = arrangement(sector, kind.arrangement).label.casefold()
            text = (
                f"{label} has no arrangement of its own: it is replayed by the weights and rules of {under}"
            )
            out.append(f"{text}, but for these rules: {rules}." if rules else f"{text}.")
        elif rules:
            out.append(f"{label} is replayed without these rules: {rules}.")
    return out


def _family(one: PublishedEvaluation, family: str) -> tuple[Block, ...]:
    there = dict.fromkeys(figure.method for figure in one.figures if figure.family == family)
    order = sorted(there, key=lambda name: (_role(one, name), -_value(one, family, name, "hit@10"), name))
    rows = tuple(_line(one, family, name) for name in order)
    labels = METRIC_LABELS | {"percentile": WHERE_ELIGIBLE}
    heading = ("Method", "Queries", *(labels[metric] for metric in SHOWN))
    dots = tuple(
        Dot(one.label(name), cell.value, cell.low, cell.high, one.method(name).role != "baseline")
        for name in order
        if (cell := one.figure(family, name, "hit@10"))
    )
    chance = None if one.chance is None else _value(one, family, one.chance, "hit@10")
    caption = f"{family}: partner in the first 10, with 95% intervals; the line is chance"
    return (
        Dots(caption, dots, 0, 1, chance),
        Table("", heading, rows, tuple(range(1, len(heading)))),
        *_compared(one, family),
    )


def _role(one: PublishedEvaluation, name: str) -> int:
    return ROLES.index(one.method(name).role)


def _value(one: PublishedEvaluation, family: str, method: str, metric: str) -> float:
    cell = one.figure(family, method, metric)
    return cell.value if cell else 0.0


def _line(one: PublishedEvaluation, family: str, name: str) -> tuple[str, ...]:
    cells = {metric: cell for metric in SHOWN if (cell := one.figure(family, name, metric))}
    texts = {metric: with_both_limits(cell) for metric, cell in cells.items()}
    texts["percentile"] = percentile_where_eligible(one, family, name)
    if "mrr" in cells:
        texts["mrr"] = f"{cells['mrr'].value:.2f}"
    queries = next(str(cell.queries) for cell in cells.values())
    return (one.label(name), queries, *(texts.get(metric, "") for metric in SHOWN))


def _compared(one: PublishedEvaluation, family: str) -> tuple[Block, ...]:
    """Methods that claim something against the nearest and against chance."""
    cells = {
        (row.method, row.baseline, row.metric): f"{with_limits(row, points=True)}, p {p_value(row.p)}"
        for row in one.differences
        if row.family == family
    }
    rows = tuple(
        (
            one.label(method),
            one.label(baseline),
            *(cells.get((method, baseline, metric), "") for metric in COMPARED),
        )
        for method, baseline in dict.fromkeys((method, baseline) for method, baseline, _ in cells)
    )
    if not rows:
        return ()
    caption = (
        "Differences in percentage points on the queries that both rank, with 95% intervals and p values "
        "of the paired randomisation test, not raised for the number of tests: comparisons.csv also has them "
        "raised by Holm's method for every method, metric and baseline compared in the family. For the last "
        "column, of pairings whose partner was eligible, less is better."
    )
    heading = ("Method", "Against", *(METRIC_LABELS[metric] for metric in COMPARED))
    return (Table(caption, heading, rows, (2, 3, 4)),)
