"""What the tests of the evaluation share: past choices and one whole evaluation, each made once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from matchmaker import Matchmaker
    from matchmaker.models.learned.choice_set import ChoiceSituation


@pytest.fixture(scope="session")
def past(engine: Matchmaker) -> list[ChoiceSituation]:
    """Every past pairing as a choice."""
    from matchmaker.training.choice_sets import build_choice_sets

    return build_choice_sets(engine)[0]


@pytest.fixture(scope="session")
def buddies(past: list[ChoiceSituation]) -> list[ChoiceSituation]:
    """The past buddying among them."""
    return [choice for choice in past if choice.kind == "buddying"]
