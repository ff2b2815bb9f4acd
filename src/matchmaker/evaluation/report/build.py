"""The report of an evaluation: what page and document say, in one order and in the same words."""

from __future__ import annotations

from dataclasses import replace

from matchmaker.dates import format_date
from matchmaker.evaluation.records import PublishedEvaluation
from matchmaker.evaluation.report.document import Block, Items, Section, Table, Text, has_content, markdown
from matchmaker.evaluation.report.fair_tests import default_against_nearest
from matchmaker.evaluation.report.intervals import interval_sections
from matchmaker.evaluation.report.labels import METRIC_LABELS, share, with_limits
from matchmaker.evaluation.report.outcomes import outcome_sections
from matchmaker.evaluation.report.replays import headline, replay_sections
from matchmaker.evaluation.settings import evaluation_settings
from matchmaker.evaluation.user_pairings import NEEDED, headings
from matchmaker.models.registry import EVIDENCE
from matchmaker.sector import Sector

TITLE = "Is it any good?"
METRICS = ("hit@5", "hit@10", "percentile")


def sections(one: PublishedEvaluation, sector: Sector) -> list[Section]:
    """The whole report.

    Args:
        one: the figures.
        sector: whose words are used.
    """
    out = [Section("In short", _summary(one), name="summary")]
    if one.file is not None:
        out.append(Section("Your file", _user_file(one)))
    out += replay_sections(one, sector)
    if one.outcomes is not None:
        out += outcome_sections(one.outcomes, sector)
    out += [
        Section("How much the results depend on the weights", _weights(one)),
        *(interval_sections(sector) if one.file is None else []),
        Section("Can a replay know what came later?", _leaks(one)),
        Section("What this can't show", (Items(_limits(one, sector)),), name="limits"),
        Section("Methods", (_methods(one),)),
    ]
    if one.file is None:
        out.append(Section("Score your own pairings", (Text(_own_pairings(sector)),)))
    return [replace(section, blocks=tuple(filter(has_content, section.blocks))) for section in out]


def document(one: PublishedEvaluation, sector: Sector) -> str:
    """The report as a Markdown document."""
    return markdown(TITLE, sections(one, sector))


def _summary(one: PublishedEvaluation) -> tuple[Block, ...]:
    against = default_against_nearest(one)
    worse = f"{against} " if against else ""
    return (
        Text(
            f"{one.replayed} past pairings were replayed as of the day before each, on snapshot "
            f"{one.snapshot[:12]} of {format_date(one.as_of)} with matchmaker {one.version}. How often was "
            "the partner that was chosen in fact among the first 5 or 10 of a method, and what share of the "
            "candidates did the method place before it?"
        ),
        headline(one),
        Text(
            "Exact 95% intervals (Clopper and Pearson) in brackets behind shares. A partner that was not "
            f"eligible counts as missed, but for the share placed before it. {worse}"
            "The evidence fit weighs what research says helps and was not tuned to past choices; models of "
            "past practice are scored only on recipients that they were not trained on."
        ),
    )


def _user_file(one: PublishedEvaluation) -> tuple[Block, ...]:
    if one.file is None:
        return ()
    blocks: list[Block] = [
        Text(
            f"{one.file.rows} rows. {one.file.unusable} can't be used, {len(one.left_out)} don't count under "
            f"the rules, {one.replayed} were replayed."
        )
    ]
    if one.file.problems:
        blocks += [Text("Problems of the file:"), Items(one.file.problems)]
    if one.left_out:
        reasons = tuple(f"{pairing.pairing_id}: {pairing.why}" for pairing in one.left_out)
        blocks += [Text("Pairings that don't count:"), Items(reasons)]
    return tuple(blocks)


