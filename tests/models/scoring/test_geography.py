"""Distances between places."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from made_up import made_up_profiles

from matchmaker.models.scoring.geography import kilometres, kilometres_from, nearest_sites_from


def test_distances_along_a_line() -> None:
    profiles = made_up_profiles(
        {code: {} for code in ("AAA", "BBB", "CCC", "DDD")}, km={"AAA": 0, "BBB": 25, "CCC": 100}
    )
    found = kilometres(profiles, np.array([0, 1]))
    assert found[:, :3] == pytest.approx(np.array([[0, 25, 100], [25, 0, 75]]), abs=1e-4)
    assert np.isnan(found[:, 3]).all()
    assert kilometres_from(profiles, 1).tobytes() == found[1].tobytes()


def test_a_degree_of_longitude_is_shorter_in_the_north(harbour_engine: object) -> None:
    profiles = harbour_engine.profiles()  # type: ignore[attr-defined]
    kittiwick = profiles.position["KIT"]  # on the same latitude as Amberwick, one degree east
    expected = 6371.0088 * np.radians(1) * np.cos(np.radians(50))
    assert kilometres_from(profiles, kittiwick)[profiles.position["AMB"]] == pytest.approx(expected, rel=1e-4)


def test_the_nearest_two_sites_of_each_pair() -> None:
    day = date(2016, 1, 1)
    profiles = made_up_profiles(
        {code: {} for code in ("AAA", "BBB", "CCC", "DDD")},
        km=dict.fromkeys(("AAA", "BBB", "CCC"), 0),
        places=[
            *(("AAA", name, day, km) for name, km in (("a1", 0), ("a2", 40))),
            *(("BBB", name, day, km) for name, km in (("b1", 47), ("b2", 90))),
            ("CCC", "main", day, 41),
            ("DDD", "d1", date(2019, 1, 1), 40),
            ("DDD", "d2", date(2021, 1, 1), 41),  # later than the day of the profiles
        ],
    )
    assert nearest_sites_from(profiles, 0) == pytest.approx([0, 7, np.nan, 0], abs=1e-4, nan_ok=True)
    assert nearest_sites_from(profiles, 1) == pytest.approx([7, 0, np.nan, 7], abs=1e-4, nan_ok=True)
    assert np.isnan(nearest_sites_from(profiles, 2)).all()
