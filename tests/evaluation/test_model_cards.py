"""The page of model cards: what replays say of each model, and what it was trained on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from matchmaker import Matchmaker
from matchmaker.evaluation.model_cards import document
from matchmaker.evaluation.published import published_evaluation
from matchmaker.evaluation.records import PublishedEvaluation
from matchmaker.evaluation.report.labels import with_limits
from matchmaker.models.learned.model_card import ModelCard, shipped_model_cards
from matchmaker.sector import Sector
from matchmaker.training.train import train

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def shipped(engine: Matchmaker) -> PublishedEvaluation:
    found = published_evaluation(engine.sector)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def page(engine: Matchmaker, shipped: PublishedEvaluation) -> str:
    return document(shipped_model_cards(engine.sector), shipped, engine.sector)


def test_the_page_is_that_of_the_models(page: str) -> None:
    assert page == (ROOT / "docs" / "model-cards.md").read_text("utf-8"), "run 'make documents'"


def test_what_ships_and_what_was_scored_stand_beside_each_other(page: str) -> None:
    assert (
        "| practice-shared_leadership | 65 choices: shared leadership, management contract | "
        "62 choices: shared leadership; 3 choices: management contract, too few to be scored |"
    ) in page
    assert re.search(r"\| practice-buddying \| (\d+) choices: buddying \| \1 choices: buddying \|", page), (
        "what ships and what was scored are trained on the same: train and evaluate on the same rules"
    )


def test_each_model_stands_beside_the_nearest(page: str, shipped: PublishedEvaluation) -> None:
    for family in ("Buddying", "Structural", "Shared leadership"):
        figure = shipped.figure(family, "practice", "hit@10")
        assert figure is not None
        assert with_limits(figure) in page
    assert page.count("| Nearest by distance") == 6


@pytest.mark.parametrize(
    ("family", "metric", "least"),
    [("Buddying", "hit@10", 0.65), ("Structural", "hit@5", 0.80), ("Shared leadership", "hit@5", 0.85)],
)
def test_the_model_of_past_practice_reaches_its_target(
    family: str, metric: str, least: float, shipped: PublishedEvaluation
) -> None:
    """A model that falls below has to be looked at before it ships."""
    reached = shipped.figure(family, "practice", metric)
    assert reached is not None
    assert reached.value >= least
    placed_before, by_nearest = (
        shipped.figure(family, name, "percentile") for name in ("practice", "nearest")
    )
    assert placed_before is not None
    assert by_nearest is not None
    assert placed_before.value < by_nearest.value


def test_a_card_of_another_sector(
    harbour_engine: Matchmaker, harbours: Sector, published: PublishedEvaluation
) -> None:
    cards = [
        ModelCard.model_validate_json(text)
        for name, text in train(harbour_engine)
        if name.endswith(".card.json")
    ]
    page = document(cards, published, harbours)
    assert "- There are only a few past choices." in page
    assert (
        "| past-choices-takeover | 3 choices: takeover | 3 choices: takeover, too few to be scored |" in page
    )
    assert "- M8: It never came about." in page
