"""An evaluation in a terminal: the same figures at every width, nothing cut off."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from matchmaker.cli.terminal import evaluation as terminal_evaluation
from matchmaker.evaluation.evaluate import Evaluation
from matchmaker.evaluation.leakage import Leak
from matchmaker.evaluation.report.build import headline
from matchmaker.evaluation.user_pairings import OwnPairings, Problem


def printed(monkeypatch: pytest.MonkeyPatch, show: object, what: object, width: int) -> str:
    out = io.StringIO()
    monkeypatch.setattr(terminal_evaluation, "console", Console(file=out, width=width))
    show(what)
    return out.getvalue()


@pytest.mark.parametrize("width", [60, 80, 140])
def test_every_figure_is_there_at_any_width(
    evaluation: Evaluation, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    text = printed(monkeypatch, terminal_evaluation.show_evaluation, evaluation, width)
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text, "something is cut off"
    table = headline(evaluation)
    for share in {word for row in table.rows for cell in row[2:] for word in cell.split()}:
        assert share in text
    for word in {word for row in table.rows for word in row[1].split()}:
        assert word in text
    assert f"Pairings replayed: {len(evaluation.choices)}" in " ".join(text.split())


def test_a_leak_is_told(evaluation: Evaluation, monkeypatch: pytest.MonkeyPatch) -> None:
    leaked = replace(evaluation, leaks=[Leak("ACQ-1", evaluation.as_of, "evidence", 7)])
    assert "Leak ACQ-1" in printed(monkeypatch, terminal_evaluation.show_evaluation, leaked, 80)
    assert "Leak" not in printed(monkeypatch, terminal_evaluation.show_evaluation, evaluation, 80)


def test_problems_of_a_file_are_told_as_they_are(
    evaluation: Evaluation, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = Problem(3, "kind", "[bold]x[/]", "one of these", "The row is left out.", True)
    own = OwnPairings(evaluation.results.head(0), (problem,), 2)
    text = printed(monkeypatch, terminal_evaluation.show_problems, own, 140)
    assert "2 rows read, 1 usable, 1 left out." in text
    assert "- row 3, kind: found '[bold]x[/]'; expected one of these. The row is left out." in text
