"""Values are placed in proportion, from the start to the end of a scale."""

from __future__ import annotations

from matchmaker.rendering.charts.scale import linear


def test_values_are_placed_in_proportion() -> None:
    across = linear(10, 20, 0, 100)
    assert [across(value) for value in (10, 12.5, 20, 25)] == [0, 25, 100, 150]
    assert linear(0, 1, 250, 50)(0.25) == 200


def test_what_lies_beyond_can_be_cut() -> None:
    across = linear(0, 1, 0, 100, clip=True)
    assert [across(value) for value in (-1, 0.5, float("inf"))] == [0, 50, 100]


def test_on_a_log_scale_equal_ratios_are_equally_far_apart() -> None:
    across = linear(0.25, 4, 0, 100, log=True, clip=True)
    assert [across(value) for value in (0, 0.25, 0.5, 1, 2, 4, 9)] == [0, 0, 25, 50, 75, 100, 100]


def test_a_scale_of_one_value_has_a_place_for_it() -> None:
    assert linear(3, 3, 10, 20)(3) == 10
