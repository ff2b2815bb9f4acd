"""Next month's official file goes in with one command, and what it changes is told."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from totals import totals_follow
from typer.testing import CliRunner

from matchmaker.cli import app
from matchmaker.errors import BadFile, InvalidParameter
from matchmaker.sector import load_sector
from matchmaker.snapshot import Snapshot
from matchmaker.snapshot.build import build
from matchmaker.snapshot.diff import diff

NHS = load_sector("nhs")
LATEST = "kh03-recent/Beds-Open-Overnight-Web_File-Q1-2025-26.xlsx"
ENGLAND, FIRST, BARTS = 16, 18, 19
"""Rows of the workbook: the line of totals, the first trust, and Barts Health (R1H)."""
YEAR, MONTH, CODE, BEDS_OPEN, LAST = 2, 3, 5, 7, 17
"""Columns of the workbook, from 1."""

PUBLISHED = {
    ("2023-24", "June"): "20th November 2025",  # as a revision of that quarter
    ("2025-26", "June"): "21st August 2025",
    ("2025-26", "September"): "20th November 2025",
    ("2026-27", "September"): "19th November 2026",
}

Workbook = Callable[[Path], AbstractContextManager[Worksheet]]
Edition = Callable[[str, str, float], Path]


@pytest.fixture
def edition(folder: Path, tmp_path: Path, change: Workbook) -> Edition:
    """Writes a beds workbook of another quarter, its figures a little more than the latest ones."""

    def written(year: str, month: str, times: float) -> Path:
        path = Path(shutil.copy(folder / LATEST, tmp_path / f"beds-{year}-{month}.xlsx"))
        with change(path) as sheet:
            notes = {"Published:": PUBLISHED[year, month], "Period:": f"The quarter to {month} {year[:4]}"}
            for label in [cell for row in sheet["A1:E15"] for cell in row if cell.value in notes]:
                sheet.cell(label.row, label.column + 1).value = notes[label.value]
            for row in (ENGLAND, *range(FIRST, sheet.max_row + 1)):
                sheet.cell(row, YEAR).value, sheet.cell(row, MONTH).value = year, month
                for column in range(BEDS_OPEN, LAST + 1):
                    cell = sheet.cell(row, column)
                    if isinstance(cell.value, int | float):
                        cell.value = cell.value * times
        return path

    return written


def test_the_same_files_give_the_same_snapshot(folder: Path, expected: Snapshot, tmp_path: Path) -> None:
    again, _ = build(folder, tmp_path / "again.zip", sector=NHS)
    assert again.hash == expected.hash
    assert again.path.read_bytes() == expected.path.read_bytes()


def test_new_figures_come_in(folder: Path, edition: Edition, expected: Snapshot, tmp_path: Path) -> None:
    path = edition("2025-26", "September", 1.01)
    made, report = build(folder, tmp_path / "new.zip", [(path, "kh03_beds")], sector=NHS)
    assert report.superseded == 0
    found = diff(expected, made)
    assert found.figures["change"].unique().to_list() == ["new"]
    assert found.figures["period_end"].unique().to_list() == [date(2025, 9, 30)]
    # Some trusts send no beds: their noughts are no figures.
    assert found.tables["table"].to_list() == ["measures", "quarantine"]
    barts = made.measures.filter(code="R1H", measure="beds_available", period_end=date(2025, 9, 30))
    assert barts["value"].item() == pytest.approx(2162.737 * 1.01, abs=0.001)
    assert barts["known_from"].item() == date(2025, 11, 20)
    assert path.name in {entry["name"] for entry in made.sources["kh03_beds"]["files"]}
    assert made.sources["kh03_beds"]["period_last"] == "2025-09-30"


def test_a_revised_file_replaces_what_it_changes(
    folder: Path, edition: Edition, change: Workbook, expected: Snapshot, tmp_path: Path
) -> None:
    path = edition("2025-26", "June", 1.0)
    with change(path) as sheet:
        before = sheet.cell(BARTS, BEDS_OPEN).value
        sheet.cell(BARTS, BEDS_OPEN).value = 2100
    made, report = build(folder, tmp_path / "new.zip", [(path, "kh03_beds")], sector=NHS)
    assert report.superseded == 1
    (changed,) = diff(expected, made).figures.iter_rows(named=True)
    assert (changed["code"], changed["measure"], changed["change"]) == ("R1H", "beds_available", "changed")
    assert (changed["value_a"], changed["value_b"]) == (pytest.approx(before), 2100)
    assert made.conflicts.equals(expected.conflicts)


def test_a_file_that_contradicts_another_source_is_listed(
    folder: Path, edition: Edition, expected: Snapshot, tmp_path: Path
) -> None:
    path = edition("2023-24", "June", 1.1)
    made, _ = build(folder, tmp_path / "new.zip", [(path, "kh03_beds")], sector=NHS)
    new = made.conflicts.join(expected.conflicts, on=made.conflicts.columns, how="anti")
    (barts,) = new.filter(code="R1H", measure="beds_available").iter_rows(named=True)
    assert barts["period_end"] == date(2023, 6, 30)
    # The official file is believed; what the compilation says stays beside it.
    assert (barts["source"], barts["other_source"]) == ("kh03_beds", "kh03_beds_panel")
    assert barts["value"] == pytest.approx(2162.737 * 1.1, abs=0.001)
    said = made.measures.filter(code="R1H", measure="beds_available", source="kh03_beds_panel")
    assert said.filter(period_end=date(2023, 6, 30))["value"].item() == barts["other_value"]


def test_the_default_day_is_that_of_the_latest_knowledge(
    folder: Path, edition: Edition, expected: Snapshot, tmp_path: Path
) -> None:
    assert expected.as_of == date(2026, 7, 1)
    path = edition("2026-27", "September", 1.02)
    made, _ = build(folder, tmp_path / "new.zip", [(path, "kh03_beds")], sector=NHS)
    assert made.as_of == date(2026, 11, 19)


def test_figures_and_trusts_that_go_are_told(folder: Path, expected: Snapshot, tmp_path: Path) -> None:
    _, before = build(folder, tmp_path / "before.zip", sector=NHS)
    (folder / LATEST).unlink()
    listed = folder / "ods-etr" / "etr_2026-07.csv"
    lines = listed.read_text("utf-8").splitlines(keepends=True)
    listed.write_text("".join(line for line in lines if '"R1H"' not in line), "utf-8")
    made, report = build(folder, tmp_path / "new.zip", sector=NHS)
    found = diff(expected, made)
    assert found.figures["change"].unique().to_list() == ["gone"]
    # Barts Health is gone from the list, so from every quarter.
    assert found.figures.filter(pl.col("period_end") < date(2025, 6, 30))["code"].unique().to_list() == [
        "R1H"
    ]
    assert found.organisations.select("code", "held_by").rows() == [("R1H", "a")]
    panel = "hf-elective-constraints/FINAL_overnight_beds.csv"
    barts = expected.measures.filter(code="R1H", file=panel).height
    assert report.left_out[panel] == before.left_out[panel] + barts


def test_a_wrong_source_is_refused(folder: Path, edition: Edition, tmp_path: Path) -> None:
    path = edition("2025-26", "September", 1.01)
    with pytest.raises(InvalidParameter, match=r"no source named kh03\. The sources are: .*kh03_beds"):
        build(folder, tmp_path / "new.zip", [(path, "kh03")], sector=NHS)
    with pytest.raises(BadFile, match=r"expected (a sheet|a row with the headings)"):
        build(folder, tmp_path / "new.zip", [(path, "cancelled_operations")], sector=NHS)
    with pytest.raises(BadFile, match=r"gone\.xlsx: expected a file that opens"):
        build(folder, tmp_path / "new.zip", [(tmp_path / "gone.xlsx", "kh03_beds")], sector=NHS)
    assert not (tmp_path / "new.zip").exists()


def test_the_commands_say_what_came_in_and_what_changed(
    folder: Path, edition: Edition, expected: Snapshot, tmp_path: Path
) -> None:
    new, changes = tmp_path / "new.zip", tmp_path / "changes.csv"
    path = edition("2025-26", "September", 1.01)
    run = CliRunner()
    options = ["--from", str(folder), "--to", str(new), "--add", str(path), "--source", "kh03_beds"]
    then = {"MATCHMAKER_TODAY": "2025-12-01", "MATCHMAKER_SNAPSHOT": str(expected.path)}
    built = run.invoke(app, ["snapshot", "build", *options], env=then)
    assert built.exit_code == 0, built.output
    assert "0 figures were replaced by later files" in built.output
    compared = run.invoke(app, ["snapshot", "diff", str(expected.path), str(new), "--out", str(changes)])
    assert compared.exit_code == 0, compared.output
    came = pl.read_csv(changes)
    assert came["change"].unique().to_list() == ["new"]
    assert came.filter(code="R1H", measure="beds_available").height == 1


def test_the_same_snapshot_differs_in_nothing(expected: Snapshot) -> None:
    found = diff(expected, expected)
    assert found.same
    assert found.figures.is_empty() and found.organisations.is_empty()


def test_an_added_file_that_is_cut_short_is_refused(
    folder: Path, edition: Edition, change: Workbook, tmp_path: Path
) -> None:
    path = edition("2025-26", "September", 1.01)
    with change(path) as sheet, totals_follow(sheet, ENGLAND):
        sheet.delete_rows(FIRST + 20, sheet.max_row)
    with pytest.raises(BadFile, match="The file seems to be cut short"):
        build(folder, tmp_path / "new.zip", [(path, "kh03_beds")], sector=NHS)
    assert not (tmp_path / "new.zip").exists()


def test_a_cut_file_without_an_earlier_one_is_told(folder: Path, tmp_path: Path) -> None:
    """`ae_cut_short.csv` of the public cases: two trusts of about 150, no total row."""
    case = Path(__file__).parents[2] / "cases" / "ae_cut_short.csv"
    _, report = build(folder, tmp_path / "new.zip", [(case, "ae_monthly")], sector=NHS)
    (note,) = [note for note in report.notes if note.startswith(case.name)]
    assert "has figures of 2 of " in note and "check that it is whole" in note


def test_the_list_under_its_official_name_asks_for_its_day(folder: Path, tmp_path: Path) -> None:
    """`etr.csv` of the public cases."""
    case = Path(__file__).parents[2] / "cases" / "etr.csv"
    with pytest.raises(BadFile, match=r"such as etr_2026-08\.csv"):
        build(folder, tmp_path / "new.zip", [(case, "ods_trusts")], sector=NHS)
