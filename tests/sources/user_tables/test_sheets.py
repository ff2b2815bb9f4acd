"""Opening what users bring: encodings, separators, workbooks, and what is no table."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from matchmaker.errors import BadFile
from matchmaker.sources.user_tables.sheets import open_sheets

TEXT = "port,name\nEEL,Sainte-Thérèse – £5\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_ends_of_lines(tmp_path: Path, encoding: str, end: str) -> None:
    path = tmp_path / "a.csv"
    old_mac = (encoding, end) == ("cp1252", "\r")
    path.write_bytes(TEXT.replace("\n", end).encode("mac_roman" if old_mac else encoding))
    assert open_sheets(path)[0].rows == (("port", "name"), ("EEL", "Sainte-Thérèse – £5"))


def test_text_that_was_saved_twice_over_is_put_right(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(TEXT.encode().decode("cp1252"), "utf-8")
    assert open_sheets(path)[0].rows[1][1] == "Sainte-Thérèse – £5"


def test_a_workbook_is_known_by_its_content_and_keeps_its_places(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["C3"], sheet["D3"], sheet["C4"], sheet["D4"] = "port", "day", "EEL", date(2026, 3, 31)
    sheet["E4"] = "=1+1"
    book.save(tmp_path / "book.csv")
    (found,) = open_sheets(tmp_path / "book.csv")
    assert found.rows[2:] == (("", "", "port", "day"), ("", "", "EEL", "2026-03-31 00:00:00", "=? =1+1"))


def test_one_sheet_can_be_named_behind_the_file(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.create_sheet("Figures").append(["port", "berths"])
    book.save(tmp_path / "book.xlsx")
    (found,) = open_sheets(f"{tmp_path / 'book.xlsx'}#figures")
    assert (found.name, found.rows) == ("Figures", (("port", "berths"),))
    with pytest.raises(BadFile, match="one of its sheets: Sheet, Figures"):
        open_sheets(f"{tmp_path / 'book.xlsx'}#other")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"%PDF-1.7", "not a PDF"),
        (b"<html>", "not a web page"),
        (b"PK\x03\x04 cut", "damaged or cut short"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "without a password"),
        (b'port,name\nEEL,"never closed\n' + b"AMB,a\n" * 40, "a quotation mark that is closed"),
        (b"port\0name", "a CSV file"),
    ],
)
def test_what_is_no_table_says_what_it_is(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(BadFile, match=says):
        open_sheets(path)


def test_the_index_of_a_frame_counts_where_it_has_a_name() -> None:
    frame = pd.DataFrame({"berths": [90]}, index=pd.Index(["EEL"], name="port"))
    assert open_sheets(frame)[0].rows == (("port", "berths"), ("EEL", "90"))
