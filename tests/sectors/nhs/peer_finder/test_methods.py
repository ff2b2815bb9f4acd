"""The official peer methods: their lists to the last peer, their flaws in numbers, their manners."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.metrics.pairwise import nan_euclidean_distances

from matchmaker.sectors.nhs.peer_finder.inputs import NOT_COUNTED, PREFIX, VARIABLES, official_inputs
from matchmaker.sectors.nhs.peer_finder.methods import NhsPeerFinder, NhsPublishedScript, PeerMethod
from matchmaker.sectors.nhs.sources import ods_successions, official_peers, peer_finder
from matchmaker.snapshot import load

from .flaws import pooling_flaw
from .lists import peer_lists, through_successors

METHODS = (NhsPeerFinder, NhsPublishedScript)
COUNTED = [name for name in VARIABLES if name not in NOT_COUNTED]
Lists = Mapping[str, list[str]]


class Official(NamedTuple):
    """The inputs, the lists in use (without the trust itself) and the successions they went through."""

    codes: list[str]
    inputs: pl.DataFrame
    lists: Lists
    successor: Mapping[str, str]

    @property
    def values(self) -> np.ndarray:
        return self.inputs.to_numpy().astype(float)

    def made_by(self, method: PeerMethod, values: np.ndarray | None = None) -> Lists:
        fitted = method.fit(self.values if values is None else values)
        return peer_lists(self.codes, fitted.kneighbors()[1])


# The lists in use are those after Southport's closure and before Solent's.
LISTS_AS_OF = date(2023, 7, 1)
# Pennine Acute was shared out; the lists put it under Northern Care Alliance.
SHARED_OUT = {"RW6": "RM3"}


def _official(measures: pl.DataFrame, peers: pl.DataFrame, successions: pl.DataFrame) -> Official:
    codes, inputs = official_inputs(measures)
    closed = successions.filter(pl.col("old").is_in(codes) & (pl.col("date") <= LISTS_AS_OF))
    successor = dict(closed.select("old", "new").iter_rows()) | SHARED_OUT
    lists: dict[str, list[str]] = {code: [] for code in codes}
    for code, peer in peers.select("code", "peer").iter_rows():
        lists[code].append(peer)
    return Official(codes, inputs, lists, successor)


@pytest.fixture(scope="session")
def from_snapshot() -> Official:
    snapshot = load()
    return _official(snapshot.measures, snapshot.official_peers, snapshot.successions)


@pytest.fixture(scope="session")
def from_files(raw_data: Path) -> Official:
    raw = raw_data / "raw"
    measures = peer_finder.read(raw / "nhse-peer-method" / "raw_data_1920.xlsx")
    peers = official_peers.read(raw / "nhp-inputs" / "peers.csv")
    stated = ods_successions.read(raw / "geographr" / "lookup_trust_trust.rda")
    columns = ["old", "new", "date"]
    successions = pl.concat([stated.select(columns), ods_successions.curated().select(columns)])
    return _official(measures, peers, successions)


@pytest.fixture(params=["from_snapshot", "from_files"])
def official(request: pytest.FixtureRequest) -> Official:
    found: Official = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="session")
def types(raw_data: Path, from_files: Official) -> list[str]:
    """Five kinds of trust as they were in 2018/19; the file leaves out Manchester (R0A), which is acute."""
    path = raw_data / "raw" / "lse-hospital-management" / "nhs_provider.csv"
    rows = pl.read_csv(path).select(
        pl.col("ORG_CODE").str.strip_chars(),
        pl.when((pl.col("ORG_TYPE") == "Acute") & pl.col("SPECIALIST"))
        .then(pl.lit("Acute specialist"))
        .otherwise("ORG_TYPE")
        .alias("type"),
    )
    org_type = dict(rows.iter_rows()) | {"R0A": "Acute"}
    return [org_type[code] for code in from_files.codes]


def changes(before: Lists, after: Lists) -> tuple[int, int]:
    """How many lists differ as sets, and how many peers were lost from them."""
    lost = [len(set(before[code]) - set(after[code])) for code in before]
    return sum(count > 0 for count in lost), sum(lost)


def unknown_where_zero(official: Official, *names: str) -> np.ndarray:
    values = official.values
    for name in names:
        column = values[:, VARIABLES.index(name)]
        column[column == 0] = np.nan
    return values


# The lists in use, and the flaws in numbers (docs/adr/0002-official-peer-method.md)


def test_the_peer_finder_gives_all_208_lists_in_full(official: Official) -> None:
    rows = NhsPeerFinder().fit(official.inputs).kneighbors()[1]
    made = peer_lists(official.codes, rows, official.successor)
    assert len(made) == 208
    assert {code: set(peers) for code, peers in made.items()} == {
        code: set(peers) for code, peers in official.lists.items()
    }
    assert sum(map(len, made.values())) == 2016


def test_206_lists_come_in_the_official_order(from_files: Official) -> None:
    fitted = NhsPeerFinder().fit(from_files.inputs)
    made = peer_lists(from_files.codes, fitted.kneighbors()[1], from_files.successor)
    swapped = {
        code: [
            peer
            for peer, official in zip(made[code], from_files.lists[code], strict=True)
            if peer != official
        ]
        for code in made
        if made[code] != from_files.lists[code]
    }
    assert swapped == {"R1D": ["RDY", "RWX"], "RBQ": ["RRJ", "RXG"]}
    for code, (nearer, farther) in swapped.items():
        row, one, two = (from_files.codes.index(name) for name in (code, nearer, farther))
        assert 0 < fitted.distances()[row, two] - fitted.distances()[row, one] < 1e-4


def test_no_list_hangs_on_a_tie(from_files: Official) -> None:
    found = NhsPeerFinder().fit(from_files.inputs).kneighbors(n_neighbors=11)[0]
    assert np.diff(found, axis=1).min() > 5e-6
    assert np.diff(found, axis=1)[:, 9].min() > 3e-4


def test_the_published_script_gives_one_official_list(from_files: Official) -> None:
    rows = NhsPublishedScript().fit(from_files.inputs).kneighbors()[1]
    made = peer_lists(from_files.codes, rows, from_files.successor)
    assert sum(set(made[code]) == set(from_files.lists[code]) for code in made) == 1
    assert sum(len(set(made[code]) & set(from_files.lists[code])) for code in made) == 1227


def test_flaw_missing_counted_as_zero(official: Official) -> None:
    values = official.values
    diagnosis = VARIABLES.index("diagnosis")
    blank = np.flatnonzero(np.isnan(values).any(axis=1))
    four = [official.codes[row] for row in blank]
    assert four == ["RY2", "RY7", "RYF", "RYX"]
    assert np.isnan(values).sum() == 4
    fitted = NhsPeerFinder().fit(values)
    assert round(fitted.standardised_[blank[0], diagnosis], 2) == -1.25

    zero = official.made_by(NhsPeerFinder())
    shared = official.made_by(NhsPeerFinder(missing="shared"))
    assert changes(zero, shared) == (21, 39)
    lost = {code: len(set(zero[code]) - set(shared[code])) for code in zero}
    assert {code for code, count in lost.items() if count > 2} == {"RYY", "RDR", "RY2", "RY9", "RYF"}
    assert lost["RYY"] == 4
    assert sum(code in peers for peers in zero.values() for code in four) == 41
    assert sum(code in peers for peers in shared.values() for code in four) == 66

    mean = values.copy()
    mean[blank, diagnosis] = np.nanmean(values[:, diagnosis])
    assert changes(zero, official.made_by(NhsPeerFinder(), mean)) == (16, 19)


def test_flaw_blank_bed_rates_filled_with_zero(official: Official) -> None:
    beds = unknown_where_zero(official, "night_beds", "day_beds")
    assert np.isnan(beds[:, [VARIABLES.index("night_beds"), VARIABLES.index("day_beds")]]).sum(
        axis=0
    ).tolist() == [
        12,
        57,
    ]
    shared = official.made_by(NhsPeerFinder(missing="shared"))
    assert changes(shared, official.made_by(NhsPeerFinder(missing="shared"), beds)) == (0, 0)
    # Beds carry weight in the published script, so there it matters.
    script = official.made_by(NhsPublishedScript(missing="shared"))
    assert changes(script, official.made_by(NhsPublishedScript(missing="shared"), beds)) == (179, 358)


def test_flaw_unequal_kinds_pooled(from_files: Official, types: list[str]) -> None:
    acute = ["acute" if org_type.startswith("Acute") else "other" for org_type in types]
    assert types.count("Ambulance") == 1
    two = pooling_flaw(from_files.inputs, acute)
    table = [
        (
            row.type,
            row.organisations,
            row.peers_of_another_kind,
            row.lists_with_another_kind,
            row.lists_changed,
            row.lists_changed_by_scale,
            row.peers_changed,
        )
        for row in two + pooling_flaw(from_files.inputs, types)
    ]
    assert table == [
        ("acute", 147, 59, 21, 143, 143, 368),
        ("other", 61, 67, 27, 61, 61, 190),
        ("Acute", 130, 8, 8, 130, 130, 504),
        ("Acute specialist", 17, 99, 17, 17, 15, 104),
        ("Community Provider Trust", 18, 129, 18, 18, 18, 134),
        ("Mental Health", 42, 121, 39, 42, 38, 157),
    ]


def test_pooled_deviations_hide_what_tells_acute_trusts_apart(from_files: Official, types: list[str]) -> None:
    acute = np.array([org_type.startswith("Acute") for org_type in types])
    pooled = NhsPeerFinder().fit(from_files.values).scale_
    ratio = NhsPeerFinder().fit(from_files.values[acute]).scale_ / pooled
    told = {name: round(float(ratio[VARIABLES.index(name)]), 2) for name in COUNTED}
    assert {name: value for name, value in told.items() if value < 0.6} == {
        "diagnosis": 0.30,
        "sites": 0.48,
        "ccgs": 0.13,
    }


@pytest.mark.parametrize(
    ("one", "other", "mean", "least", "nearest_differs"),
    [
        (
            NhsPeerFinder(),
            NhsPublishedScript(weights=NhsPeerFinder().fit(np.eye(22, 21)).weights_),
            7.83,
            5,
            50,
        ),
        (NhsPeerFinder(weights=[1.0] * 21), NhsPublishedScript(), 7.80, 5, 63),
        (NhsPeerFinder(), NhsPublishedScript(), 6.03, 2, 105),
        (NhsPeerFinder(), NhsPeerFinder(weights=[1.0] * 21), 7.03, 3, 72),
    ],
    ids=["distance alone, 14", "distance alone, 21", "both methods", "weights alone"],
)
def test_euclidean_and_manhattan_disagree(
    official: Official, one: PeerMethod, other: PeerMethod, mean: float, least: int, nearest_differs: int
) -> None:
    a, b = official.made_by(one), official.made_by(other)
    common = [len(set(a[code]) & set(b[code])) for code in a]
    assert (round(float(np.mean(common)), 2), min(common)) == (mean, least)
    assert sum(a[code][0] != b[code][0] for code in a) == nearest_differs


class Rounded(NhsPeerFinder):
    """The method in use, had it rounded as the script does."""

    _decimals = 5


class Unrounded(NhsPublishedScript):
    """The script without its rounding."""

    _decimals = None


def test_rounding_of_deviations(official: Official) -> None:
    exactly, rounded = official.made_by(NhsPeerFinder()), official.made_by(Rounded())
    assert changes(exactly, rounded) == (1, 1)
    # So the list in use for RNL, which the exact method gives, was made without rounding.
    assert set(exactly["RNL"]) != set(rounded["RNL"])
    assert changes(official.made_by(Unrounded()), official.made_by(NhsPublishedScript())) == (1, 1)
    exact = Unrounded().fit(official.values).scale_
    error = np.abs(NhsPublishedScript().fit(official.values).scale_ / exact - 1)
    assert VARIABLES[int(error.argmax())] == "absence_rate"
    assert error.max() == pytest.approx(6.3e-4, rel=0.02)


def test_lists_in_use_came_from_full_precision(raw_data: Path, from_files: Official) -> None:
    appendix = pl.read_csv(
        raw_data / "raw" / "thf-trust-reference" / "nhs_peer_finder_appendix_a_data.csv", infer_schema=False
    )
    assert appendix["Procode"].to_list() == from_files.codes
    numbers = appendix.drop("Procode").select(
        pl.all().str.replace_all(r"[,\s]", "").cast(pl.Float64, strict=False)
    )
    blanks = dict(zip(VARIABLES, numbers.null_count().row(0), strict=True))
    assert {name: count for name, count in blanks.items() if count} == {
        "diagnosis": 4,
        "night_beds": 12,
        "day_beds": 57,
    }
    rows = NhsPeerFinder().fit(numbers.to_numpy()).kneighbors()[1]
    made = peer_lists(from_files.codes, rows, from_files.successor)
    assert sum(set(made[code]) == set(from_files.lists[code]) for code in made) == 41


# Worked by hand


def by_hand(**columns: list[float]) -> np.ndarray:
    """Rows that differ in the named columns only."""
    rows = len(next(iter(columns.values())))
    values = np.ones((rows, len(VARIABLES)))
    for name, given_values in columns.items():
        values[:, VARIABLES.index(name)] = given_values
    return values


def test_worked_by_hand_euclidean_and_manhattan() -> None:
    # Both variables have mean 0 and deviation 1 (n - 1), so a row's value is its z-score.
    values = by_hand(urban=[-1, 0, 1], sites=[0, -1, 1])
    euclidean = NhsPeerFinder().fit(values).distances()
    manhattan = NhsPublishedScript().fit(values).distances()
    np.testing.assert_allclose(euclidean, [[0, 2**0.5, 5**0.5], [2**0.5, 0, 5**0.5], [5**0.5, 5**0.5, 0]])
    np.testing.assert_allclose(manhattan, [[0, 2, 3], [2, 0, 3], [3, 3, 0]])


def test_worked_by_hand_missing() -> None:
    values = by_hand(urban=[-1, 0, 1], diagnosis=[2, 4, np.nan])
    # 0 in place of the unknown: mean 2, deviation 2, so the z-scores are 0, 1, -1.
    zero = NhsPeerFinder().fit(values).distances()
    np.testing.assert_allclose(zero[2], [(4 + 1) ** 0.5, (1 + 4) ** 0.5, 0])
    # Unknown: 13 of the 14 counted variables are shared with the third row.
    shared = NhsPeerFinder(missing="shared").fit(values).distances()
    np.testing.assert_allclose(shared[2], [(4 * 14 / 13) ** 0.5, (1 * 14 / 13) ** 0.5, 0])
    # The known two: mean 3, deviation root 2, so they are root 2 apart there.
    np.testing.assert_allclose(shared[0, 1], (1 + 2) ** 0.5)


def test_shared_is_the_nan_euclidean_distance_of_scikit_learn() -> None:
    random = np.random.default_rng(7)
    values = random.normal(size=(30, 21))
    values[random.random(values.shape) < 0.3] = np.nan
    method = NhsPeerFinder(weights=[1.0] * 21, missing="shared").fit(values)
    np.testing.assert_allclose(method.distances(), nan_euclidean_distances(method.standardised_), atol=1e-9)


def test_a_weight_multiplies_the_standardised_value() -> None:
    values = by_hand(urban=[-1, 0, 1], sites=[0, -1, 1])
    weights = dict.fromkeys(VARIABLES, 1.0) | {"urban": 3.0}
    np.testing.assert_allclose(NhsPeerFinder(weights=weights).fit(values).distances()[0, 1], 10**0.5)
    np.testing.assert_allclose(NhsPublishedScript(weights=weights).fit(values).distances()[0, 1], 4)


def test_what_is_shared_is_counted_by_weight() -> None:
    values = by_hand(urban=[-1, 0, 1], diagnosis=[2, 4, np.nan])
    weights = dict.fromkeys(VARIABLES, 1.0) | {"urban": 3.0, "diagnosis": 2.0}
    euclidean = NhsPeerFinder(weights=weights, missing="shared").fit(values).distances()
    np.testing.assert_allclose(euclidean[2, 0], (36 * (9 + 4 + 19) / (9 + 19)) ** 0.5)
    manhattan = NhsPublishedScript(weights=weights, missing="shared").fit(values).distances()
    np.testing.assert_allclose(manhattan[2, 0], 6 * (3 + 2 + 19) / (3 + 19))


def test_ties_fall_by_row_and_the_organisation_is_left_out() -> None:
    values = by_hand(urban=[5, 0, 0, 0, 0])
    found, rows = NhsPeerFinder().fit(values).kneighbors(n_neighbors=3)
    assert rows.tolist() == [[1, 2, 3], [2, 3, 4], [1, 3, 4], [1, 2, 4], [1, 2, 3]]
    assert found[1].tolist() == [0, 0, 0]


def test_an_organisation_that_shares_nothing_comes_last() -> None:
    values = by_hand(urban=[0, 1, 3, 4])
    values[1] = np.nan
    method = NhsPeerFinder(missing="shared").fit(values)
    found, rows = method.kneighbors(n_neighbors=3)
    assert rows.tolist() == [[2, 3, 1], [0, 2, 3], [3, 0, 1], [2, 0, 1]]
    assert np.isnan(found[:, -1]).all()
    assert np.isnan(found[1]).all()


def test_a_variable_that_is_the_same_everywhere_counts_for_nothing() -> None:
    values = by_hand(urban=[0, 1, 2])
    values[:, VARIABLES.index("mff")] = 0.1
    method = NhsPeerFinder().fit(values)
    newcomer = values[:1].copy()
    newcomer[0, VARIABLES.index("mff")] = 9.0
    np.testing.assert_array_equal(method.distances(newcomer), method.distances(values[:1]))


def test_successors() -> None:
    successor = {"A": "B", "B": "C", "X": "D", "OWN": "NEW", "E": "NEW"}
    assert through_successors(["A", "D", "X", "C", "F"], "OWN", successor) == ["C", "D", "F"]
    assert through_successors(["E", "NEW", "F", "OWN"], "OWN", successor) == ["F"]
    assert through_successors(["A", "B"], "Q", {}) == ["A", "B"]
    with pytest.raises(ValueError, match="circle"):
        through_successors(["A"], "Q", {"A": "B", "B": "A"})


def test_peer_lists_need_a_code_for_each_row() -> None:
    rows = np.array([[1], [0]])
    assert peer_lists(["A", "B"], rows) == {"A": ["B"], "B": ["A"]}
    with pytest.raises(ValueError, match="different codes"):
        peer_lists(["A", "A"], rows)


def test_pooling_does_nothing_to_a_single_kind() -> None:
    values = np.random.default_rng(1).normal(size=(30, 21))
    (row,) = pooling_flaw(values, ["one"] * 30)
    assert (row.organisations, row.peers) == (30, 300)
    assert (
        row.peers_of_another_kind == row.lists_changed == row.lists_changed_by_scale == row.peers_changed == 0
    )


def test_pooling_of_two_clusters_apart_is_found_in_the_scale_alone() -> None:
    # Far apart in sites, each kind spread in urban and in dtocs; nobody's nearest is of the other kind.
    random = np.random.default_rng(2)
    values = by_hand(
        urban=[*random.normal(0, 1, 20), *random.normal(0, 9, 20)],
        dtocs=[*random.normal(0, 9, 20), *random.normal(0, 1, 20)],
        sites=[*random.normal(0, 1, 20), *random.normal(1e6, 1, 20)],
    )
    for row in pooling_flaw(values, ["a"] * 20 + ["b"] * 20, n_neighbors=5):
        assert row.peers_of_another_kind == 0
        assert row.lists_changed == row.lists_changed_by_scale > 0
    with pytest.raises(ValueError, match="as many kinds"):
        pooling_flaw(values, ["a"])


def test_inputs_out_of_a_snapshot_are_in_order_and_unknown_where_absent() -> None:
    long = pl.DataFrame(
        [
            {"code": code, "measure": PREFIX + name, "period_end": date(year, 3, 31), "value": float(year)}
            for code in ("B", "A")
            for year in (2018, 2019)
            for name in VARIABLES
            if not (code == "A" and name == "diagnosis")
        ]
    )
    codes, inputs = official_inputs(long)
    assert codes == ["A", "B"]
    assert inputs.columns == list(VARIABLES)
    assert inputs["diagnosis"].to_list() == [None, 2019.0]
    with pytest.raises(ValueError, match="peer_finder_mff"):
        official_inputs(long.filter(pl.col("measure") != "peer_finder_mff"))


# Properties


UNKNOWN = 51


def as_values(whole: np.ndarray) -> np.ndarray:
    """Quarters, with one row that is known throughout."""
    values = np.where(whole == UNKNOWN, np.nan, whole / 4)
    values[0] = np.nan_to_num(values[0])
    return values


tables = arrays(
    np.int8,
    st.tuples(st.integers(6, 8), st.just(len(VARIABLES))),
    elements=st.integers(-50, UNKNOWN),
    fill=st.nothing(),
).map(as_values)
"""Small tables of few different values, so that ties, constants and unknowns occur."""
methods = st.sampled_from(METHODS)
ways = st.sampled_from(["zero", "shared"])


@settings(deadline=None, max_examples=60)
@given(tables, methods, ways)
def test_symmetric_with_zero_to_itself(values: np.ndarray, method: type[PeerMethod], missing: str) -> None:
    distance = method(missing=missing).fit(values).distances()
    np.testing.assert_array_equal(distance, distance.T)
    own = np.diag(distance)
    assert ((own == 0) | np.isnan(own)).all()
    assert (distance[~np.isnan(distance)] >= 0).all()


@settings(deadline=None, max_examples=60)
@given(tables, methods, ways)
def test_batch_equals_loop_bit_for_bit(values: np.ndarray, method: type[PeerMethod], missing: str) -> None:
    fitted = method(missing=missing).fit(values)
    batch = fitted.distances()
    found, rows = fitted.kneighbors(values, n_neighbors=5)
    for row in range(len(values)):
        alone = values[row : row + 1]
        np.testing.assert_array_equal(fitted.distances(alone)[0], batch[row])
        one_found, one_rows = fitted.kneighbors(alone, n_neighbors=5)
        np.testing.assert_array_equal(one_found[0], found[row])
        np.testing.assert_array_equal(one_rows[0], rows[row])


@settings(deadline=None, max_examples=60)
@given(tables, methods, ways, st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(
    values: np.ndarray, method: type[PeerMethod], missing: str, random: Random
) -> None:
    order = list(range(len(values)))
    random.shuffle(order)
    straight = method(missing=missing).fit(values).distances()
    shuffled = method(missing=missing).fit(values[order]).distances()
    np.testing.assert_array_equal(shuffled, straight[np.ix_(order, order)])


@settings(deadline=None, max_examples=60)
@given(tables, ways, st.sampled_from(VARIABLES), st.floats(1e-3, 1e6), st.booleans())
def test_units_do_not_matter_to_the_peer_finder(
    values: np.ndarray, missing: str, name: str, factor: float, negative: bool
) -> None:
    other = values.copy()
    other[:, VARIABLES.index(name)] *= -factor if negative else factor
    one, two = (NhsPeerFinder(missing=missing).fit(given).distances() for given in (values, other))
    np.testing.assert_allclose(one, two, rtol=1e-9, atol=1e-6)


@settings(deadline=None, max_examples=40)
@given(tables, methods, ways)
def test_nearest_is_a_stable_sort(values: np.ndarray, method: type[PeerMethod], missing: str) -> None:
    fitted = method(missing=missing).fit(values)
    distance = fitted.distances()
    found, rows = fitted.kneighbors(n_neighbors=5)
    for row, cells in enumerate(distance):
        others = [column for column in range(len(cells)) if column != row]
        expected = sorted(
            others, key=lambda column: (np.isnan(cells[column]), np.nan_to_num(cells[column]), column)
        )
        assert rows[row].tolist() == expected[:5]
        np.testing.assert_array_equal(found[row], cells[expected[:5]])


def test_units_do_matter_to_the_published_script() -> None:
    share = np.array([0.04, 0.05, 0.06]) * 1.4
    in_shares = NhsPublishedScript().fit(by_hand(absence_rate=share)).distances()
    # A deviation of 0.000014 is rounded to 0.00001.
    in_thousands = NhsPublishedScript().fit(by_hand(absence_rate=share / 1e3)).distances()
    np.testing.assert_allclose(in_thousands, in_shares * 1.4, rtol=1e-9)
    with pytest.raises(ValueError, match="absence_rate rounds to zero at 5"):
        NhsPublishedScript().fit(by_hand(absence_rate=share / 1e4))


# Manners of an estimator


@pytest.mark.parametrize("method", METHODS)
def test_parameters_and_clone(method: type[PeerMethod]) -> None:
    one = method()
    assert one.get_params() == {"weights": None, "missing": "zero"}
    one.set_params(missing="shared", weights=dict.fromkeys(VARIABLES, 2.0))
    two = clone(one)
    assert two is not one
    assert two.get_params() == one.get_params()
    values = np.random.default_rng(3).normal(size=(12, 21))
    np.testing.assert_array_equal(one.fit(values).distances(), two.fit(values).distances())
    with pytest.raises(NotFittedError):
        clone(one).kneighbors()


@pytest.mark.parametrize("method", METHODS)
def test_fit_gives_itself_and_names_what_it_learned(method: type[PeerMethod]) -> None:
    values = np.random.default_rng(3).normal(size=(12, 21))
    fitted = method()
    assert fitted.fit(values) is fitted
    assert fitted.feature_names_in_.tolist() == list(VARIABLES)
    assert fitted.n_features_in_ == 21
    assert fitted.mean_.shape == fitted.scale_.shape == fitted.weights_.shape == (21,)
    assert fitted.standardised_.shape == (12, 21)
    assert fitted.kneighbors()[1].shape == (12, 10)


def test_only_fourteen_variables_count() -> None:
    values = np.random.default_rng(3).normal(size=(12, 21))
    fitted = NhsPeerFinder().fit(values)
    assert [name for name, weight in zip(VARIABLES, fitted.weights_, strict=True) if weight] == COUNTED
    assert len(COUNTED) == 14
    values[:, [VARIABLES.index(name) for name in NOT_COUNTED]] = 3.0
    np.testing.assert_array_equal(NhsPeerFinder().fit(values).distances(), fitted.distances())


def test_frames_are_read_by_name_whatever_their_order_or_missing_mark() -> None:
    values = np.random.default_rng(3).normal(size=(12, 21))
    values[3, 4] = np.nan
    plain = pd.DataFrame(values, columns=list(VARIABLES))
    nullable = plain.convert_dtypes()
    backwards = plain[list(reversed(VARIABLES))].add_prefix(PREFIX)
    expected = NhsPeerFinder(missing="shared").fit(values).distances()
    frames = [plain, nullable, backwards, pl.from_pandas(plain), pl.from_pandas(backwards), values.tolist()]
    for frame in frames:
        np.testing.assert_array_equal(NhsPeerFinder(missing="shared").fit(frame).distances(), expected)


def test_the_fitted_values_are_left_as_they_were() -> None:
    values = np.random.default_rng(3).normal(size=(12, 21))
    values[0, 0] = np.nan
    before = values.copy()
    NhsPeerFinder().fit(values).kneighbors(values)
    np.testing.assert_array_equal(values, before)


def good() -> np.ndarray:
    return np.random.default_rng(3).normal(size=(12, 21))


def frame_of(values: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(values, columns=list(VARIABLES))


def with_cell(value: float, row: object = 0) -> np.ndarray:
    values = good()
    values[row, VARIABLES.index("mff")] = value
    return values


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (good()[:, :20], "needs 21 columns"),
        (good()[0], "needs 21 columns"),
        (good()[:1], "at least two organisations; X has 1"),
        (good()[:0], "at least two organisations; X has 0"),
        (with_cell(np.inf), "Infinite values in: mff"),
        (with_cell(np.nan, slice(None)), "All values are missing in: mff"),
        (frame_of(good()).drop(columns="mff"), "missing: mff"),
        (frame_of(good()).assign(code="RXX"), "not known: code"),
        (frame_of(good()).assign(peer_finder_mff=1.0), "twice: mff"),
        (frame_of(good()).assign(mff="high"), "mff holds something that is not a number"),
        (pl.DataFrame(frame_of(good())).with_columns(mff=pl.lit("high")), "mff holds something that is not"),
        ([["high"] * 21] * 3, "X holds something that is not a number"),
    ],
)
def test_bad_input_is_told_by_name(values: object, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        NhsPeerFinder().fit(values)


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ({"missing": "mean"}, "missing is 'mean'"),
        ({"weights": [1.0] * 20}, r"shape \(20,\)"),
        ({"weights": {"mff": 1.0}}, "missing or not known: absence_rate"),
        ({"weights": [-1.0] * 21}, "none below zero"),
        ({"weights": [0.0] * 21}, "at least one above"),
        ({"weights": [np.nan] * 21}, "finite"),
    ],
)
def test_bad_parameters_are_told(parameters: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        NhsPeerFinder(**parameters).fit(good())


@pytest.mark.parametrize("method", METHODS)
def test_unfitted_use_is_told(method: type[PeerMethod]) -> None:
    with pytest.raises(NotFittedError):
        method().distances()
    with pytest.raises(NotFittedError):
        method().kneighbors(good())


@pytest.mark.parametrize("count", [0, 12, -1])
def test_more_neighbours_than_there_are(count: int) -> None:
    fitted = NhsPeerFinder().fit(good())
    with pytest.raises(ValueError, match="it can be 1 to 11"):
        fitted.kneighbors(n_neighbors=count)
    assert fitted.kneighbors(good(), n_neighbors=12)[1].shape == (12, 12)
