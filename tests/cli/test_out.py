"""`--out`: the ending of the file decides the form, and nothing is overwritten unasked."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from command_line import Run
from openpyxl import load_workbook

ASKED = {
    "shortlist": ("shortlist", "EEL", "--limit", "2"),
    "organisation": ("organisation", "EEL"),
    "compare": ("compare", "EEL", "GUL", "--set", "type=fishing"),
    "compare ranked": ("compare", "EEL", "GUL", "--for", "mentoring"),
    "side by side": ("organisation", "EEL", "--compare", "GUL"),
    "why not": ("why-not", "EEL", "KIT"),
    "assign": ("assign", "--recipients", "EEL"),
    "signs": ("signs",),
}


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("ending", ["docx", "xlsx", "md", "html", "csv", "json"])
def test_every_answer_is_written_in_every_form(ask: Run, tmp_path: Path, name: str, ending: str) -> None:
    file = tmp_path / f"a.{ending}"
    ended = ask(*ASKED[name], "--out", file)
    assert ended.code == 0, ended.err
    assert ended.out.startswith("Wrote ") and "Making" in ended.err
    if (name, ending) != ("signs", "csv"):  # the harbours define no signs, so their table is empty
        assert file.stat().st_size > 100
    if ending == "xlsx":
        assert "Question" in load_workbook(io.BytesIO(file.read_bytes())).sheetnames


def test_an_unknown_ending_is_refused_with_what_is_possible(ask: Run, tmp_path: Path) -> None:
    ended = ask("shortlist", "EEL", "--out", tmp_path / "a.doc")
    assert ended.code == 1
    assert "'.doc'" in ended.err and ".docx" in ended.err and ".xlsx" in ended.err
    assert not list(tmp_path.iterdir())


def test_a_file_is_overwritten_only_by_force(ask: Run, tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text("mine")
    refused = ask("shortlist", "EEL", "--out", file)
    assert refused.code == 1 and "--force" in refused.err
    assert file.read_text() == "mine"
    assert ask("shortlist", "EEL", "--out", file, "--force").code == 0
    assert file.read_text() != "mine"


def test_a_briefing_is_shorter_and_needs_a_document(ask: Run, tmp_path: Path) -> None:
    full, brief = tmp_path / "full.md", tmp_path / "brief.md"
    assert ask("shortlist", "EEL", "--out", full).code == 0
    assert ask("shortlist", "EEL", "--out", brief, "--briefing").code == 0
    assert brief.stat().st_size < full.stat().st_size
    assert "no one-page briefing" in ask("shortlist", "EEL", "--out", tmp_path / "a.csv", "--briefing").err
    assert "--out" in ask("shortlist", "EEL", "--briefing").err


def test_json_is_printed_whatever_is_written(ask: Run, tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    both = ask("shortlist", "EEL", "--json", "--out", file)
    assert both.json == ask("shortlist", "EEL", "--json").json
    assert f"Wrote {file}" in both.err.replace("\n", "")
    assert file.read_text("utf-8").startswith("# ")


def test_only_one_form_is_printed_at_a_time(ask: Run) -> None:
    ended = ask("shortlist", "EEL", "--json", "--csv")
    assert (ended.code, ended.out) == (1, "")
    assert "Choose one of --csv and --json" in ended.err
