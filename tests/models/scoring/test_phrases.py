"""Sentences for the criteria, in the words of a sector."""

from __future__ import annotations

import pytest

from matchmaker.models.arrangement import Criterion
from matchmaker.models.scoring.phrases import describe_criterion, percent_1_99
from matchmaker.sector import Sector


def criterion(form: str) -> Criterion:
    return Criterion(name="one", label="One", form=form, dimension="safety", weight=1, why="One.")


@pytest.mark.parametrize(
    ("form", "value", "says"),
    [
        ("similarity", 0.5, "Closer in safety than 50 in 100 pairs of ferry harbours."),
        ("similarity", 0.49, "Further apart in safety than 51 in 100 pairs of ferry harbours."),
        ("similarity", None, "Too few figures are known for both to compare safety."),
        ("standing", 0.5, "Stronger than about 50 in 100 ferry harbours in safety."),
        ("standing", 0.2, "Weaker than about 80 in 100 ferry harbours in safety."),
        ("standing", None, "No current figure of its safety is known."),
        ("standing_of_both", 0.7, "Stronger than about 70 in 100 ferry harbours in safety, taking the "
            "weaker of the two."),
        ("standing_of_both", None, "No current figure of the safety of one of them is known."),
        ("strength", 0.9, "Stronger than about 90 in 100 ferry harbours where the recipient needs it."),
        ("strength", None, "No focus area is known of both, or the recipient is weak in none."),
        ("capacity", 0.5, "Large enough beside the recipient."),
        ("capacity", 0.49, "Small beside the recipient."),
        ("capacity", None, "The size of one of them is not known."),
        ("proximity", None, "The place of one of them is not known."),
        ("relationship", 0.5, "No earlier joint work is on record."),
        ("relationship", None, "Nothing is known of earlier joint work."),
    ],
)  # fmt: skip
def test_each_form(harbours: Sector, form: str, value: float | None, says: str) -> None:
    assert describe_criterion(criterion(form), value, "ferry", harbours) == says


def test_a_distance_and_a_record(harbours: Sector) -> None:
    near = describe_criterion(criterion("proximity"), 0.7, None, harbours, km=12.4)
    assert near == "12 km away, harbour office to harbour office."
    record = describe_criterion(
        criterion("relationship"), 1.0, None, harbours, record="On record: something."
    )
    assert record == "On record: something."


def test_of_two_types_it_is_told_among_their_own(harbours: Sector) -> None:
    text = describe_criterion(criterion("standing"), 0.8, None, harbours)
    assert text == "Stronger than about 80 in 100 harbours of its kind in safety."


@pytest.mark.parametrize(
    ("share", "percent"), [(0.0, 1), (0.004, 1), (0.015, 2), (0.5, 50), (0.984, 98), (0.996, 99), (1.0, 99)]
)
def test_never_all_and_never_none(share: float, percent: int) -> None:
    assert percent_1_99(share) == percent
