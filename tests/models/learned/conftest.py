"""Past choices that models are trained on in tests."""

from __future__ import annotations

import pytest

from matchmaker import Matchmaker
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.training.choice_sets import build_choice_sets


@pytest.fixture(scope="session")
def mentors(harbour_engine: Matchmaker) -> list[ChoiceSituation]:
    return build_choice_sets(harbour_engine, kinds=["mentoring"])[0]


@pytest.fixture(scope="session")
def buddies(engine: Matchmaker) -> list[ChoiceSituation]:
    return build_choice_sets(engine, kinds=["buddying"])[0]


@pytest.fixture(scope="session")
def structural(engine: Matchmaker) -> list[ChoiceSituation]:
    return build_choice_sets(engine, kinds=["acquisition", "merger"])[0]
