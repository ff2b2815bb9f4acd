"""Shortlists for many at the command line: a line for each, in every form."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from command_line import Run
from openpyxl import load_workbook


def test_a_line_for_each_recipient(ask: Run) -> None:
    done = ask("batch", "--recipients", "EEL, Dunlinmouth", "--top", "2")
    assert "Mentoring: options to consider for 2 harbours, one by one" in done.text
    assert "Option 1" in done.text and "Option 2" in done.text and "Option 3" not in done.text
    assert "Each list is made as if it were the only one" in done.text


def test_a_table_names_the_same_options_as_the_shortlist(ask: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(ask("batch", "--csv").out)))
    assert rows
    for row in rows:
        own = ask("shortlist", row["code"], "--json").json["options"]
        assert [row[f"option_{at}"] for at in (1, 2, 3)] == [
            own[at]["organisation"]["code"] if at < len(own) else "" for at in range(3)
        ]


@pytest.mark.parametrize("ending", ["docx", "xlsx", "md", "csv", "json", "html"])
def test_it_is_written_in_every_form(ask: Run, tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"a.{ending}"
    done = ask("batch", "--type", "fishing harbours", "--top", "1", "--out", file)
    assert done.code == 0, done.err
    assert file.stat().st_size > 100
    if ending == "xlsx":
        sheet = load_workbook(io.BytesIO(file.read_bytes())).worksheets[0]
        assert sheet.max_row == 10 and sheet["A1"].value == "Code"


def test_where_it_can_be_nobody_the_error_says_which_option(ask: Run) -> None:
    done = ask("batch", "--recipients-in", "South coast")
    assert (done.code, done.out) == (1, "")
    assert (
        done.err
        == "--recipients-in: There is no coast 'South coast'. The coasts are: East coast, West coast.\n"
    )
    assert ask("batch", "--type", "tramway").err.startswith("--type: ")
