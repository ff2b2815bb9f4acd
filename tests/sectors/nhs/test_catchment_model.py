"""The Huff model, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.sectors.nhs.catchment_model import (
    attraction,
    catchment_means,
    exponential_decay,
    huff_shares,
    kilometres,
    power_decay,
)
from matchmaker.typing import Floats

KM = 1 / 111.19493
"""Degrees of latitude in a kilometre."""


def places(*km: float) -> Floats:
    return np.array([[51.0 + one * KM, 0.0] for one in km])


def means(values: list[float], *, rivals: bool = True, **changes: object) -> list[float]:
    """Over three areas at 0, 5 and 10 km; two hospitals of 300 and 100 beds at 0 and 10 km."""
    given_: dict[str, object] = {
        "weights": np.ones((3, 1)),
        "owners": np.array([0, 1]),
        "beds": np.array([300.0, 100.0]),
        "site_places": places(0, 10),
        "area_places": places(0, 5, 10),
        "decay": power_decay(2),
    }
    found = catchment_means(np.array(values)[:, None], **given_ | changes, rivals=rivals)  # type: ignore[arg-type]
    return [float(one) for one in found[:, 0]]


def test_distances() -> None:
    assert kilometres(places(0, 3), places(0, 10)) == pytest.approx(np.array([[0, 10], [3, 7]]), abs=1e-3)
    london, manchester = np.array([[51.5074, -0.1278]]), np.array([[53.4808, -2.2426]])
    assert kilometres(london, manchester)[0, 0] == pytest.approx(262.1, abs=0.5)


def test_shares_are_beds_over_distance_and_add_up_to_one() -> None:
    shares = huff_shares(np.array([300.0, 100.0]), places(0, 10), places(0, 5), power_decay(2))
    # At 0 km: 300 / 1 and 100 / 121; at 5 km: 300 / 36 and 100 / 36.
    assert shares == pytest.approx(np.array([[300, 100 / 121], [3, 1]]) / [[300 + 100 / 121], [4]], rel=1e-4)
    assert shares.sum(axis=1) == pytest.approx([1, 1])


def test_decays() -> None:
    assert power_decay(3)(np.array([0.0, 1.0])) == pytest.approx([1, 1 / 8])
    assert power_decay(1, nearest_km=4)(np.array([1.0])) == pytest.approx([1 / 5])
    assert exponential_decay(8)(np.array([0.0, 8.0])) == pytest.approx([1, np.exp(-1)])


def test_a_catchment_s_mean_weighs_areas_by_their_share() -> None:
    shares = huff_shares(np.array([300.0, 100.0]), places(0, 10), places(0, 5, 10), power_decay(2))
    expected = shares.T @ [10, 20, 40] / shares.sum(axis=0)
    assert means([10, 20, 40]) == pytest.approx(expected.tolist())


def test_without_rivals_an_organisation_draws_on_its_own_neighbourhood_only() -> None:
    pull = attraction(np.array([300.0, 100.0]), places(0, 10), places(0, 5, 10), power_decay(2))
    expected = pull.T @ [10, 20, 40] / pull.sum(axis=0)
    assert means([10, 20, 40], rivals=False) == pytest.approx(expected.tolist())
    # A far rival makes no difference then; with rivals it does.
    assert means([10, 20, 40], rivals=False, beds=np.array([300.0, 9e9]))[0] == pytest.approx(expected[0])
    assert means([10, 20, 40], beds=np.array([300.0, 9e9]))[0] != pytest.approx(
        means([10, 20, 40])[0], rel=0.01
    )


def test_an_unknown_area_does_not_count() -> None:
    assert means([10, np.nan, 10]) == pytest.approx([10, 10])
    assert np.isnan(means([np.nan] * 3)).all()


def test_residents_weigh() -> None:
    assert means([10, 20, 40], weights=np.array([[0.0], [1.0], [0.0]])) == pytest.approx([20, 20])


def test_sites_of_one_organisation_draw_together() -> None:
    joined = means([10, 20, 40], owners=np.array([0, 0]))
    assert joined == pytest.approx([70 / 3])  # every area goes to the only organisation


def test_far_away_is_not_nowhere() -> None:
    """All areas are shared out, though the decay of 600 km is less than any number of 64 bits holds."""
    far = means([10, 20, 40], site_places=places(600, 601), decay=exponential_decay(0.5))
    assert np.isfinite(far).all()


@given(st.lists(st.floats(1, 2000), min_size=2, max_size=2), st.floats(1.1, 50))
def test_more_beds_draw_more(beds: list[float], factor: float) -> None:
    area = places(4)
    before = huff_shares(np.array(beds), places(0, 10), area, power_decay(3))[0, 0]
    after = huff_shares(np.array([beds[0] * factor, beds[1]]), places(0, 10), area, power_decay(3))[0, 0]
    assert after > before
