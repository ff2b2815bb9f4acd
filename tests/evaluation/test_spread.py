"""How evenly places on lists are spread, on the real snapshot."""

from __future__ import annotations

import numpy as np
import pytest

from matchmaker import Matchmaker
from matchmaker.evaluation.spread import ALL, IN_NEED, gini, spread
from matchmaker.models.arrangement import arrangement


def test_gini_is_none_where_all_have_the_same_and_most_where_one_has_everything() -> None:
    assert gini(np.array([3.0, 3.0, 3.0])) == 0
    assert gini(np.array([0.0, 0.0, 0.0, 8.0])) == pytest.approx(0.75)
    assert gini(np.zeros(3)) == 0


def test_counts_are_of_the_first_five_of_every_list(engine: Matchmaker) -> None:
    found = spread(engine, arrangement(engine.sector, "buddying"), ("nearest", "random"))
    assert [(one.method, one.group) for one in found] == [
        ("nearest", IN_NEED),
        ("nearest", ALL),
        ("random", IN_NEED),
        ("random", ALL),
    ]
    for one in found:
        assert one.org_type == "acute"
        assert one.top_share == one.counts[0][1] / one.n_lists
        assert 0 < one.gini < 1
    assert found[1].n_lists > found[0].n_lists


def test_what_ranks_by_one_order_for_all_stands_on_every_list(engine: Matchmaker) -> None:
    (needing, _) = spread(engine, arrangement(engine.sector, "buddying"), ("biggest",))
    (mixed, _) = spread(engine, arrangement(engine.sector, "buddying"), ("random",))
    assert needing.top_share > 0.9
    assert needing.gini > mixed.gini
