"""Hostile files: each is refused or read right, with the precise reason; nothing is lost silently."""

from __future__ import annotations

import shutil
from pathlib import Path

import fastexcel
import polars as pl
import pytest

from matchmaker.errors import BadFile
from matchmaker.sectors.nhs.sources import kh03_beds
from matchmaker.sources import tabular
from matchmaker.sources.tabular import number, text

CODES = r"^R[A-Z0-9]{2}$"
COLUMNS = (text("code", "Org Code"), number("beds", "Beds available"))


def csv(folder: Path, content: str | bytes, name: str = "beds.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_notes_above_and_shuffled_columns_do_no_harm(tmp_path: Path) -> None:
    path = csv(
        tmp_path,
        'A title\n\nNote,"with, commas"\nName,Beds  AVAILABLE,org code\nX,"1,234",rpa \nEngland,9,\n',
    )
    frame = tabular.table(path, COLUMNS, keep=CODES)
    assert frame.rows() == [(5, "RPA", 1234.0)]


def test_missing_headings_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"beds.csv: expected a row with the headings \['Beds available'\]"):
        tabular.table(csv(tmp_path, "Org Code,Chairs\nRPA,4\n"), COLUMNS, keep=CODES)


def test_all_odd_cells_are_told_with_row_and_column(tmp_path: Path) -> None:
    path = csv(tmp_path, "Org Code,Beds available\nRPA,many\nRVV,12\nRWF,3 or 4\n")
    with pytest.raises(BadFile) as caught:
        tabular.table(path, COLUMNS, keep=CODES)
    assert [(fault.row, fault.value) for fault in caught.value.faults] == [(2, "many"), (4, "3 or 4")]
    assert {fault.column for fault in caught.value.faults} == {"Beds available"}


@pytest.mark.parametrize("mark", ["-", "*", "n/a", "", "[c]", ".."])
def test_suppressed_values_are_unknown_not_zero(tmp_path: Path, mark: str) -> None:
    frame = tabular.table(csv(tmp_path, f"Org Code,Beds available\nRPA,{mark}\nRVV,0\n"), COLUMNS, keep=CODES)
    assert frame["beds"].to_list() == [None, 0.0]


def test_a_web_page_saved_as_a_workbook_or_csv_is_refused(tmp_path: Path) -> None:
    page = b"<!DOCTYPE html><html><body>Moved</body></html>"
    for name in ("beds.xls", "beds.xlsx", "beds.csv"):
        with pytest.raises(BadFile, match="not a web page"):
            tabular.cells(csv(tmp_path, page, name))


def test_a_truncated_workbook_is_refused(tmp_path: Path, raw_data: Path) -> None:
    whole = next((raw_data / "raw" / "kh03-recent").glob("*Q1-2025-26*"))
    path = csv(tmp_path, whole.read_bytes()[: whole.stat().st_size // 2], whole.name)
    with pytest.raises(BadFile, match="expected a file that opens"):
        kh03_beds.read(path)


def test_a_wrong_sheet_is_named_with_the_sheets_there_are(raw_data: Path) -> None:
    whole = next((raw_data / "raw" / "kh03-recent").glob("*Q1-2025-26*"))
    assert "NHS Trust by Sector" in fastexcel.read_excel(whole).sheet_names
    with pytest.raises(BadFile, match="a sheet named 'Beds by Moon'; the sheets are"):
        tabular.cells(whole, "Beds by Moon")


def test_another_publication_s_workbook_is_refused(raw_data: Path) -> None:
    other = next((raw_data / "raw" / "nhse-cancelled-operations").glob("*.xlsx"))
    with pytest.raises(BadFile, match="a sheet named 'NHS Trust by Sector'"):
        kh03_beds.read(other)


def test_a_file_cut_after_its_headings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="expected rows under the headings of row 1"):
        tabular.table(csv(tmp_path, "Org Code,Beds available\n"), COLUMNS, keep=CODES)


def test_text_that_is_not_utf_8_is_read_as_windows_text(tmp_path: Path) -> None:
    path = csv(tmp_path, "Org Code,Beds available,Cost (£)\nRPA,5,£1\n".encode("cp1252"))
    columns = (*COLUMNS, number("cost", "Cost (£)"))
    assert tabular.table(path, columns, keep=CODES).rows() == [(2, "RPA", 5.0, 1.0)]


def test_a_missing_file_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"gone\.csv"):
        tabular.cells(tmp_path / "gone.csv")


def test_damaged_r_data_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="expected a file that opens"):
        tabular.r_data(csv(tmp_path, b"not r data", "points.rda"))


def test_long_form_keeps_the_place_and_drops_the_unknown() -> None:
    frame = pl.DataFrame({"code": ["RPA", "RVV"], "row": [4, 5], "beds": [10.0, None]})
    from matchmaker.sources.periods import financial_year

    out = tabular.long(frame, {"beds": "beds_available"}, financial_year(2024), sheet="Beds")
    assert out.select("code", "measure", "value", "row", "sheet", "column").rows() == [
        ("RPA", "beds_available", 10.0, 4, "Beds", "beds")
    ]
    assert [str(day) for day in out.select("period_start", "period_end").row(0)] == [
        "2024-04-01",
        "2025-03-31",
    ]


def test_a_copy_of_a_good_file_reads_alike(tmp_path: Path, raw_data: Path) -> None:
    whole = next((raw_data / "raw" / "kh03-recent").glob("*Q1-2025-26*"))
    again = Path(shutil.copy(whole, tmp_path / whole.name))
    assert kh03_beds.read(again).equals(kh03_beds.read(whole))


def test_a_score_within_its_limits_and_a_whole_within_its_parts() -> None:
    frame = pl.DataFrame(
        {"score": [0.5, None, 9.0, 1.004], "low": [-1.0, 0.0, None, 0.0], "high": [1.0, 1.0, 1.0, 1.0]}
    )
    tabular.between(Path("a.csv"), frame, "score", ("low", "high"))
    tabular.between(Path("a.csv"), frame, "score", ("high", "low"))
    tabular.between(Path("a.csv"), frame, "score", ("low", "another"))
    swapped = frame.rename({"score": "high", "high": "score"})
    with pytest.raises(BadFile, match="score between low and high") as caught:
        tabular.between(Path("a.csv"), swapped, "score", ("low", "high"))
    assert caught.value.faults[0].value == "1 beside -1 and 0.5, in the first of 1 rows"
