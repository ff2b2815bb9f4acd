"""Sentences for the criteria, in the words of a sector."""

from __future__ import annotations

import pytest

from matchmaker.models.arrangement import Criterion
from matchmaker.models.scoring.phrases import Peers, describe_criterion, percent_1_99
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
        (
            "strength",
            0.9,
            "Stronger than about 90 in 100 ferry harbours in the areas where the recipient needs help.",
        ),
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


@pytest.mark.parametrize(
    ("form", "value", "peers", "says"),
    [
        ("standing", 0.8, Peers(9, 8, 1), "Stronger than 8 of the other 9 ferry harbours in safety."),
        ("standing", 0.2, Peers(9, 2, 6), "Weaker than 6 of the other 9 ferry harbours in safety."),
        ("standing", 0.8, Peers(20, 16, 4), "Stronger than about 80 in 100 ferry harbours in safety."),
        ("strength", 0.8, Peers(30, 1, 1, 2, 3), "Stronger than about 80 in 100 ferry harbours in the areas "
            "where the recipient needs help, known from 2 of 3 figures."),
        ("standing", 0.6, Peers(30, 1, 1, 3, 3), "Stronger than about 60 in 100 ferry harbours in safety."),
        ("similarity", 0.9, Peers(10, 9, 1), "Closer in safety than 9 of the 10 pairs of ferry harbours."),
        ("similarity", 0.2, Peers(10, 2, 8), "Further apart in safety than 8 of the 10 pairs of ferry "
            "harbours."),
    ],
)  # fmt: skip
def test_among_few_they_are_counted_and_what_is_known_in_part_says_so(
    harbours: Sector, form: str, value: float, peers: Peers, says: str
) -> None:
    assert describe_criterion(criterion(form), value, "ferry", harbours, peers=peers) == says
