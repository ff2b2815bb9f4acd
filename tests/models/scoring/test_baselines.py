"""Baselines, each by a single number."""

from __future__ import annotations

import numpy as np
import pytest
from made_up import made_up_profiles

from matchmaker.features.profiles import Profiles
from matchmaker.models.registry import methods
from matchmaker.models.scoring.baselines import SingleValueRanker, baseline
from matchmaker.sector import Sector

CODES = ("AAA", "BBB", "CCC", "DDD")


@pytest.fixture
def four() -> Profiles:
    return made_up_profiles(
        {
            "AAA": {"berths": 10, "inspection": 3, "tidal_range": 1},
            "BBB": {"berths": 30, "inspection": 1, "tidal_range": 2},
            "CCC": {"berths": 20, "inspection": 4, "tidal_range": 4},
            "DDD": {},
        },
        km={"AAA": 0, "BBB": 50, "CCC": 20},
        localities={"AAA": "Bay", "BBB": "Bay"},
    )


def ranker(harbours: Sector, profiles: Profiles, name: str) -> SingleValueRanker:
    return baseline(name, methods(harbours)[name].spec, profiles)


def values(harbours: Sector, profiles: Profiles, name: str) -> list[float]:
    """Of AAA, for all four."""
    scores = ranker(harbours, profiles, name).scores(np.array([0]))
    assert np.array_equal(scores.coverage[0] == 1, ~np.isnan(scores.values[0, 0]))
    return [float(one) for one in scores.values[0, 0]]


def test_the_nearest(harbours: Sector, four: Profiles) -> None:
    found = values(harbours, four, "nearest")
    assert found[:3] == pytest.approx([0, -50, -20], abs=1e-4)
    assert np.isnan(found[3])
    assert ranker(harbours, four, "nearest").describe(0, found[1], 0, 1) == "50 km away."


def test_by_a_feature(harbours: Sector, four: Profiles) -> None:
    assert values(harbours, four, "most-berths")[:3] == [10, 30, 20]
    best = ranker(harbours, four, "best-inspected")
    assert [best.describe(0, value, 0, 1) for value in (4.0, 1.0, None)] == [
        "Found exemplary.",
        "Found unsafe.",
        "Not known.",
    ]


def test_by_place(harbours: Sector, four: Profiles) -> None:
    assert values(harbours, four, "same-bay") == [1, 1, 0, 0]  # they have no coast here
    same = ranker(harbours, four, "same-bay")
    assert [same.describe(0, value, 0, 1) for value in (0.0, 1.0, 2.0)] == [
        "Another coast.",
        "The same coast.",
        "The same bay.",
    ]


def test_by_similarity(harbours: Sector, four: Profiles) -> None:
    found = values(harbours, four, "setting-only")
    assert found[1] > found[2]
    assert np.isnan(found[3])


def test_chance_depends_on_nothing_but_the_two_codes(harbours: Sector, four: Profiles) -> None:
    alone = made_up_profiles({"AAA": {"berths": 999}, "CCC": {}})
    first, again = values(harbours, four, "random"), values(harbours, alone, "random")
    assert first[2] == again[1]
    assert len(set(first)) == 4
    assert all(0 <= one < 1 for one in first)
