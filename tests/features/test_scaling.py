"""Robust scaling and percentiles, against plain numpy one column at a time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from matchmaker.features.scaling import IQR_OF_NORMAL, logged, middle_and_spread, percentiles, robust_scale
from matchmaker.typing import Floats

NAN = np.nan
NUMBERS = st.one_of(st.just(NAN), st.integers(-3, 3).map(float), st.floats(-1e6, 1e6))
TABLES = st.tuples(st.integers(1, 12), st.integers(1, 4)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=NUMBERS)
)


@given(TABLES)
def test_quartiles_are_those_of_numpy(values: Floats) -> None:
    middle, spread = middle_and_spread(values)
    for at, column in enumerate(values.T):
        known = column[~np.isnan(column)]
        if known.size == 0:
            assert np.isnan(middle[at]) and np.isnan(spread[at])
            continue
        low, half, high = np.quantile(known, [0.25, 0.5, 0.75])
        assert middle[at] == pytest.approx(half, rel=1e-12, abs=1e-9)
        if spread[at] != np.inf and high - low > 1e-6:
            assert spread[at] == pytest.approx((high - low) / IQR_OF_NORMAL, rel=1e-9)


@given(TABLES, st.data())
def test_percentiles_count_the_others_of_the_kind(values: Floats, data: st.DataObject) -> None:
    types = np.array(data.draw(st.lists(st.sampled_from("ab"), min_size=len(values), max_size=len(values))))
    found = percentiles(values, types)
    for row, column in np.ndindex(values.shape):
        own = values[row, column]
        others = np.delete(values[:, column], row)[np.delete(types, row) == types[row]]
        others = others[~np.isnan(others)]
        if np.isnan(own) or others.size == 0:
            assert np.isnan(found[row, column])
        else:
            share = (np.sum(others < own) + np.sum(others == own) / 2) / others.size
            assert found[row, column] == pytest.approx(share)


def test_unknown_stays_unknown_and_odd_values_are_held() -> None:
    values = np.array([[1.0, 5.0, NAN], [2.0, 5.0, NAN], [3.0, NAN, NAN], [1e9, 5.0, 1.0]])
    scaled = robust_scale(values, values[:3])
    assert scaled[:3, 0] == pytest.approx(np.array([-1.0, 0.0, 1.0]) * IQR_OF_NORMAL)
    assert scaled[3, 0] == 4.0
    assert robust_scale(-values, -values[:3])[3, 0] == -4.0
    assert scaled[[0, 1, 3], 1].tolist() == [0, 0, 0]  # no spread: known, and no different
    assert np.isnan(scaled[2, 1])
    assert np.isnan(scaled[:, 2]).all()  # nobody of the reference knows it


def test_nobody_to_refer_to_leaves_all_unknown() -> None:
    assert np.isnan(robust_scale(np.ones((3, 2)), np.empty((0, 2)))).all()


def test_equal_quartiles_fall_back_on_the_standard_deviation() -> None:
    column = np.array([0.0] * 8 + [10.0])
    _, spread = middle_and_spread(column[:, None])
    assert spread[0] == pytest.approx(np.std(column))


def test_a_logarithm_of_nothing_is_unknown() -> None:
    found = logged(np.array([[1.0, 0.0], [np.e, -1.0], [NAN, 5.0]]), np.array([True, False]))
    assert found[:2, 0] == pytest.approx([0, 1]) and np.isnan(found[2, 0])
    assert found[:, 1].tolist() == [0, -1, 5]
    assert np.isnan(logged(np.array([[0.0, -2.0]]), np.array([True, True]))).all()
