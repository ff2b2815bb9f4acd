"""Builds from a folder with hostile files: each is refused or read right, and the reason is precise."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import polars as pl
import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from totals import totals_follow

from matchmaker.errors import BadFile, Issue
from matchmaker.sector import load_sector
from matchmaker.snapshot import Snapshot
from matchmaker.snapshot.build import build

NHS = load_sector("nhs")
BEDS = "Beds-Open-Overnight-Web_File-Q1-2025-26.xlsx"
QUARTERS = "FINAL_overnight_beds.csv"
TRUSTS = "etr_2026-07.csv"
HEADINGS, ENGLAND, BARTS = 15, 16, 19
"""Rows of the workbook."""
MONTH, CODE, BEDS_OPEN, GENERAL_ACUTE, LAST = 3, 5, 7, 8, 17
"""Columns of the workbook, from 1."""


Beds = Callable[[Path], AbstractContextManager[Worksheet]]
"""Opens the latest beds workbook of a folder to be spoilt."""


@pytest.fixture
def beds(change: Beds) -> Beds:
    return lambda folder: change(folder / "kh03-recent" / BEDS)


def rewrite(path: Path, change: Callable[[str], str]) -> None:
    before = path.read_text("utf-8")
    after = change(before)
    assert after != before
    path.write_text(after, "utf-8")


def refused(folder: Path, in_use: Path) -> tuple[Issue, ...]:
    """The faults of a build that must fail and leave no trace."""
    before, beside = in_use.read_bytes(), sorted(in_use.parent.rglob("*"))
    with pytest.raises(BadFile) as caught:
        build(folder, in_use, sector=NHS)
    assert "left as it is" in caught.value.next_step
    assert in_use.read_bytes() == before
    assert sorted(in_use.parent.rglob("*")) == beside
    return caught.value.faults


def test_the_clean_folder_builds(expected: Snapshot) -> None:
    expected.verify()
    barts = expected.measures.filter(code="R1H", measure="beds_available", source="kh03_beds")
    assert barts.sort("period_end")["value"].last() == pytest.approx(2162.737, abs=0.001)


def test_a_truncated_workbook(folder: Path, in_use: Path) -> None:
    path = folder / "kh03-recent" / BEDS
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    (fault,) = refused(folder, in_use)
    assert fault.file == BEDS
    assert fault.expected.startswith("a file that opens")


def test_a_web_page_saved_as_a_workbook(folder: Path, in_use: Path) -> None:
    (folder / "kh03-recent" / BEDS).write_text("\ufeff<html><body>Page not found</body></html>", "utf-8")
    (fault,) = refused(folder, in_use)
    assert str(fault).startswith(f"{BEDS}: expected an Excel workbook, not a web page")


def test_another_sheet(folder: Path, beds: Beds, in_use: Path) -> None:
    with beds(folder) as sheet:
        sheet.title = "Beds by ward"
    (fault,) = refused(folder, in_use)
    assert "a sheet named 'NHS Trust by Sector'; the sheets are" in fault.expected
    assert "Beds by ward" in fault.expected


def test_shuffled_columns_are_read_right(
    folder: Path, beds: Beds, expected: Snapshot, tmp_path: Path
) -> None:
    with beds(folder) as sheet:
        for merged in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(merged.coord)
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        groups = sheet[HEADINGS - 1]
        order = [*range(13, 18), 12, *range(23, 17, -1), *range(11, 6, -1), 6, 5, 4, 3, 2, 1]
        for at, row in enumerate(rows, start=1):
            for to, place in enumerate(order, start=1):
                sheet.cell(at, to).value = row[place - 1]
        # A group heading stands over the first column of its block, wherever that is now.
        for to, name in enumerate(
            (*["Occupied"] * 5, None, *["% Occupied"] * 5, None, *["Available"] * 5), 1
        ):
            groups[to - 1].value = name
    assert build(folder, tmp_path / "new.zip", sector=NHS)[0].measures.equals(expected.measures)


def test_shuffled_columns_of_a_list_without_headings(folder: Path, in_use: Path) -> None:
    path = folder / "ods-etr" / TRUSTS
    frame = pl.read_csv(path, has_header=False, infer_schema=False)
    names = frame.columns
    names[2], names[9] = names[9], names[2]
    frame.select(names).write_csv(path, include_header=False, quote_style="always")
    faults = refused(folder, in_use)
    assert {fault.file for fault in faults} == {TRUSTS}
    assert {fault.column for fault in faults} == {"region_code", "postcode"}
    barts = next(fault for fault in faults if fault.value == "E1 1BB")
    assert barts.expected == "a region's code, such as Y56"
    assert barts.row is not None


def test_negative_beds(folder: Path, beds: Beds, in_use: Path) -> None:
    with beds(folder) as sheet, totals_follow(sheet, ENGLAND):
        sheet.cell(BARTS, GENERAL_ACUTE).value = -12
    (fault,) = refused(folder, in_use)
    code = load_workbook(folder / "kh03-recent" / BEDS)["NHS Trust by Sector"].cell(BARTS, CODE).value
    assert str(fault) == (
        f"kh03-recent/{BEDS}, sheet NHS Trust by Sector, row {BARTS}, column General & Acute: found '-12'; "
        f"expected beds_available_general_acute of {code} between 0 and 4000 beds."
    )


def test_words_where_numbers_belong(folder: Path, beds: Beds, in_use: Path) -> None:
    with beds(folder) as sheet:
        sheet.cell(BARTS, BEDS_OPEN).value = "about 700"
    (fault,) = refused(folder, in_use)
    assert (fault.file, fault.sheet, fault.row, fault.column, fault.value, fault.expected) == (
        BEDS,
        "NHS Trust by Sector",
        BARTS,
        "Total",
        "about 700",
        "a number",
    )


def test_dates_as_text(folder: Path, beds: Beds, in_use: Path) -> None:
    rewrite(folder / "ods-etr" / TRUSTS, lambda text: text.replace('"20171001"', '"1 October 2017"', 1))
    with beds(folder) as sheet:
        for row in range(ENGLAND, sheet.max_row + 1):
            if sheet.cell(row, MONTH).value:
                sheet.cell(row, MONTH).value = "30/06/2025"
    faults = {fault.file: fault for fault in refused(folder, in_use)}
    assert faults[TRUSTS].value == "1 October 2017"
    assert faults[TRUSTS].expected == "a date as YYYYMMDD"
    assert faults[TRUSTS].row is not None
    assert faults[BEDS].value == "2025-26 30/06/2025"
    assert "such as 2025-26 June" in faults[BEDS].expected


def test_a_trust_of_another_quarter(folder: Path, beds: Beds, in_use: Path) -> None:
    with beds(folder) as sheet:
        sheet.cell(BARTS, MONTH).value = "March"
    (fault,) = refused(folder, in_use)
    assert (fault.row, fault.value) == (BARTS, "2025-26 March")
    assert fault.expected == "2025-26 June as in the other rows"


def test_a_trust_that_stands_twice_with_another_value(folder: Path, beds: Beds, in_use: Path) -> None:
    with beds(folder) as sheet, totals_follow(sheet, ENGLAND):
        last = sheet.max_row
        for column in range(1, sheet.max_column + 1):
            sheet.cell(last + 1, column).value = sheet.cell(BARTS, column).value
        code = sheet.cell(BARTS, CODE).value
        sheet.cell(last + 1, BEDS_OPEN).value = 100
    (fault,) = refused(folder, in_use)
    assert (fault.row, fault.column) == (BARTS, "Total")
    assert fault.value is not None and fault.value.endswith(" and 100")
    expected = (
        f"one value of beds_available for {code} in 2025-04-01 to 2025-06-30; rows [{BARTS}, {last + 1}]"
    )
    assert fault.expected == expected


def test_a_trust_listed_twice_with_another_name(folder: Path, in_use: Path) -> None:
    first = (folder / "ods-etr" / TRUSTS).read_text("utf-8").splitlines()[0]
    name = first.split('","')[1]
    again = first.replace(name, "QUITE ANOTHER NHS TRUST")
    rewrite(folder / "ods-etr" / TRUSTS, lambda text: f"{text.rstrip()}\n{again}\n")
    (fault,) = refused(folder, in_use)
    assert (fault.column, fault.value) == ("name", "QUITE ANOTHER NHS TRUST")
    assert f"{name} as in row 1" in fault.expected
    assert fault.row is not None and fault.row > 1


@pytest.mark.parametrize("factor", [10, 0.1])
def test_another_unit(folder: Path, beds: Beds, in_use: Path, factor: float) -> None:
    with beds(folder) as sheet:
        for row in sheet.iter_rows(ENGLAND, sheet.max_row, BEDS_OPEN, LAST):
            for cell in row:
                if isinstance(cell.value, int | float):
                    cell.value = cell.value * factor
    faults = refused(folder, in_use)
    assert {fault.file for fault in faults} == {f"kh03-recent/{BEDS}"}
    told = {fault.expected.split()[0]: fault for fault in faults if "typically" in (fault.value or "")}
    assert {"beds_available", "beds_available_general_acute", "beds_occupied"} <= told.keys()
    beds_open = told["beds_available"]
    assert beds_open.expected == "beds_available of 2025-04-01 to 2025-06-30 in beds, as elsewhere"
    assert beds_open.value is not None
    assert float(beds_open.value.split()[2]) == pytest.approx(factor, rel=0.05)


def test_a_total_that_is_not_the_published_one(folder: Path, beds: Beds, in_use: Path) -> None:
    with beds(folder) as sheet, totals_follow(sheet, ENGLAND):
        sheet.delete_rows(sheet.max_row - 20, 10)
    faults = refused(folder, in_use)
    (fault,) = (fault for fault in faults if "in all at 2025-06-30" in fault.expected)
    assert fault.expected.startswith("beds_available of 130,060 in all")
    assert "KH03 2025-26 quarter 1, the line England" in fault.expected


def test_a_quarter_that_repeats_another(folder: Path, in_use: Path) -> None:
    def repeat(text: str) -> str:
        lines = text.splitlines()
        old = [line for line in lines if "2022 Q1" in line]
        assert len(old) > 100
        kept = [line for line in lines if "2023 Q1" not in line]
        return "\n".join([*kept, *(line.replace("2022 Q1", "2023 Q1") for line in old)])

    rewrite(folder / "hf-elective-constraints" / QUARTERS, repeat)
    faults = refused(folder, in_use)
    assert {fault.file for fault in faults} == {f"hf-elective-constraints/{QUARTERS}"}
    (fault,) = (fault for fault in faults if fault.expected.startswith("beds_available "))
    assert fault.expected == "beds_available of 2023-04-01 to 2023-06-30 with figures of its own"
    assert fault.value is not None and fault.value.endswith("the figure of 2022-04-01 to 2022-06-30")


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
def test_other_encodings_are_read_right(
    folder: Path, expected: Snapshot, tmp_path: Path, encoding: str
) -> None:
    path = folder / "ods-etr" / TRUSTS
    named = path.read_text("utf-8").replace("BARTS HEALTH", "BARTS HEALTH – SANTÉ")
    path.write_bytes(named.encode(encoding))
    made = build(folder, tmp_path / "new.zip", sector=NHS)[0]
    assert made.organisations.filter(code="R1H")["name"].item() == "Barts Health – Santé NHS Trust"
    assert made.organisations.drop("name").equals(expected.organisations.drop("name"))


def test_bytes_that_are_no_text_are_refused(folder: Path, in_use: Path) -> None:
    path = folder / "ods-etr" / TRUSTS
    path.write_bytes(gzip.compress(path.read_bytes()))
    (fault,) = refused(folder, in_use)
    assert str(fault) == f"{TRUSTS}: expected a CSV file, not a binary one."


def test_all_faults_of_a_build_are_told_together(folder: Path, beds: Beds, in_use: Path) -> None:
    path = next(path for path in (folder / "kh03-recent").glob("*Q2-2024-25*"))
    path.write_bytes(b"")
    with beds(folder) as sheet, totals_follow(sheet, ENGLAND):
        sheet.cell(BARTS, GENERAL_ACUTE).value = -12
    rewrite(folder / "ods-etr" / TRUSTS, lambda text: text.replace('"20171001"', '"1 October 2017"', 1))
    faults = refused(folder, in_use)
    assert {fault.file for fault in faults} == {path.name, f"kh03-recent/{BEDS}", TRUSTS}
    assert len(faults) == 3


def test_a_folder_without_the_list_of_trusts(folder: Path, in_use: Path) -> None:
    shutil.rmtree(folder / "ods-etr")
    (fault,) = refused(folder, in_use)
    assert fault.expected.startswith("a file of ods_trusts or ")
    assert fault.expected.endswith("the list of organisations")


def test_lock_files_of_office_programs_are_no_data(folder: Path, expected: Snapshot, tmp_path: Path) -> None:
    (folder / "kh03-recent" / f"~${BEDS}").write_bytes(b"\x05Owner")
    assert build(folder, tmp_path / "new.zip", sector=NHS)[0].hash == expected.hash
