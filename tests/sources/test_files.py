"""Opening files: encodings, separators, and a build's memory of what it opened."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd
import pyreadr
import pytest

from matchmaker.errors import BadFile
from matchmaker.sources import files, tabular
from matchmaker.sources.tabular import number, text

CODES = r"^R[A-Z0-9]{2}$"
COLUMNS = (text("code", "Org Code"), number("beds", "Beds…"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("Org Code,Naïve\nRPA,£5\n".encode(encoding))
    assert files.cells(path).rows() == [("Org Code", "Naïve"), ("RPA", "£5")]


def test_compressed_text(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"Org Code\nRPA\n"))
    assert files.cells(path).rows() == [("Org Code",), ("RPA",)]


def test_binary_content_under_a_text_s_name_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"PK\x03\x04\0\0RPA,1")
    with pytest.raises(BadFile, match="expected a CSV file, not a binary one"):
        files.cells(path)


def test_not_signs_separate_and_quotation_marks_are_words(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes('Name¬Code\nThe "Old Mill, North¬RPA\n'.encode("latin-1"))
    assert files.cells(path).rows() == [("Name", "Code"), ('The "Old Mill, North', "RPA")]


def test_lines_of_different_length_keep_their_places(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('A title\n\nOrg Code,Note\nRPA,"two\nlines"\n', "utf-8")
    assert files.cells(path).rows() == [
        ("A title", None),
        (None, None),
        ("Org Code", "Note"),
        ("RPA", "two\nlines"),
    ]


def test_a_session_opens_a_file_once_and_forgets_it_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Org Code\nRPA\n", "utf-8")
    with files.open_session():
        first = files.cells(path)
        path.write_text("Org Code\nRVV\n", "utf-8")
        assert files.cells(path) is first
    assert files.cells(path).rows()[1] == ("RVV",)


def test_a_session_knows_the_headings_that_columns_were_read_from(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Org Code,Beds  available\nRPA,5\n", "utf-8")
    with files.open_session() as session:
        tabular.table(path, COLUMNS, keep=CODES)
        assert session.heading("beds") == "Beds available"
        assert session.heading("worked_out") == "worked_out"


def test_a_heading_under_one_of_several_groups(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(",Occupied,,Available,\nOrg Code,Day,Night,Day,Night\nRPA,1,2,3,4\n", "utf-8")
    columns = (
        text("code", "Org Code"),
        number("open", "Night", under="Available"),
        number("used", "Night", under="Occupied"),
    )
    assert tabular.table(path, columns, keep=CODES).rows() == [(3, "RPA", 4.0, 2.0)]
    with pytest.raises(BadFile, match=r"\['Night under Closed'\]"):
        tabular.table(path, (columns[0], number("shut", "Night", under="Closed")), keep=CODES)


def test_r_frames_keep_words_numbers_days_and_what_is_not_known(tmp_path: Path) -> None:
    path = tmp_path / "a.rds"
    frame = pd.DataFrame(
        {
            "code": pd.Categorical(["RPA", "RVV"]),
            "beds": [5.0, None],
            "name": ["Medway", None],
            "day": pd.to_datetime(["2020-01-01", None]),
        }
    )
    pyreadr.write_rds(path, frame)
    found = files.r_frame(path, ("code", "beds", "name", "day"))
    assert found["code"].to_list() == ["RPA", "RVV"]
    assert found["beds"].to_list() == [5.0, None]
    assert found.null_count().row(0) == (0, 1, 1, 1)
    with pytest.raises(BadFile, match=r"the columns \['chairs'\]"):
        files.r_frame(path, ("code", "chairs"))


def test_a_missing_r_file_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"gone\.rda: expected a file that opens \(there is no such file\)"):
        files.r_data(tmp_path / "gone.rda")
