"""The commands that measure lists, as a user runs them."""

from __future__ import annotations

import json
from pathlib import Path

from command_line import Run


def test_movement_of_one_arrangement_with_the_figures_in_a_file(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "movement.json"
    done = run("movement", "--for", "buddying", "--quarters", "1", "--out", out)
    assert done.code == 0, done.err
    assert "How lists move" in done.out
    assert "held at the earlier day: eligibility" in done.text
    written = json.loads(out.read_text("utf-8"))
    assert [one["gap"] for one in written] == [1, 1, 2, 2]
    assert {one["arrangement"] for one in written} == {"buddying"}


def test_movement_of_an_arrangement_of_ones_own(run: Run, tmp_path: Path) -> None:
    from matchmaker.sector import load_sector

    text = (load_sector("nhs").folder / "arrangements" / "buddying.toml").read_text("utf-8")
    own = tmp_path / "own.toml"
    own.write_text(text.replace('name = "buddying"', 'name = "own"', 1), "utf-8")
    done = run("movement", "--for", own, "--quarters", "1", "--no-causes")
    assert done.code == 0, done.err
    assert "held at the earlier day" not in done.text


def test_spread_of_one_method(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "spread.json"
    done = run("spread", "--for", "buddying", "--method", "nearest", "--out", out)
    assert done.code == 0, done.err
    assert "Top share" in done.text
    assert [one["group"] for one in json.loads(out.read_text("utf-8"))] == ["in need", "all"]
