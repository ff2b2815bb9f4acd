"""The evaluation in the package is that of the bundled snapshot, and says so when another is in use."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from matchmaker import __version__
from matchmaker.evaluation.evaluate import Evaluation, evaluate
from matchmaker.evaluation.published import figures, publish, published_evaluation
from matchmaker.evaluation.report.document import Dots, Table

if TYPE_CHECKING:
    from matchmaker import Matchmaker, Snapshot


@pytest.fixture(scope="module")
def again(engine: Matchmaker) -> Evaluation:
    """The evidence fit beside chance and the nearest, replayed anew."""
    return evaluate(engine, method="evidence")


def test_it_is_of_the_bundled_snapshot_and_this_version(snapshot: Snapshot) -> None:
    found = published_evaluation()
    assert (found.snapshot, found.version) == (snapshot.hash, __version__), "run 'make documents'"
    assert found.differs(snapshot.hash, snapshot.as_of) is None


def test_it_says_when_another_snapshot_is_in_use() -> None:
    told = published_evaluation().differs("f" * 64, date(2027, 3, 3))
    assert told is not None
    assert "ffffffffffff of 3 March 2027" in told
    assert published_evaluation().snapshot[:12] in told


def test_a_replay_gives_the_figures_kept(again: Evaluation) -> None:
    kept = {(one.family, one.method, one.metric): one for one in published_evaluation().figures}
    made = figures(again)
    assert len(made) == 36  # four families, three methods, three metrics
    for one in made:
        other = kept[one.family, one.method, one.metric]
        assert (one.queries, one.organisations) == (other.queries, other.organisations)
        for name in ("value", "low", "high"):
            assert getattr(one, name) == pytest.approx(getattr(other, name), abs=1e-6), "run 'make documents'"


def test_the_evidence_fit_is_told_beside_the_nearest_and_beside_chance() -> None:
    found = {(one.family, one.baseline): one for one in published_evaluation().beside}
    for family in ("Buddying", "Structural", "Shared leadership"):
        for baseline in ("nearest", "random"):
            one = found[family, baseline]
            assert one.low is not None and one.high is not None
            assert one.low <= one.value <= one.high
            assert 0 < one.p <= 1


def test_the_worst_misses_are_those_kept(again: Evaluation) -> None:
    made = publish(again)
    assert made == publish(again)
    found = published_evaluation().misses
    assert [one.pairing_id for one in found] == [one.pairing_id for one in again.misses["evidence"]]
    assert len(found) == 10
    assert all(one.apart for one in found)


def test_it_says_everything_the_report_says() -> None:
    titles = [one.title for one in published_evaluation().sections]
    assert titles[0] == "In short"
    assert "What this can't show" in titles
    blocks = [block for one in published_evaluation().sections for block in one.blocks]
    assert any(isinstance(block, Dots) and block.dots for block in blocks)
    assert any(isinstance(block, Table) and block.right for block in blocks)
    assert published_evaluation().outcome is not None


def test_an_interval_holds_its_value() -> None:
    for one in published_evaluation().figures:
        if one.low is not None and one.high is not None:
            assert one.low <= one.value <= one.high, one
