"""Days after today, and periods that a file's own name or title denies."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from matchmaker.snapshot.dates import PLANNED, days_after, denied, not_yet, periods_after
from matchmaker.snapshot.ingest import ReadFile
from matchmaker.sources import said
from matchmaker.sources.publication import Publication, Standing

TODAY = date(2026, 6, 1)


def read(
    name: str, first: date, last: date, above: str = "", table: str = "measures", standing: int = 1
) -> ReadFile:
    publication = Publication(
        "tides", "Office", "Tides", "", ("*.csv",), 0, lambda _: pl.DataFrame(), Standing(standing), table
    )
    frame = pl.DataFrame({"code": ["EEL"], "period_start": [first], "period_end": [last], "row": [3]})
    return ReadFile(publication, Path(name), name, frame, frozenset(said.months(above)))


MAY = (date(2026, 5, 1), date(2026, 5, 31))


@pytest.mark.parametrize(
    ("text", "months", "years"),
    [
        ("MSitAE-JUNE-2025", {date(2025, 6, 1)}, {2025}),
        ("Full-CSV-Jan26", {date(2026, 1, 1)}, set()),
        ("Published: 14th August 2125", set(), set()),
        ("Published: 14th August 2025", set(), {2025}),
        ("Period: April to June 2025", {date(2025, 6, 1)}, {2025}),
        ("Q1-2025-26 and 201920", set(), {2019, 2020, 2025, 2026}),
    ],
)
def test_what_a_text_says(text: str, months: set[date], years: set[int]) -> None:
    assert said.months(text) == months
    assert said.years(text) == years


def test_quarters_by_number() -> None:
    spring, winter = (date(2025, 4, 1), date(2025, 6, 30)), (date(2025, 1, 1), date(2025, 3, 31))
    of_2024 = (date(2024, 4, 1), date(2024, 6, 30))
    assert said.quarters("Q1-2025-26-Tides.xlsx") == [{spring}]
    assert said.quarters("Tides_2025/26 quarter 1") == [{spring}]
    assert said.quarters("Q1 2025") == said.quarters("2025-Q1-Tides") == [{spring, winter, of_2024}]
    assert said.quarters("Tides-Q4-2024-25revised") == [{winter}]
    assert said.quarters("faq1 2025") == said.quarters("Q5 2025") == said.quarters("Q1-Tides") == []


@pytest.mark.parametrize(
    ("name", "above", "faults"),
    [
        ("tides-may-2026.csv", "", 0),
        ("tides-april-2026.csv", "", 1),
        ("tides-2026.csv", "to May 2026", 0),
        ("tides-2026.csv", "to June 2025", 1),
        ("tides-2023.csv", "", 1),
        ("tides-2025.csv", "", 0),
        ("tides.csv", "", 0),
        ("tides-q1-2026-27.csv", "", 0),
        ("tides-Q2 2026-27.csv", "", 1),
        ("tides_q2_2026.csv", "", 0),
        ("tides_q3_2026.csv", "", 1),
        ("tides_quarter_4.csv", "", 0),
    ],
)
def test_a_name_or_title_of_another_period(name: str, above: str, faults: int) -> None:
    assert len(denied([read(name, *MAY, above)])) == faults


def test_what_is_worked_out_is_of_years_for_which_its_file_stands_in() -> None:
    assert not denied([read("tides-2004.csv", *MAY, standing=int(Standing.MODELLED))])


def test_figures_of_days_to_come() -> None:
    figures = pl.DataFrame(
        {
            "file": ["a", "b", "c"],
            "sheet": [None] * 3,
            "row": [1, 2, 3],
            "column": [None] * 3,
            "code": ["EEL"] * 3,
            "measure": ["berths"] * 3,
            "period_end": [TODAY, TODAY + timedelta(1), date(2025, 1, 1)],
            "known_from": [TODAY, TODAY + timedelta(1), date(2125, 1, 1)],
        }
    )
    assert [issue.file for issue in periods_after(figures, TODAY)] == ["b", "c"]


def test_lists_may_hold_what_is_planned() -> None:
    soon = read("list.csv", MAY[0], TODAY + PLANNED, table="successions")
    late = read("list.csv", MAY[0], TODAY + PLANNED + timedelta(1), table="successions")
    assert not days_after([soon], TODAY)
    (issue,) = days_after([late], TODAY)
    assert (issue.row, issue.column) == (3, "period_end")


def test_facts_of_a_year_that_is_not_over_are_told() -> None:
    publication = Publication(
        "pilots", "Office", "Pilots", "", ("*.csv",), 0, lambda _: pl.DataFrame(), table="t"
    )
    frame = pl.DataFrame({"code": ["EEL", "ANT"], "as_of": [date(2025, 12, 31), date(2026, 12, 31)]})
    item = ReadFile(publication, Path("pilots.csv"), "pilots.csv", frame)
    assert not_yet([item], TODAY) == [
        "pilots (pilots.csv): 1 fact holds from a later day only, 31 December 2026."
    ]
    assert not_yet([item], date(2026, 12, 31)) == []
