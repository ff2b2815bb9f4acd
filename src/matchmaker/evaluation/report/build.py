"""The evaluation as a report: what page and document tell, in one order and in the same words."""

from __future__ import annotations

import math
from collections.abc import Sequence

import polars as pl

from matchmaker.dates import format_date
from matchmaker.evaluation.evaluate import EVIDENCE, Evaluation
from matchmaker.evaluation.leakage import Leak
from matchmaker.evaluation.report.document import Block, Items, Section, Table, Text, markdown
from matchmaker.evaluation.report.labels import METRIC_LABELS, cell, method_label, share, with_limits
from matchmaker.evaluation.report.outcomes import outcome_sections
from matchmaker.evaluation.report.practice import HEADLINE, families, headline_rows, practice_sections
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.models.scoring.geography import kilometres_from

TITLE = "Is it any good?"
CANT_SHOW = (
    "That a partner was chosen does not show that it was the right one. Question 1 is about likeness to "
    "past choices, question 2 about outcomes, and no answer to one answers the other.",
    "Past pairings are few, were compiled from public sources, and are no census.",
    "A replay knows only what is public now and was public then: regulators knew more.",
    "Local systems and regions are those of recent years, drawn partly along lines of earlier mergers. That "
    "flatters 'same local system' and whatever uses it.",
    "No method here has been shown to improve outcomes.",
)


OWN_PAIRINGS = (
    "`matchmaker evaluate --pairings my.csv --out DIR` scores every method on pairings of your own, in the "
    "form of the pairings table: recipient_ods, partner_ods, kind and start_date are needed, everything "
    "else may be missing. Every problem in the file is told, and what is usable is scored. Learned methods "
    "then learn from the pairings of the snapshot, without the recipients of your file."
)


def sections(one: Evaluation) -> list[Section]:
    """The whole report."""
    told = [Section("In short", _short(one))]
    if one.own is not None:
        told.append(Section("Your file", _own(one)))
    told += practice_sections(one)
    if one.outcomes is not None:
        told += outcome_sections(one.outcomes)
    told += [
        Section("How far the results hang on the weights", _weights(one)),
        Section("Can a replay know what came later?", _leaks(one.leaks, one.leak_checks)),
        Section("What this can't show", (Items((*CANT_SHOW, _places(one.choices))),)),
        Section("Methods", (_methods(one),)),
    ]
    if one.own is None:
        told.append(Section("Score your own pairings", (Text(OWN_PAIRINGS),)))
    return told


def document(one: Evaluation) -> str:
    """The report as a Markdown document."""
    return markdown(TITLE, sections(one))


def headline(one: Evaluation) -> Table:
    """The main figures in one table."""
    return Table("", HEADLINE, headline_rows(one), (2, 3, 4, 5))


def _short(one: Evaluation) -> tuple[Block, ...]:
    n = len(one.choices)
    return (
        Text(
            f"{n} past pairings were replayed as of the day before each, on snapshot {one.snapshot[:12]} "
            f"of {format_date(one.as_of)} with matchmaker {one.version}. How often was the partner that was "
            "chosen in fact among the first 5 or 10 of a method, and what share of the candidates did the "
            "method place before it?"
        ),
        headline(one),
        Text(
            "95% intervals in brackets. A partner that was not eligible counts as missed. The evidence fit "
            "weighs what research says helps and was not tuned to past choices; models of past practice are "
            "scored only on recipients that they were not trained on."
        ),
    )


def _own(one: Evaluation) -> tuple[Block, ...]:
    own = one.own
    if own is None:
        return ()
    blocks: list[Block] = [
        Text(
            f"{own.rows} rows. {len(own.left_out)} can't be used, {len(one.skipped)} don't count under the "
            f"rules, {len(one.choices)} were replayed."
        )
    ]
    if own.problems:
        blocks += [Text("Problems of the file:"), Items(tuple(str(problem) for problem in own.problems))]
    if one.skipped:
        reasons = tuple(f"{skipped.pairing_id}: {skipped.why}" for skipped in one.skipped)
        blocks += [Text("Pairings that don't count:"), Items(reasons)]
    return tuple(blocks)


