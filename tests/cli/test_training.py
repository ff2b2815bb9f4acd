"""Commands that train models and write their cards."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import Run


def test_models_are_trained_into_a_folder(ask: Run, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "models"
    done = ask("train", "models", "--to", folder)
    assert done.code == 0, done.err
    names = {path.name for path in folder.iterdir()}
    assert {"past-choices-mentoring.json", "past-choices-takeover.json", "SHA256SUMS"} <= names
    assert f"Wrote {len(names)} files to {folder}." in done.out.replace("\n", "")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    again = ask("train", "models", "--to", folder)
    assert again.code == 1
    assert again.err.endswith("overwrite them with --force.\n")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_cards_need_an_evaluation(ask: Run, tmp_path: Path) -> None:
    done = ask("train", "cards", "--to", tmp_path / "cards.md")
    assert done.code == 1
    assert done.err.endswith("Run 'matchmaker evaluate' first.\n")
    assert not (tmp_path / "cards.md").exists()


@pytest.mark.snapshot
def test_cards_are_one_page(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "cards.md"
    assert f"Wrote {page}" in run("train", "cards", "--to", page).out.replace("\n", "")
    assert page.read_text("utf-8").startswith("# Model cards\n")
