"""What the tests of the evaluation share: past choices and one whole evaluation, each made once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from matchmaker import Matchmaker
    from matchmaker.models.practice.choices import Choice


@pytest.fixture(scope="session")
def past(engine: Matchmaker) -> list[Choice]:
    """Every past pairing as a choice."""
    from matchmaker.models.practice.choices import choices

    return choices(engine)[0]


@pytest.fixture(scope="session")
def buddies(past: list[Choice]) -> list[Choice]:
    """The past buddying among them."""
    return [choice for choice in past if choice.kind == "buddying"]