def _weights(one: Evaluation) -> tuple[Block, ...]:
    shown = ("hit@5", "hit@10", "percentile")
    rows = []
    for family in families(one):
        for metric in shown:
            own = one.drawn.filter((pl.col("family") == family) & (pl.col("metric") == metric))
            for row in own.iter_rows(named=True):
                told = (share(row["preset"]), f"{share(row['low'])} to {share(row['high'])}")
                rows.append((family, METRIC_LABELS[metric], *told))
    refitted = []
    for family in families(one):
        for name in (EVIDENCE, *(name for name in one.methods if name.startswith(f"{EVIDENCE}-"))):
            cells = [cell(one.means, family, name, metric) for metric in shown]
            if all(cells):
                queries = next(str(row["queries"]) for row in cells if row)
                refitted.append(
                    (family, method_label(name), queries, *(with_limits(row) for row in cells if row))
                )
    blocks: list[Block] = [
        Text(
            "The weights of the evidence fit are judgements. Drawn anew 200 times around the preset, as the "
            "doubt of a shortlist draws them, they give these ranges (90 of 100 draws), among pairings whose "
            "partner was eligible."
        ),
        Table("", ("Family", "Figure", "Preset", "Range"), tuple(rows), (2, 3)),
        Text(
            "Refitted to past choices, with each weight at 0 or more and held to its preset as firmly as "
            "cross-validation asks, and scored on recipients left out, they give:"
        ),
        Table(
            "",
            ("Family", "Weights", "Queries", *(METRIC_LABELS[metric] for metric in shown)),
            tuple(refitted),
            (2, 3, 4, 5),
        ),
        Text(
            "Refitted weights say what was chosen in the past, not what helped, so they are no reason by "
            "themselves to change the preset."
        ),
        _without(one),
    ]
    return tuple(blocks)


def _without(one: Evaluation) -> Table:
    own = one.without.filter(pl.col("metric") == "percentile") if not one.without.is_empty() else one.without
    rows = tuple(
        (
            row["kind"].replace("_", " ").capitalize(),
            row["criterion"],
            share(row["known"]),
            f"{round(100 * (row['without'] - row['preset'])):+d}",
        )
        for row in own.iter_rows(named=True)
    )
    caption = (
        "One criterion left out: how many more (+) or fewer (-) in 100 candidates are then placed before the "
        "partner. A plus means that the criterion speaks for what was chosen."
    )
    heading = ("Kind of pairing", "Criterion left out", "Known", "Change in 100 candidates")
    return Table(caption, heading, rows, (2, 3))


def _leaks(found: list[Leak], checks: int) -> tuple[Block, ...]:
    asked = (
        f"{checks} replays, spread over the years, were asked again of a world that ends on their day: all "
        "that was published, begun or ended later was cut out of the snapshot. A replay that used only what "
        "was known then gives the same profiles, candidates and scores to the last bit."
    )
    if not found:
        return (Text(f"{asked} All {checks} did."),)
    items = tuple(
        f"{leak.pairing_id}, {format_date(leak.day)}: {leak.what} ({leak.differs} differ)" for leak in found
    )
    return (Text(f"{asked} These did not, so their results can't be trusted:"), Items(items))


def _places(choices: Sequence[ChoiceSituation]) -> str:
    """How many replays the latest known addresses flatter, or leave without a distance."""
    scored = [(one, one.chosen) for one in choices if one.chosen is not None]
    apart = [float(kilometres_from(one.profiles, one.row)[chosen]) for one, chosen in scored]
    at_one_point, unknown = sum(km == 0 for km in apart), sum(map(math.isnan, apart))
    return (
        f"Addresses are the latest on record. In {at_one_point} of {len(apart)} replays the partner stands "
        "at the recipient's very point, as one took over the other's address later: that flatters 'nearest' "
        "and the evidence fit, while models of past practice take the distance as unknown. In "
        f"{unknown} replays an address is not on record, which is to the nearest's loss."
    )


def _methods(one: Evaluation) -> Table:
    rows = tuple((method_label(name), f"`{name}`", says) for name, (says, _) in one.methods.items())
    return Table("", ("Method", "Name", "What it does"), rows)
