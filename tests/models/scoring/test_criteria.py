"""Criteria on a few made-up figures: similarity, standing, strength, relationship, capacity."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from made_up import made_up_profiles

from matchmaker.features.profiles import Profiles, profiles
from matchmaker.models.arrangement import Criterion
from matchmaker.models.scoring.criteria import (
    capacity,
    closeness,
    comparable,
    criterion_values,
    known_of,
    relationship,
    shrunk,
    similarity_distances,
    standing,
    strength,
)
from matchmaker.snapshot import Snapshot

UNKNOWN = float("nan")
FIRST = np.array([0])


def setting(
    tidal_range: float, summer_share: float | None = None, fog_days: float | None = None
) -> dict[str, float]:
    known = {"tidal_range": tidal_range, "summer_share": summer_share, "fog_days": fog_days}
    return {measure: value for measure, value in known.items() if value is not None}


@pytest.fixture
def gappy() -> Profiles:
    """Three features of the setting are comparable; EEE knows one of them, DDD two."""
    return made_up_profiles(
        {
            "AAA": setting(1, 0.1, 10),
            "BBB": setting(2, 0.2, 20),
            "CCC": setting(4, 0.4, 40),
            "DDD": setting(8, 0.8),
            "EEE": setting(16),
        }
    )


def test_a_distance_needs_half_of_the_features_to_be_known_of_both(gappy: Profiles) -> None:
    distance = similarity_distances(gappy, "setting", "fishing", FIRST)[0]
    assert np.isnan(distance).tolist() == [False, False, False, False, True]
    assert np.isnan(similarity_distances(gappy, "setting", "fishing", np.array([4]))[0]).all()


def test_a_distance_is_the_root_mean_square_over_what_both_know() -> None:
    # Quartiles 1 and 3 of 0 to 4, so the unit is 2 / 1.349.
    profiles = made_up_profiles(
        {name: setting(1 + at) for at, name in enumerate(("AAA", "BBB", "CCC", "DDD", "EEE"))}
    )
    distance = similarity_distances(profiles, "setting", "fishing", FIRST)[0]
    assert distance == pytest.approx(np.arange(5) * 1.3489795 / 2)


def test_a_feature_that_less_than_half_of_a_type_know_is_not_compared() -> None:
    figures = {name: setting(1) for name in ("AAA", "BBB", "CCC", "DDD")}
    figures["AAA"] = setting(1, 0.1)
    assert len(comparable(made_up_profiles(figures), "setting", "fishing")) == 1
    figures["BBB"] = setting(1, 0.1)
    assert len(comparable(made_up_profiles(figures), "setting", "fishing")) == 2


def test_features_that_are_not_for_comparing_are_left_out() -> None:
    years = [
        {
            "code": code,
            "measure": measure,
            "value": value + year,
            "period_start": date(2010 + year, 1, 1),
            "period_end": date(2010 + year, 12, 31),
            "known_from": date(2010 + year, 12, 31),
        }
        for code, value in (("AAA", 1.0), ("BBB", 2.0))
        for year in range(9)
        for measure in ("surplus", "income")
    ]
    profiles = made_up_profiles({"AAA": {"debt_share": 1}, "BBB": {"debt_share": 2}}, measures=years)
    assert not np.isnan(profiles.values[0, profiles.column["surplus_trend"]])
    names = [profiles.features[at].name for at in comparable(profiles, "money", "fishing")]
    assert names == ["surplus_share", "debt_share"]


def test_closeness_is_the_share_of_pairs_that_are_further_apart() -> None:
    # Tides of 1, 2, 4, 8: the six pairs are 1, 2, 3, 4, 6 and 7 apart.
    profiles = made_up_profiles(
        {name: setting(tide) for name, tide in zip(("AAA", "BBB", "CCC", "DDD"), (1, 2, 4, 8), strict=True)}
    )
    found = closeness(profiles, "setting", "fishing", FIRST)[0]
    assert found[1:] == pytest.approx([11 / 12, 7 / 12, 1 / 12])


def test_ties_among_distances_count_half() -> None:
    profiles = made_up_profiles({"AAA": setting(2), "BBB": setting(2), "CCC": setting(2)})
    assert closeness(profiles, "setting", "fishing", FIRST)[0] == pytest.approx([0.5, 0.5, 0.5])


def test_of_another_type_each_is_measured_in_the_units_of_the_recipient() -> None:
    figures = {"AAA": setting(1), "BBB": setting(2), "CCC": setting(4), "FFF": setting(4)}
    profiles = made_up_profiles(figures, types={"FFF": "ferry"})
    found = closeness(profiles, "setting", "fishing", FIRST)[0]
    assert found[3] == found[2]  # as far apart as CCC
    assert np.isnan(closeness(profiles, "setting", "ferry", np.array([3]))[0]).all()  # one has no pair


MONEY = {
    "AAA": {"debt_share": 0.1, "surplus": 1, "income": 100},
    "BBB": {"debt_share": 0.2, "surplus": 3, "income": 100},
    "CCC": {"debt_share": 0.3},
    "DDD": {},
}


def test_standing_is_the_mean_over_the_features_moved_to_the_middle_where_one_is_unknown() -> None:
    found = standing(made_up_profiles(MONEY), "money")
    assert found[:3] == pytest.approx([(1 + 0) / 2, (0.5 + 1) / 2, 0.5 - 0.5 / 2])  # CCC: 1 of 2 is known
    assert np.isnan(found[3])


def test_known_in_full_a_mean_stays_and_known_in_part_it_moves_to_the_middle_by_what_is_missing() -> None:
    one = np.array([0.99, 0.99, 0.1, np.nan])
    moved = shrunk(one, np.array([6.0, 1, 3, 0]), np.array([6.0, 6, 6, 6]))
    assert moved[:3] == pytest.approx([0.99, 0.5 + 0.49 / 6, 0.3])
    assert np.isnan(moved[3])


def test_strength_needs_half_of_the_areas() -> None:
    profiles = made_up_profiles({code: known | {"on_time": 0.5} for code, known in MONEY.items()})
    areas = {profiles.column[name]: 1.0 for name in ("debt_share", "surplus_share", "on_time")}
    found = strength(profiles, areas)
    assert found[:3] == pytest.approx([(1 + 0 + 0.5) / 3, (0.5 + 1 + 0.5) / 3, 0.5 - 0.25 * 2 / 3])
    assert np.isnan(found[3])  # one of three
    assert np.isnan(strength(profiles, {})).all()


def test_a_relationship_is_on_record_or_of_one_locality_or_neither() -> None:
    profiles = made_up_profiles(
        {code: {} for code in ("AAA", "BBB", "CCC", "DDD")},
        localities={"AAA": "Bay", "BBB": "Bay", "CCC": "Bay"},
        pairings=[{"recipient": "CCC", "partner": "AAA", "start": date(2015, 1, 1), "end": date(2016, 1, 1)}],
    )
    assert relationship(profiles, FIRST)[0, 1:].tolist() == [0.6, 1.0, 0.5]
    assert relationship(profiles, np.array([3]))[0, :3].tolist() == [0.5, 0.5, 0.5]


def test_capacity_is_on_a_logarithmic_scale_between_its_ratios() -> None:
    sizes = dict(zip(("AAA", "BBB", "CCC", "DDD", "EEE"), (40, 10, 20, 80, 640), strict=True))
    profiles = made_up_profiles({code: {"berths": size} for code, size in sizes.items()} | {"FFF": {}})
    found = capacity(profiles, FIRST, (0.25, 4.0))[0]
    assert found[:5] == pytest.approx([0.5, 0.0, 0.25, 0.75, 1.0])
    assert np.isnan(found[5])


def test_proximity_halves_with_every_half_distance() -> None:
    profiles = made_up_profiles(
        {code: {} for code in ("AAA", "BBB", "CCC", "DDD")}, km={"AAA": 0, "BBB": 30, "CCC": 90}
    )
    near = Criterion(name="near", label="Near", form="proximity", weight=1, half_km=30, why="Near.")
    found = criterion_values(profiles, [near], "fishing", FIRST, [{}])[0, 0]
    assert found[:3] == pytest.approx([1, 0.5, 0.125], abs=1e-6)
    assert np.isnan(found[3])


def test_standing_of_both_is_that_of_the_weaker() -> None:
    both = Criterion(
        name="both", label="Both", form="standing_of_both", dimension="money", weight=1, why="B."
    )
    found = criterion_values(made_up_profiles(MONEY), [both], "fishing", FIRST, [{}])[0, 0]
    assert found[:3] == pytest.approx([0.5, 0.5, 0.25])
    assert np.isnan(found[3])


def test_in_the_bundled_snapshot_one_board_fact_of_five_makes_no_strong_board(snapshot: Snapshot) -> None:
    found = profiles(snapshot, date(2026, 8, 22))
    board = standing(found, "board_stability")
    known, expected = known_of(found, found.of_dimension("board_stability"))
    assert set(expected.tolist()) == {5.0}
    single = known == 1
    assert single.sum() >= 5
    assert np.nanmax(np.abs(board[single] - 0.5)) <= 0.1 + 1e-9
