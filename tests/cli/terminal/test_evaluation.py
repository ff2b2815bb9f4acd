"""An evaluation in a terminal: the same figures at every width, nothing cut off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from matchmaker import Matchmaker
from matchmaker.cli.terminal.evaluation import show_evaluation, show_problems
from matchmaker.evaluation.evaluate import Evaluation, evaluate
from matchmaker.evaluation.published import publish
from matchmaker.evaluation.records import Leak
from matchmaker.evaluation.report.replays import headline
from matchmaker.evaluation.user_pairings import Problem, UserPairings


@pytest.fixture(scope="module")
def evaluation(harbour_engine: Matchmaker) -> Evaluation:
    return evaluate(harbour_engine)


@pytest.mark.parametrize("width", [60, 80, 140])
def test_every_figure_is_there_at_any_width(
    printed: Callable[..., str], evaluation: Evaluation, width: int
) -> None:
    text = printed(width, show_evaluation, evaluation)
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text, "something is cut off"
    table = headline(publish(evaluation))
    assert table.rows
    for share in {word for row in table.rows for cell in row[2:] for word in cell.split()}:
        assert share in text
    for word in {word for row in table.rows for word in row[1].split()}:
        assert word in text
    assert f"Pairings replayed: {len(evaluation.choices)}" in " ".join(text.split())


def test_a_leak_is_reported(printed: Callable[..., str], evaluation: Evaluation) -> None:
    leak = Leak(pairing_id="M1", day=evaluation.as_of, what="evidence", differs=7)
    leaked = replace(evaluation, leaks=[leak])
    assert "Leak M1" in printed(80, show_evaluation, leaked)
    assert "Leak" not in printed(80, show_evaluation, evaluation)


def test_problems_of_a_file_are_only_text(printed: Callable[..., str], evaluation: Evaluation) -> None:
    problem = Problem(3, "kind", "[bold]x[/]", "one of these", "The row is left out.", True)
    own = UserPairings(evaluation.results.head(0), (problem,), 2)
    text = printed(140, show_problems, own)
    assert "2 rows read, 1 usable, 1 left out." in text
    assert "- row 3, kind: found '[bold]x[/]'; expected one of these. The row is left out." in text
