"""What is taken away is unknown at the end: nothing on the way puts a figure in its place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from matchmaker.features import ProfileTransformer, features
from matchmaker.features.profiles import KNOWN, NOT_APPLICABLE, UNKNOWN, Profiles, profiles
from matchmaker.models.scoring.criteria import closeness, comparable, similarity_distances, standing

if TYPE_CHECKING:
    from matchmaker import Snapshot

HOLES = 200


def without(snapshot: Snapshot, holes: set[tuple[str, str]]) -> pl.DataFrame:
    """The measures without those that a feature of an organisation may use."""
    sources = {feature.name: feature.sources for feature in features(snapshot.sector)}
    rows = [(code, source) for code, name in sorted(holes) for source in sources[name]]
    gone = pl.DataFrame(rows, schema=["code", "measure"], orient="row")
    return snapshot.measures.join(gone, on=["code", "measure"], how="anti")


@pytest.fixture(scope="module", params=[date(2017, 12, 31), None], ids=["2017", "today"])
def pair(
    request: pytest.FixtureRequest, snapshot: Snapshot, changed: Callable[..., Snapshot]
) -> tuple[Profiles, Profiles, np.ndarray]:
    """Profiles before and after known cells were taken away at random, and which they are."""
    # A figure that is added up over merged parts would outlive the one that is taken away.
    snapshot = changed(snapshot, successions=snapshot.successions.clear())
    before = profiles(snapshot, request.param)
    published = [at for at, feature in enumerate(before.features) if not feature.is_derived]
    known = [(row, at) for row, at in np.argwhere(~np.isnan(before.values)).tolist() if at in published]
    chosen = np.random.default_rng(7).choice(len(known), HOLES, replace=False)
    codes, names = before.organisations["code"].to_list(), [feature.name for feature in before.features]
    holes = {(codes[known[at][0]], names[known[at][1]]) for at in chosen}
    # Features of one measure lose it together.
    sources = {feature.name: set(feature.sources) for feature in before.features}
    holes |= {(code, other) for code, name in holes for other in names if sources[other] <= sources[name]}
    after = profiles(changed(snapshot, measures=without(snapshot, holes)), request.param)
    mask = np.zeros(before.values.shape, dtype=bool)
    for code, name in holes:
        mask[before.position[code], before.column[name]] = True
    return before, after, mask


def test_every_hole_is_found_as_unknown(pair: tuple[Profiles, Profiles, np.ndarray]) -> None:
    before, after, mask = pair
    flat = pl.Series(mask.ravel())
    holes = after.cells.filter(flat)
    assert mask.sum() >= HOLES and (before.cells.filter(flat)["state"] == KNOWN).sum() >= HOLES
    assert set(holes["state"]) <= {UNKNOWN, NOT_APPLICABLE}
    assert (
        holes["state"].eq(NOT_APPLICABLE).sum() == before.cells.filter(flat)["state"].eq(NOT_APPLICABLE).sum()
    )
    for name in ("value", "period_start", "period_end", "known_from", "source", "file"):
        assert holes[name].is_null().all(), name
    for matrix in (after.shown, after.values, after.transformed, after.percentiles, after.standings):
        assert np.isnan(matrix[mask]).all()
    for org_type in np.unique(after.types):
        assert np.isnan(after.scaled_as(org_type)[mask]).all()
    wide = after.wide().drop("code", "name", "type")
    assert wide.to_numpy().shape == mask.shape and np.isnan(wide.to_numpy()[mask]).all()
    assert wide.null_count().sum_horizontal().item() == np.isnan(after.shown).sum()
    scaled = ProfileTransformer().fit_transform(after.wide())
    assert np.isnan(scaled[mask]).all()


def test_no_other_cell_is_filled_or_lost(pair: tuple[Profiles, Profiles, np.ndarray]) -> None:
    """Shares whose divisor is gone, and the age of a rating, may become unknown or older."""
    before, after, mask = pair
    depends = np.array([feature.over is not None or feature.is_derived for feature in before.features])
    others = ~mask & ~depends
    assert np.array_equal(before.shown[others], after.shown[others], equal_nan=True)
    assert not (np.isnan(before.shown) & ~np.isnan(after.shown)).any()


@pytest.mark.slow
@pytest.mark.parametrize("dimension", ["size", "context", "performance"])
def test_a_criterion_is_unknown_where_too_little_is_shared(
    snapshot: Snapshot, changed: Callable[..., Snapshot], dimension: str
) -> None:
    code = "RTK"
    before = profiles(snapshot)
    row = before.position[code]
    rows = np.array([row])
    columns = comparable(before, dimension, "acute")
    assert not np.isnan(similarity_distances(before, dimension, "acute", rows)).all()
    enough = -(-len(columns) // 2)
    for left in (enough, enough - 1):
        known = [at for at in columns if not np.isnan(before.values[row, at])]
        holes = {(code, before.features[at].name) for at in known[left:]}
        after = profiles(changed(snapshot, measures=without(snapshot, holes)))
        still = np.count_nonzero(~np.isnan(after.values[row, columns]))
        assert still <= left
        distance = similarity_distances(after, dimension, "acute", rows)[0]
        near = closeness(after, dimension, "acute", rows)[0]
        assert np.isnan(distance).all() == (still < enough)
        assert np.array_equal(np.isnan(distance), np.isnan(near))


def test_the_standing_of_a_trust_without_figures_is_unknown(
    snapshot: Snapshot, changed: Callable[..., Snapshot]
) -> None:
    names = {feature.name for feature in features(snapshot.sector) if feature.dimension == "performance"}
    holes = {("RTK", name) for name in names}
    after = profiles(changed(snapshot, measures=without(snapshot, holes)))
    found = standing(after, "performance")
    assert np.isnan(found[after.position["RTK"]])
    assert not np.isnan(found[after.position["RA2"]])


def test_a_board_of_which_nothing_was_published_is_unknown(
    snapshot: Snapshot, changed: Callable[..., Snapshot]
) -> None:
    known = profiles(snapshot)
    post = known.column["chief_executive_tenure"]
    code = known.organisations["code"][int(np.flatnonzero(~np.isnan(known.values[:, post]))[0])]
    gone = snapshot.board_tenure.filter(pl.col("code") != code)
    groups = snapshot.groups.filter(pl.col("code") != code)
    after = profiles(changed(snapshot, board_tenure=gone, groups=groups))
    cells = after.cells.filter(pl.col("code") == code)
    board = [feature.name for feature in features(snapshot.sector) if feature.dimension == "board_stability"]
    assert set(cells.filter(pl.col("feature").is_in(board))["state"]) == {UNKNOWN}
    assert np.isnan(standing(after, "board_stability")[after.position[code]])
