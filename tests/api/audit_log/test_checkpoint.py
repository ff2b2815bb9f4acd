"""The head of the log, in a file of its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from matchmaker.api.audit_log.checkpoint import Checkpoint, Head
from matchmaker.api.audit_log.errors import DecisionLogUnavailable
from matchmaker.api.audit_log.log import DecisionLog

from .writer import DECISION


def test_it_only_moves_on(tmp_path: Path) -> None:
    kept = Checkpoint(tmp_path / "head")
    assert kept.read() is None
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: kept.advance(number, f"{number:064d}"), [3, 9, 1, 7, 2, 8]))
    assert kept.read() == Head(9, f"{9:064d}")
    assert {path.name for path in tmp_path.iterdir()} == {"head", ".head.lock"}


@pytest.mark.parametrize("content", ["{}", "[]", "[" * 100_000, '{"number": "x", "hash": ""}'])
def test_a_spoilt_one_is_told_and_not_passed_over(tmp_path: Path, content: str) -> None:
    file = tmp_path / "head"
    file.write_text(content, "utf-8")
    with pytest.raises(DecisionLogUnavailable, match="can't be read"):
        Checkpoint(file).read()


def test_a_log_that_vanished_is_not_begun_anew(tmp_path: Path) -> None:
    file = tmp_path / "decisions.db"
    log = DecisionLog(f"sqlite:///{file}")
    log.record(DECISION)
    log.close()
    for part in tmp_path.glob("decisions.db*"):
        if part.suffix != ".head":
            part.unlink()
    again = DecisionLog(f"sqlite:///{file}")
    for use in (lambda: again.record(DECISION), again.count, again.migrate):
        with pytest.raises(DecisionLogUnavailable, match="is gone: 1 entries"):
            use()
    assert not file.exists()
    again.close()
    (tmp_path / "decisions.db.head").unlink()  # as one does who ends a log and begins another
    assert DecisionLog(f"sqlite:///{file}").record(DECISION).number == 1


def test_the_head_can_be_kept_elsewhere(url: str, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.head"
    log = DecisionLog(url, head=elsewhere)
    log.migrate()
    entry = log.record(DECISION)
    assert Checkpoint(elsewhere).read() == Head(1, entry.hash)
    assert log.verify().fault is None
    Checkpoint(elsewhere).advance(2, "f" * 64)
    assert "cut off" in (log.verify().fault or "")
    with pytest.raises(DecisionLogUnavailable, match="end of the decision log is missing"):
        log.record(DECISION)
    log.close()


def test_a_decision_stands_though_its_head_can_not_be_written(tmp_path: Path) -> None:
    log = DecisionLog(f"sqlite:///{tmp_path / 'decisions.db'}", head=tmp_path / "none" / "head")
    assert [log.record(DECISION).number for _ in range(2)] == [1, 2]
    log.close()
