"""Figures as people read them."""

from __future__ import annotations

import pytest

from matchmaker.features.formatting import format_age, format_short, format_value
from matchmaker.sector import Sector


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (None, "berths", "unknown"),
        (666.3, "berths", "666 berths"),
        (1.0, "sites", "1 site"),
        (1.0, "specialties", "1 specialty"),
        (271648.0, "people", "271,648 people"),
        (519.4e6, "GBP", "£519 million"),
        (-1.25e9, "GBP", "\u2212£1.25 billion"),
        (1081.0, "GBP a m2", "£1,081 a m²"),
        (99713.0, "m2", "99,713 m²"),
        (0.616, "share", "61.6%"),
        (0.0, "share", "0%"),
        (2.0, "grade, 1 to 4", "Lacking"),
        (5.0, "grade, 1 to 4", "5"),
        (4.0, "level, 1 to 5", "4 of 5"),
        (6.49, "score out of 10", "6.49 out of 10"),
        (1.0, "yes or no", "yes"),
        (0.0, "yes or no", "no"),
        (1.303, "ratio", "1.3"),
        (14.0, "months", "14 months"),
        (60.7, "months", "5.06 years"),
    ],
)
def test_values_in_their_units(harbours: Sector, value: float | None, unit: str, said: str) -> None:
    assert format_value(value, unit, harbours) == said


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (0.0713, "share", "+7.1 percentage points"),
        (-0.0113, "share", "\u22121.1 percentage points"),
        (0.3, "ratio", "+0.3"),
        (None, "share", "unknown"),
    ],
)
def test_changes_have_their_sign(harbours: Sector, value: float | None, unit: str, said: str) -> None:
    assert format_value(value, unit, harbours, change=True) == said


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (5008.0, "full-time equivalents", "5,008"),
        (0.616, "share", "61.6%"),
        (2.0, "grade, 1 to 4", "Lacking"),
        (4.0, "level, 1 to 5", "4 of 5"),
        (519.4e6, "GBP", "£519 million"),
    ],
)
def test_short_values_keep_what_the_label_does_not_say(
    harbours: Sector, value: float, unit: str, said: str
) -> None:
    assert format_short(value, unit, harbours) == said


@pytest.mark.parametrize(
    ("months", "said"),
    [
        (None, ""),
        (0, "under 1 month"),
        (1, "1 month"),
        (23, "23 months"),
        (24, "2 years"),
        (29, "2 years"),
        (30, "3 years"),
        (47, "4 years"),
        (95, "8 years"),
    ],
)
def test_ages_are_rounded_and_not_cut_down(months: int | None, said: str) -> None:
    assert format_age(months) == said
