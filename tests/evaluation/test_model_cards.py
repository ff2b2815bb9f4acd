"""The page of model cards: what replays say of each model, and what it was trained on."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from matchmaker.cli import app
from matchmaker.evaluation.model_cards import document
from matchmaker.evaluation.published import published_evaluation
from matchmaker.models.learned.model_card import shipped_model_cards
from matchmaker.models.learned.pair_features import INPUTS

ROOT = Path(__file__).parents[2]


def test_the_page_is_that_of_the_models() -> None:
    cards = shipped_model_cards()
    assert len(cards) == 6
    written = (ROOT / "docs" / "model-cards.md").read_text("utf-8")
    assert written == document(cards, published_evaluation()), "run 'make documents'"
    for card in cards:
        assert [one.name for one in card.inputs] == [one.name for one in INPUTS]
        assert card.trained_on
        assert not {one.pairing_id for one in card.left_out} & set(card.trained_on)


def test_each_model_stands_beside_the_nearest_trusts() -> None:
    page = document(shipped_model_cards(), published_evaluation())
    for one in published_evaluation().figures:
        if one.method == "practice" and one.metric == "hit@10" and one.family != "Management contract":
            told = f"{100 * one.value:.0f}% ({100 * (one.low or 0):.0f}% to {100 * (one.high or 0):.0f}%)"
            assert told in page
    assert page.count("| Nearest by distance |") == 6


@pytest.mark.parametrize(
    ("family", "metric", "least"),
    [("Buddying", "hit@10", 0.65), ("Structural", "hit@5", 0.80), ("Shared leadership", "hit@5", 0.85)],
)
def test_the_model_of_past_practice_reaches_its_aim(family: str, metric: str, least: float) -> None:
    """A model that falls below has to be looked at before it ships."""
    figures = {(one.family, one.method, one.metric): one.value for one in published_evaluation().figures}
    assert figures[family, "practice", metric] >= least
    assert figures[family, "practice", "percentile"] < figures[family, "nearest", "percentile"]


def test_the_command_writes_the_page(tmp_path: Path) -> None:
    page = tmp_path / "cards.md"
    assert CliRunner().invoke(app, ["train", "cards", "--to", str(page)]).exit_code == 0
    assert page.read_text("utf-8") == document(shipped_model_cards(), published_evaluation())
