"""Finding the table: its sheet, its row of headings, and what around it is no row."""

from __future__ import annotations

import pytest

from matchmaker.sources.user_tables.layout import Form, Table, find_table
from matchmaker.sources.user_tables.sheets import Sheet

KNOWN = {"port": "code", "name": "name", "berths": "berths", "staff": "staff"}
FORM = Form(
    meaning=KNOWN.get,
    keys=frozenset({"code"}),
    missing="port",
    is_key=lambda cell: cell in {"EEL", "AMB"},
    side=frozenset({"code", "name"}),
    totals=frozenset({"both coasts"}),
)


def table(*lines: str, name: str | None = None) -> Table:
    return find_table([sheet(*lines, name=name)], FORM)


def sheet(*lines: str, name: str | None = None) -> Sheet:
    return Sheet("a.csv", name, tuple(tuple(line.split(",")) for line in lines), ",")


def test_titles_notes_totals_and_headings_again_are_passed_over_and_told() -> None:
    found = table(
        "Berths of two ports,", "made up,", ",", "port,berths", "EEL,80", "port,berths", "AMB,60",
        "Total,140", "Both coasts,140", ",", "Source: made up,", "* below 5,", "1. As of June,",
    )  # fmt: skip
    assert found.heading_row == 4
    assert found.rows == ((5, ("EEL", "80")), (7, ("AMB", "60")))
    assert found.passed_over == (
        "The headings were found in row 4.",
        "Not read, above the headings: rows 1 and 2.",
        "Not read, the headings again: row 6.",
        "Not read, a total: rows 8 and 9.",
        "Not read, a note: rows 11 to 13.",
    )


def test_a_plain_table_has_nothing_to_tell() -> None:
    assert table("port,berths", "EEL,80", "# a remark", "").passed_over == ()


def test_a_row_longer_than_the_headings_is_told_with_what_stands_between_cells() -> None:
    (issue,) = table("port,name,berths", "EEL,Eel, Quay,80", "AMB,Amber,60").issues
    assert (issue.row, issue.value, issue.expected) == (2, "4 cells", "3 cells, as many as headings")
    assert "put a name or number that holds one in quotation marks" in issue.remedy


def test_a_second_table_under_the_first_is_told() -> None:
    (issue,) = table("port,berths", "EEL,80", "", "port,staff", "EEL,120").issues
    assert issue.row == 4 and "one table" in issue.expected


@pytest.mark.parametrize("swapped", [False, True])
def test_the_sheet_that_holds_figures_is_read_and_named(swapped: bool) -> None:
    sheets = [
        sheet("Cover", name="Cover"),
        sheet("port,name", "EEL,Eelhythe", name="List"),
        sheet("port,berths", "EEL,80", name="Data"),
    ]
    found = find_table(sheets[::-1] if swapped else sheets, FORM)
    assert (found.sheet, found.passed_over) == ("Data", ("The sheet 'Data' was read.",))


def test_of_two_sheets_with_figures_the_first_is_read_and_the_other_is_told() -> None:
    found = find_table(
        [sheet("port,berths", "EEL,80", name="2024"), sheet("port,berths", "EEL,90", name="2025")], FORM
    )
    assert found.sheet == "2024"
    assert "'2025' also holds a table" in found.passed_over[0] and "a.csv#2025" in found.passed_over[0]


def test_of_two_ways_to_split_lines_the_one_that_is_understood_counts() -> None:
    commas = Sheet("a.csv", None, (("port;berths",), ("EEL;80",)), ",")
    semicolons = Sheet("a.csv", None, (("port", "berths"), ("EEL", "80")), ";")
    assert find_table([commas, semicolons], FORM).rows == ((2, ("EEL", "80")),)
