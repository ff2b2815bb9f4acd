"""Blocks as Markdown: what a table holds can't break it."""

from __future__ import annotations

from matchmaker.evaluation.report.document import (
    Dot,
    Dots,
    Items,
    Section,
    Steps,
    Table,
    Text,
    has_content,
    markdown,
    markdown_table,
)


def test_a_report_is_headings_and_blocks_in_order() -> None:
    sections = [
        Section("One", (Text("Words."), Items(("a", "b")))),
        Section("Part", (Table("Caption", ("x", "n"), (("a", "1"),), (1,)),), 3),
    ]
    assert markdown("Title", sections) == (
        "# Title\n\n## One\n\nWords.\n\n- a\n- b\n\n### Part\n\nCaption\n\n"
        "| x | n |\n| --- | ---: |\n| a | 1 |\n"
    )


def test_a_bar_in_a_cell_is_escaped() -> None:
    assert markdown_table(("a",), (("1|2",),)).splitlines()[2] == "| 1\\|2 |"


def test_charts_are_left_out() -> None:
    charts = (Dots("c", (Dot("a", 1, None, None),), 0, 1), Steps("s", (("a", ((1.0, 0.5),)),), "months"))
    assert markdown("T", [Section("S", charts)]) == "# T\n\n## S\n"


def test_what_has_nothing_to_show_is_known() -> None:
    assert not has_content(Table("t", ("a",), ()))
    assert not has_content(Dots("d", (), 0, 1))
    assert not has_content(Steps("s", (), "months"))
    assert has_content(Table("t", ("a",), (("1",),)))
    assert has_content(Text(""))