def _weights(one: PublishedEvaluation) -> tuple[Block, ...]:
    ranges = tuple(
        (row.family, METRIC_LABELS[row.metric], share(row.preset), f"{share(row.low)} to {share(row.high)}")
        for family in one.families
        for metric in METRICS
        for row in one.weights
        if (row.family, row.metric) == (family, metric)
    )
    refitted = []
    for family in one.families:
        for name in (name.name for name in one.methods if name.name.startswith(EVIDENCE)):
            cells = [cell for metric in METRICS if (cell := one.figure(family, name, metric))]
            if cells:
                limits = map(with_limits, cells)
                refitted.append((family, one.label(name), str(cells[0].queries), *limits))
    return (
        Text(
            "The weights of the evidence fit are judgements. Drawn anew 200 times around the preset, as the "
            "uncertainty of a shortlist is, they give these ranges (90 of 100 draws), among pairings whose "
            "partner was eligible."
        ),
        Table("", ("Family", "Figure", "Preset", "Range"), ranges, (2, 3)),
        Text(
            "Refitted to past choices, with each weight at 0 or more and held to its preset as firmly as "
            "cross-validation finds, and scored on recipients left out, they give:"
        ),
        Table(
            "",
            ("Family", "Weights", "Queries", *(METRIC_LABELS[metric] for metric in METRICS)),
            tuple(refitted),
            (2, 3, 4, 5),
        ),
        Text(
            "Refitted weights say what was chosen in the past, not what helped, so they are no reason by "
            "themselves to change the preset."
        ),
        _ablations(one),
    )


def _ablations(one: PublishedEvaluation) -> Table:
    rows = tuple(
        (
            row.kind.replace("_", " ").capitalize(),
            row.criterion,
            share(row.known),
            f"{round(100 * (row.without - row.preset)):+d}",
        )
        for row in one.ablations
        if row.metric == "percentile"
    )
    caption = (
        "One criterion left out: how many more (+) or fewer (-) in 100 candidates are then placed before the "
        "partner. A plus means that the criterion speaks for what was chosen."
    )
    heading = ("Kind of pairing", "Criterion left out", "Known", "Change in 100 candidates")
    return Table(caption, heading, rows, (2, 3))


def _leaks(one: PublishedEvaluation) -> tuple[Block, ...]:
    how = (
        f"{one.leaks_checked} replays, spread over the years, were repeated on a snapshot that ends on their "
        "day: all that was published, begun or ended later was cut out. A replay that used only what was "
        "known then gives the same profiles, candidates and scores to the last bit. No figure may count as "
        "known before the day of the list that holds it."
    )
    if not one.leaks:
        return (Text(f"{how} All {one.leaks_checked} did."),)
    items = tuple(
        f"{leak.pairing_id}, {format_date(leak.day)}: {leak.what} ({leak.differs} differ)"
        for leak in one.leaks
    )
    return (Text(f"{how} These did not, so their results can't be trusted:"), Items(items))


def _limits(one: PublishedEvaluation, sector: Sector) -> tuple[str, ...]:
    chosen = "That a partner was chosen does not show that it was the right one."
    if one.outcomes is not None:
        chosen += (
            " Question 1 is about likeness to past choices, question 2 about outcomes, and no answer to one "
            "answers the other."
        )
    own = evaluation_settings(sector).texts.limits
    return (chosen, *own, "No method here has been shown to improve outcomes.", _places(one))


def _places(one: PublishedEvaluation) -> str:
    """How many replays the latest known addresses flatter, or leave without a distance."""
    places = one.places
    nearest = "" if one.nearest is None else f"'{one.nearest}' and "
    return (
        f"Addresses are the latest on record. In {places.at_one_point} of {places.replays} replays the "
        "partner stands at the recipient's very point, as one took over the other's address later: that "
        f"flatters {nearest}the evidence fit, while models of past practice take the distance as unknown. In "
        f"{places.unknown} replays an address is not on record, which makes the partner harder to find by "
        "distance."
    )


def _methods(one: PublishedEvaluation) -> Table:
    rows = tuple(
        (method.label, f"`{method.name}`", method.says)
        for method in one.methods
        if method.role != "lookahead"
    )
    return Table("", ("Method", "Name", "What it does"), rows)


def _own_pairings(sector: Sector) -> str:
    own = headings(sector)
    *first, last = (own.get(column, column) for column in NEEDED)
    return (
        "`matchmaker evaluate --pairings my.csv --out DIR` scores every method on pairings of your own, in "
        f"the form of the pairings table: {', '.join(first)} and {last} are needed, everything else may be "
        "missing. Every problem in the file is reported, and what is usable is scored. Learned methods then "
        "learn from the pairings of the snapshot, without the recipients of your file."
    )
