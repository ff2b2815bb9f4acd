"""The report: whole, true to the figures, and plain where a target is missed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest

from matchmaker import Matchmaker
from matchmaker.evaluation.published import published_evaluation
from matchmaker.evaluation.records import ELIGIBLE, Leak, PublishedEvaluation
from matchmaker.evaluation.report.build import document, sections
from matchmaker.evaluation.report.document import Block, Dots, Items, Section, Steps, Table, Text
from matchmaker.evaluation.report.labels import with_exact_limits, with_limits
from matchmaker.evaluation.report.replays import headline
from matchmaker.sector import Sector


@pytest.fixture(scope="module")
def shipped(engine: Matchmaker) -> PublishedEvaluation:
    """The evaluation of the bundled snapshot, which has every part."""
    found = published_evaluation(engine.sector)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def whole(shipped: PublishedEvaluation, engine: Matchmaker) -> list[Section]:
    return sections(shipped, engine.sector)


def blocks(found: list[Section], title: str) -> Iterator[Block]:
    return (block for section in found if section.title.startswith(title) for block in section.blocks)


def test_no_section_is_empty_but_those_that_hold_others(
    whole: list[Section], published: PublishedEvaluation, harbours: Sector
) -> None:
    for found in (whole, sections(published, harbours)):
        for section, after in pairwise([*found, Section("", (), 2)]):
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


def test_pages_find_the_sections_that_they_pick_out(
    whole: list[Section], shipped: PublishedEvaluation
) -> None:
    names = [section.name for section in whole if section.name]
    assert names == [
        "summary",
        *(["rules", "wins", "forward"] if shipped.rules else []),
        "outcomes",
        "confounders",
        "limits",
    ]


def test_every_family_and_method_is_named(shipped: PublishedEvaluation, engine: Matchmaker) -> None:
    text = document(shipped, engine.sector)
    for family in shipped.families:
        assert f"### {family}\n" in text
    for method in shipped.methods:
        assert method.label in text
        assert method.label != method.name, "each has a name for people"
        assert (f"`{method.name}`" in text) == (method.role != "lookahead")


def test_every_chart_has_a_table_that_says_the_same(
    whole: list[Section], shipped: PublishedEvaluation
) -> None:
    charts = 0
    for section in whole:
        tables = [block for block in section.blocks if isinstance(block, Table)]
        words = {cell for table in tables for row in table.rows for cell in row}
        for block in section.blocks:
            if isinstance(block, Dots):
                charts += 1
                assert {dot.label for dot in block.dots} <= words
            if isinstance(block, Steps):
                charts += 1
                assert all(any(name.casefold() in word for word in words) for name, _ in block.curves)
    assert charts == 2 + len(shipped.families)


def test_the_main_figures_are_those_of_the_families_with_enough(shipped: PublishedEvaluation) -> None:
    table = headline(shipped)
    label = shipped.label("practice")
    (row,) = (one for one in table.rows if one[:2] == ("Buddying", label))
    for at, metric in ((3, "hit@5"), (4, "hit@10")):
        figure = shipped.figure("Buddying", "practice", metric)
        assert figure is not None
        assert row[at] == with_exact_limits(figure)
        assert row[2] == str(figure.queries)
    placed = shipped.figure("Buddying", "practice", "percentile", ELIGIBLE)
    assert placed is not None
    assert row[5] == with_limits(placed), "where the partner was eligible, so that 50% is chance"
    assert {row[0] for row in table.rows} == {"Buddying", "Structural", "Shared leadership"}


def test_where_no_family_has_enough_all_are_shown(published: PublishedEvaluation) -> None:
    assert {row[0] for row in headline(published).rows} == {"Mentoring", "Takeover"}


def test_the_report_speaks_of_the_sector(published: PublishedEvaluation, harbours: Sector) -> None:
    text = document(published, harbours)
    assert "every method ranks the harbours" in text
    assert "Takeover is replayed without these rules: size ratio." in text
    assert "- Harbours are few.\n" in text
    assert "recipient_port, partner_port, kind and start_date are needed" in text
    assert "There was no survey between 2018 and 2021." in text
    assert "Only a part of a harbour" not in text  # no such pairing was left out
    assert "| Never came about | 1 |" in text
    assert "of 7 harbours with a named mentor and such a rating, 3 unsafe, 3 lacking, 1 sound" in text


def test_kinds_without_an_arrangement_say_how_they_are_replayed(
    shipped: PublishedEvaluation, engine: Matchmaker
) -> None:
    text = document(shipped, engine.sector)
    assert "Management contract has no arrangement of its own" in text
    assert (
        "but for these rules: same type, not in special measures, rated better than inadequate, within km."
        in text
    )


def test_a_leak_is_reported(published: PublishedEvaluation, harbours: Sector) -> None:
    leak = Leak(pairing_id="M1", day=published.as_of, what="evidence", differs=7)
    text = document(published.model_copy(update={"leaks": (leak,)}), harbours)
    assert "can't be trusted" in text
    assert "M1, 30 June 2025: evidence (7 differ)" in text
    assert "can't be trusted" not in document(published, harbours)
