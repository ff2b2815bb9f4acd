"""Working shortlists on the command line: in a file, in the store, and from one to the other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook
from typer.testing import CliRunner

from matchmaker.cli import app
from matchmaker.errors import InvalidParameter


def run(*words: str) -> str:
    result = CliRunner().invoke(app, ["kept", *words], catch_exceptions=True)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def test_a_list_is_kept_in_a_file_and_moved_to_the_store(tmp_path: Path) -> None:
    file, log = tmp_path / "medway.json", f"sqlite:///{tmp_path / 'decisions.db'}"
    run("keep", str(file), "RAX", "Bolton", "--recipient", "Medway", "--by", "Ann")
    run("keep", str(file), "RAX", "--for", "merger")
    assert "ruled out" in run("rule-out", str(file), "Bolton", "Too far")
    run("note", str(file), "Rang them", "--about", "RAX", "--for", "merger")
    content = json.loads(file.read_text("utf-8"))
    assert [(one["arrangement"], one["code"]) for one in content["options"]] == [
        ("buddying", "RAX"),
        ("buddying", "RMC"),
        ("merger", "RAX"),
    ]
    assert content["options"][1]["ruled_out"]["text"] == "Too far"
    id_ = run("load", str(file), "--log", log).strip()
    assert id_ in run("list", "--log", log, "--recipient", "Medway")
    run("bring-back", id_, "RMC", "--log", log)
    run("rename", id_, "For the board", "--log", log)
    copy = tmp_path / "copy.json"
    run("save", id_, str(copy), "--log", log)
    again = json.loads(copy.read_text("utf-8"))
    assert (again["name"], again["options"][1]["ruled_out"]) == ("For the board", None)
    assert "RMC" in run("show", id_, "--csv", "--log", log)
    run("delete", id_, "--log", log)
    assert "None is kept" in run("list", "--log", log)


def test_all_forms_of_partnership_of_a_list_come_in_one_paper(tmp_path: Path) -> None:
    file = tmp_path / "medway.json"
    run("keep", str(file), "RAX", "--recipient", "Medway")
    run("keep", str(file), "RN7", "--for", "merger")
    for ending in ("docx", "xlsx", "md"):
        assert "Wrote" in run("show", str(file), "--out", str(tmp_path / f"paper.{ending}"))
    text = (tmp_path / "paper.md").read_text("utf-8")
    assert "## Buddying" in text and "## Merger" in text and "Kingston" in text and "Dartford" in text
    headings = [
        one.text for one in Document(tmp_path / "paper.docx").paragraphs if "Heading 2" in one.style.name
    ]
    assert {"Buddying", "Merger"} <= set(headings)
    assert "Facts" in load_workbook(tmp_path / "paper.xlsx").sheetnames
    with pytest.raises(InvalidParameter, match="--force"):
        run("show", str(file), "--out", str(tmp_path / "paper.md"))


def test_a_new_list_in_the_store_needs_somebody_whom_it_is_for(tmp_path: Path) -> None:
    log = f"sqlite:///{tmp_path / 'decisions.db'}"
    with pytest.raises(InvalidParameter, match="whom it is for"):
        run("keep", "new", "RAX", "--log", log)
    assert "Kingston" in run("keep", "new", "RAX", "--recipient", "Medway", "--log", log)


def test_an_id_without_a_store_says_what_to_name() -> None:
    with pytest.raises(InvalidParameter, match="No store is named"):
        run("show", "0123abcd")
