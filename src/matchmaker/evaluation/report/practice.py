"""The first question told: does a method predict what regulators and boards did?"""

from __future__ import annotations

from typing import Any

import polars as pl

from matchmaker.evaluation.aggregate import ALL
from matchmaker.evaluation.evaluate import CHANCE, EVIDENCE, Evaluation
from matchmaker.evaluation.replay import FAMILIES
from matchmaker.evaluation.report.context import NEAREST, competitions, eras, hindsight, told_misses
from matchmaker.evaluation.report.document import Block, Dot, Dots, Items, Section, Table, Text
from matchmaker.evaluation.report.labels import (
    METRIC_LABELS,
    RULE_LABELS,
    cell,
    method_label,
    p_value,
    share,
    with_limits,
)
from matchmaker.evaluation.report.targets import aims, practice_methods
from matchmaker.training.choice_sets import NOT_APPLIED

SHOWN = ("hit@1", "hit@5", "hit@10", "mrr", "percentile")


def practice_sections(one: Evaluation) -> list[Section]:
    """Everything about replays, the main figures first."""
    order = families(one)
    return [
        Section("Question 1: does a method predict what was done?", _how()),
        Section("Which pairings count", _counted(one), 3),
        Section("What was aimed at", aims(one), 3),
        *(Section(family, _family(one, family), 3) for family in order),
        Section("By era", eras(one, order), 3),
        Section("Competitions with known losers", competitions(one), 3),
        Section("With hindsight: were the chosen partners alike at all?", hindsight(one, order), 3),
        Section("The worst misses of the evidence fit", told_misses(one.misses.get(EVIDENCE, ())), 3),
    ]


def families(one: Evaluation) -> list[str]:
    """Families that have a query, in the order in which they are told."""
    there = set(one.counts["family"])
    return [family for family in dict.fromkeys(FAMILIES.values()) if family in there]


def _how() -> tuple[Block, ...]:
    return (
        Text(
            "Each past pairing is replayed: every method ranks the trusts that were eligible on the day "
            "before the pairing can have begun, from what was known on that day, and the place of the "
            "partner that was chosen in fact is kept. A high place says that a method would have named the "
            "partner. It does not say that the partner was a good one."
        ),
        Items(
            (
                "All methods rank the same candidates: those that the rules of the arrangement left.",
                "A partner that was not eligible counts as missed.",
                "Candidates with equal scores have no order: each figure is the mean over every order of "
                "the tied. A method that tells nobody apart scores exactly like chance.",
                "Intervals are 95%, from a bootstrap that draws whole organisations, since a trust that was "
                "helped twice is not two trusts.",
                "Methods are compared in pairs, query by query, by a randomisation test that swaps their "
                "results within whole organisations.",
                "A learned method has never seen the query's recipient, nor a pairing with the same partner "
                "agreed on the same day. Those marked 'earlier years only' have also seen nothing from the "
                "year of the query on.",
                "What learned methods may look at was settled while such replays were being made. The only "
                "test that is quite fair to them is on pairings that nobody here has seen.",
            )
        ),
    )


def _counted(one: Evaluation) -> tuple[Block, ...]:
    rows = tuple(
        (
            row["family"],
            str(row["queries"]),
            str(row["organisations"]),
            f"{row['eligible']} ({share(row['ceiling'])})",
            f"{row['candidates']:.0f}",
        )
        for family in families(one)
        for row in one.counts.filter(pl.col("family") == family).iter_rows(named=True)
    )
    heading = ("Family", "Pairings replayed", "Recipients", "Partner was eligible", "Candidates (median)")
    left_out: dict[str, int] = {}
    for skipped in one.skipped:
        left_out[skipped.rule] = left_out.get(skipped.rule, 0) + 1
    reasons = tuple((RULE_LABELS[rule], str(n)) for rule, n in left_out.items())
    kept_out = tuple(
        f"{row['pairing_id']}: {row['why']}"
        for row in one.excluded.unique("pairing_id").sort("pairing_id").iter_rows(named=True)
    )
    rules = ", ".join(NOT_APPLIED["shared_leadership"]).replace("_", " ")
    blocks: list[Block] = [
        Table("", heading, rows, (1, 2, 3, 4)),
        Text(
            "The share of partners that were eligible is the ceiling: no method can name the others. Shared "
            "leadership has no arrangement of its own. It is replayed under the weights and rules of a "
            f"merger, but for these rules: {rules}. Management contracts are replayed as acquisitions."
        ),
    ]
    if reasons:
        blocks.append(Table("Pairings that don't count", ("Rule", "Pairings"), reasons, (1,)))
    if kept_out:
        blocks += [Text("Partners that the rules keep out:"), Items(kept_out)]
    return tuple(blocks)


