"""The story: whole, true to the figures, and plain where an aim is missed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import polars as pl
import pytest

from matchmaker.evaluation.evaluate import Evaluation
from matchmaker.evaluation.leakage import Leak
from matchmaker.evaluation.replay import FAMILIES
from matchmaker.evaluation.report.build import document, headline, sections
from matchmaker.evaluation.report.document import Dots, Items, Section, Steps, Table, Text
from matchmaker.evaluation.report.labels import METHOD_LABELS, cell, method_label, with_limits
from matchmaker.evaluation.report.outcomes import answer
from matchmaker.evaluation.report.targets import AIMS, aims, practice_methods


@pytest.fixture(scope="module")
def told(evaluation: Evaluation) -> list[Section]:
    return sections(evaluation)


def of_kind(sections: list[Section], kind: type) -> Iterator[object]:
    return (block for section in sections for block in section.blocks if isinstance(block, kind))


def named(sections: list[Section], title: str) -> Section:
    return next(section for section in sections if section.title.startswith(title))


def test_no_section_is_empty_but_those_that_hold_others(told: list[Section]) -> None:
    for section, after in pairwise([*told, Section("", (), 2)]):
        assert section.blocks or after.level > section.level, section.title
        for block in section.blocks:
            if isinstance(block, Text):
                assert block.words.strip().endswith((".", "?", ":")), block.words
            if isinstance(block, Items):
                assert block.items
                assert all(item.strip() for item in block.items)
            if isinstance(block, Table):
                assert block.rows
                assert all(len(row) == len(block.heading) for row in block.rows)


def test_every_family_and_method_is_named(told: list[Section], evaluation: Evaluation) -> None:
    text = document(evaluation)
    for family in FAMILIES.values():
        assert any(section.title == family for section in told)
    for name in evaluation.methods:
        assert method_label(name) in text
        assert f"`{name}`" in text
        assert method_label(name) != name, "each has a name for people"
    assert set(METHOD_LABELS) <= set(evaluation.methods)


def test_every_chart_has_a_table_that_says_the_same(told: list[Section]) -> None:
    charts = 0
    for section in told:
        tables = [block for block in section.blocks if isinstance(block, Table)]
        words = {cell for table in tables for row in table.rows for cell in row}
        for block in section.blocks:
            if isinstance(block, Dots):
                charts += 1
                assert {dot.label for dot in block.dots} <= words
            if isinstance(block, Steps):
                charts += 1
                assert all(any(name.casefold() in word for word in words) for name, _ in block.curves)
    assert charts == 2 + len(dict.fromkeys(FAMILIES.values()))


def test_the_main_figures_are_those_of_the_means(evaluation: Evaluation) -> None:
    table = headline(evaluation)
    (row,) = (one for one in table.rows if one[:2] == ("Buddying", method_label("practice")))
    for at, metric in ((3, "hit@5"), (4, "hit@10"), (5, "percentile")):
        assert row[at] == with_limits(cell(evaluation.means, "Buddying", "practice", metric))
    assert row[2] == str(cell(evaluation.means, "Buddying", "practice", "hit@5")["queries"])


def test_a_missed_aim_is_said_so(evaluation: Evaluation) -> None:
    (table,) = (block for block in aims(evaluation) if isinstance(block, Table))
    said = {(row[0], row[1].partition(":")[0], row[2]): row[4] for row in table.rows}
    assert len(table.rows) == len(AIMS) * len(practice_methods(evaluation))
    logit = method_label("practice")
    found = cell(evaluation.means, "Buddying", "practice", "percentile")
    assert found["value"] > 0.15
    assert found["low"] < 0.15 < found["high"]
    assert said["Buddying", "Candidates placed before it", logit] == "no, within doubt"
    assert said["Buddying", "In the first 10", method_label("practice-lightgbm")].startswith("no")


def test_whether_an_aim_is_met_follows_from_the_figures(evaluation: Evaluation) -> None:
    def met(value: float, low: float | None, high: float | None) -> set[str]:
        ours = (pl.col("family") == "Structural") & (pl.col("metric") == "hit@5")
        means = evaluation.means.with_columns(
            value=pl.when(ours).then(value).otherwise("value"),
            low=pl.when(ours).then(pl.lit(low, pl.Float64)).otherwise("low"),
            high=pl.when(ours).then(pl.lit(high, pl.Float64)).otherwise("high"),
        )
        (table,) = (block for block in aims(replace(evaluation, means=means)) if isinstance(block, Table))
        return {row[4] for row in table.rows if row[0] == "Structural"}

    assert met(0.9, 0.85, 0.95) == {"yes"}
    assert met(0.9, 0.75, 0.95) == {"yes, within doubt"}
    assert met(0.7, 0.6, 0.85) == {"no, within doubt"}
    assert met(0.5, 0.4, 0.6) == {"no"}
    assert met(0.9, None, None) == {"yes, within doubt"}


def test_the_ceiling_is_told_and_what_it_costs(evaluation: Evaluation) -> None:
    (items,) = (block.items for block in aims(evaluation) if isinstance(block, Items))
    counts = evaluation.counts.row(by_predicate=pl.col("family") == "Buddying", named=True)
    out = 1 - counts["ceiling"]
    assert out > 0, "else there is nothing to tell"
    text = " ".join(items)
    assert f"Buddying: {counts['eligible']} of {counts['queries']} partners were eligible" in text
    assert f"{100 * out:.0f}% comes from partners that were not eligible" in text
    all_, eligible = (
        cell(evaluation.means, "Buddying", "practice", "percentile", *which) for which in ((), ("eligible",))
    )
    assert all_["value"] == pytest.approx(out + counts["ceiling"] * eligible["value"])
    assert "holds the aim of 15%" in text


def test_a_leak_would_be_told(evaluation: Evaluation) -> None:
    leaked = replace(evaluation, leaks=[Leak("ACQ-1", evaluation.as_of, "evidence", 7)])
    text = document(leaked)
    assert "can't be trusted" in text
    assert "ACQ-1" in text
    assert "can't be trusted" not in document(evaluation)


def test_the_answer_on_outcomes_follows_from_its_interval(evaluation: Evaluation) -> None:
    found = evaluation.outcomes

    def said(**changed: float) -> str:
        return answer(replace(found, with_exits=[replace(found.with_exits[0], **changed)]))

    assert "neither show E1 nor speak against it" in said(low=0.8, high=2.0)
    assert "excludes no effect" in said(effect=2.0, low=1.2, high=4.0)
    assert "later" in said(effect=0.5, low=0.3, high=0.8)
    assert answer(replace(found, with_exits=[])) == "There are too few spells to say anything."
