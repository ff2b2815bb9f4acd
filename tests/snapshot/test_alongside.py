"""Months that one reader puts together: what is held, and what is told, of one that is unlike the others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from matchmaker.snapshot.alongside import unlike
from matchmaker.snapshot.ingest import ReadFile
from matchmaker.sources import files, tabular
from matchmaker.sources.publication import Publication

MONTHS = ("april", "may", "june")
BODIES = [f"H{at:02}" for at in range(40)]
Cell = Callable[[int], float | None]


def usual(body: int) -> float:
    return 3 * body


def read(june: Cell, months: tuple[str, ...] = MONTHS) -> ReadFile:
    def table(late: Cell) -> pl.DataFrame:
        rows = {
            "key": BODIES,
            "came": [float(200 + at) for at in range(40)],
            "late": [late(at) for at in range(40)],
        }
        return pl.DataFrame(rows, schema_overrides={"late": pl.Float64})

    publication = Publication("pilots", "Office", "Pilots", "", ("*.csv",), 0, lambda _: pl.DataFrame())
    tables = tuple((f"{month}.csv", table(june if month == "june" else usual)) for month in months)
    return ReadFile(publication, Path("june.csv"), "june.csv", pl.DataFrame(), frozenset(), tables)


def test_months_like_one_another_say_nothing() -> None:
    assert unlike([read(usual)]) == ([], [])
    assert unlike([read(lambda body: 1.6 * usual(body) // 1)]) == ([], [])


@pytest.mark.parametrize("factor", [1000, 3])
def test_a_column_of_one_month_in_another_unit_is_held(factor: float) -> None:
    (doubt,), _ = unlike([read(lambda body: factor * usual(body))])
    assert doubt.name == "pilots/columns/june.csv"
    assert "late: " in str(doubt.issue.value) and "2,340 in the others" in str(doubt.issue.value)
    assert "--accept pilots/columns/june.csv" in doubt.issue.remedy


def test_parts_of_one_where_the_others_count_whole_are_held() -> None:
    (doubt,), _ = unlike([read(lambda body: 1.5 if body == 7 else usual(body))])
    assert "late: parts of one" in str(doubt.issue.value)


def test_a_count_of_one_body_that_the_other_months_deny_is_told() -> None:
    doubts, notes = unlike([read(lambda body: 0 if body == 30 else usual(body))])
    assert not doubts
    ((source, file, text),) = notes
    assert (source, file) == ("pilots", "june.csv")
    assert text.endswith("late of H30, 0 in june.csv, about 90 in the others.")


def test_of_two_months_nobody_knows_which_is_wrong() -> None:
    assert unlike([read(lambda body: 1000 * usual(body), ("may", "june"))]) == ([], [])


def test_the_tables_of_one_reading_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "june.csv"
    path.write_text("Code,Pilots who were late\nH01,3\nH02,*\n", "utf-8")
    columns = (tabular.text("code", "code"), tabular.number("late", "Pilots who were late"))
    with files.open_session() as session:
        tabular.table(path, columns, keep=None)
    ((name, numbers),) = session.tables
    assert name == "june.csv"
    assert numbers.rows(named=True) == [
        {"key": "H01", "Pilots who were late": 3.0},
        {"key": "H02", "Pilots who were late": None},
    ]


def test_a_table_without_codes_or_with_a_heading_twice_is_read_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "june.csv"
    path.write_text("Port,Late,Late\nEel,3,4\n", "utf-8")
    late = [tabular.number(f"late {at}", "Late", occurrence=at) for at in (1, 2)]
    with files.open_session() as session:
        tabular.table(path, (tabular.text("port", "Port"), *late), keep=None)
        assert not session.tables
        frame = tabular.table(path, (tabular.text("code", "Port"), *late), keep=None)
    assert frame.select("late 1", "late 2").row(0) == (3, 4)
    assert len(session.tables) == 1