def _family(one: Evaluation, family: str) -> tuple[Block, ...]:
    found = one.means.filter((pl.col("family") == family) & (pl.col("population") == ALL))
    methods = list(dict.fromkeys(found["method"]))
    order = sorted(methods, key=lambda name: (_role(one, name), -_value(one, family, name, "hit@10"), name))
    rows = tuple(_line(one, family, name) for name in order)
    heading = ("Method", "Queries", *(METRIC_LABELS[metric] for metric in SHOWN))
    dots = tuple(
        Dot(
            method_label(name),
            found_["value"],
            None if name == CHANCE else found_["low"],
            None if name == CHANCE else found_["high"],
            one.methods[name][1] != "baseline",
        )
        for name in order
        if (found_ := cell(one.means, family, name, "hit@10"))
    )
    chance = _value(one, family, CHANCE, "hit@10")
    return (
        Dots(
            f"{family}: partner in the first 10, with 95% intervals; the line is chance", dots, 0, 1, chance
        ),
        Table("", heading, rows, tuple(range(1, len(heading)))),
        *_compared(one, family),
    )


def _role(one: Evaluation, name: str) -> int:
    return ("evidence", "practice", "baseline").index(one.methods[name][1])


def _value(one: Evaluation, family: str, method: str, metric: str) -> float:
    found = cell(one.means, family, method, metric)
    return float(found["value"]) if found else 0.0


def _line(one: Evaluation, family: str, name: str) -> tuple[str, ...]:
    cells = [cell(one.means, family, name, metric) for metric in SHOWN]
    queries = next(str(row["queries"]) for row in cells if row)
    told = [_told(name, row) if row else "" for row in cells]
    mrr = SHOWN.index("mrr")
    if row := cells[mrr]:
        told[mrr] = f"{row['value']:.2f}"
    return (method_label(name), queries, *told)


def _told(name: str, row: dict[str, Any]) -> str:
    """A share with its limits; what chance gives is worked out, so it has none."""
    return share(row["value"]) if name == CHANCE else with_limits(row)


def _compared(one: Evaluation, family: str) -> tuple[Block, ...]:
    """Methods that claim something beside the nearest and beside chance."""
    if one.comparisons.is_empty():
        return ()
    own = one.comparisons.filter(
        (pl.col("family") == family)
        & pl.col("baseline").is_in([NEAREST, CHANCE])
        & pl.col("metric").is_in(["hit@5", "hit@10", "percentile"])
    )
    rows = []
    for (method, baseline), part in own.group_by("method", "baseline", maintain_order=True):
        by_metric = {row["metric"]: row for row in part.iter_rows(named=True)}
        cells = [
            f"{with_limits(by_metric[metric], points=True)}, p {p_value(by_metric[metric]['p'])}"
            for metric in ("hit@5", "hit@10", "percentile")
        ]
        rows.append((method_label(str(method)), method_label(str(baseline)), *cells))
    if not rows:
        return ()
    caption = (
        "Differences in percentage points on the queries that both rank, with 95% intervals and p values "
        "of the paired randomisation test, not raised for the number of tests: comparisons.csv also has them "
        "raised by Holm's method for the baselines that a method is held against. For the last column, less "
        "is better."
    )
    heading = ("Method", "Beside", *(METRIC_LABELS[metric] for metric in ("hit@5", "hit@10", "percentile")))
    return (Table(caption, heading, tuple(rows), (2, 3, 4)),)


def headline_rows(one: Evaluation) -> tuple[tuple[str, ...], ...]:
    """The main figures: family by family, chance, the nearest, the evidence fit, and what was learned."""
    rows = []
    for family in families(one):
        if family == FAMILIES["management_contract"]:
            continue
        for name in (CHANCE, NEAREST, EVIDENCE, *practice_methods(one)):
            cells: list[dict[str, Any] | None] = [
                cell(one.means, family, name, metric) for metric in ("hit@5", "hit@10", "percentile")
            ]
            if all(cells):
                queries = next(str(row["queries"]) for row in cells if row)
                rows.append(
                    (family, method_label(name), queries, *(_told(name, row) for row in cells if row))
                )
    return tuple(rows)


HEADLINE = (
    "Pairings",
    "Method",
    "Number",
    *(METRIC_LABELS[name] for name in ("hit@5", "hit@10", "percentile")),
)
