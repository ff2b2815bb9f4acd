"""Size of a candidate relative to a recipient."""

from __future__ import annotations

import numpy as np
import pytest
from made_up import made_up_profiles

from matchmaker.models.scoring.size import size_ratios, size_ratios_to


def test_the_geometric_mean_over_the_size_features_that_both_know() -> None:
    profiles = made_up_profiles(
        {
            "AAA": {"berths": 10, "staff": 100},
            "BBB": {"berths": 40, "staff": 100},
            "CCC": {"berths": 40},
            "DDD": {"tidal_range": 3},
        }
    )
    found = size_ratios(profiles, np.array([0, 2]))
    assert found[0, :3] == pytest.approx([1, 2, 4])
    assert found[1, :3] == pytest.approx([1 / 4, 1, 1])
    assert np.isnan(found[:, 3]).all()
    assert size_ratios_to(profiles, 0).tobytes() == found[0].tobytes()


def test_a_feature_of_one_type_counts_only_within_it() -> None:
    figures = {code: {"berths": 10, "passengers": people} for code, people in (("FFF", 1000), ("GGG", 9000))}
    profiles = made_up_profiles(figures | {"AAA": {"berths": 20}}, types={"FFF": "ferry", "GGG": "ferry"})
    found = size_ratios_to(profiles, profiles.position["FFF"])
    assert found[profiles.position["GGG"]] == pytest.approx(3)
    assert found[profiles.position["AAA"]] == pytest.approx(2)
