"""`ProfileTransformer`: what it learns and gives back, and what scikit-learn asks of a transformer."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.estimator_checks import check_estimator, check_no_attributes_set_in_init
from sklearn.utils.validation import validate_data

from matchmaker.features import ProfileTransformer, features
from matchmaker.features.profiles import Profiles, profiles
from matchmaker.features.scaling import CLIP
from matchmaker.sector import Sector, load_sector

if TYPE_CHECKING:
    from matchmaker import Snapshot

NAMES = [feature.name for feature in features(load_sector("nhs"))]


@pytest.fixture(scope="module")
def now(snapshot: Snapshot) -> Profiles:
    return profiles(snapshot)


@pytest.fixture(scope="module")
def wide(now: Profiles) -> pl.DataFrame:
    return now.wide(stale=False)


def expected(now: Profiles) -> np.ndarray:
    """Each row in the terms of its own type, as the models see it."""
    out = np.empty(now.values.shape)
    for org_type in np.unique(now.types):
        out[now.types == org_type] = now.scaled_as(org_type)[now.types == org_type]
    return out


def test_it_scales_as_the_models_do(now: Profiles, wide: pl.DataFrame) -> None:
    found = ProfileTransformer().fit_transform(wide)
    assert isinstance(found, np.ndarray) and found.dtype == np.float64
    assert np.array_equal(found, expected(now), equal_nan=True)
    assert np.nanmax(np.abs(found)) == CLIP


@pytest.mark.parametrize("given", ["polars", "pandas"])
@pytest.mark.parametrize("wanted", ["default", "polars", "pandas"])
def test_frames_in_and_out(now: Profiles, wide: pl.DataFrame, given: str, wanted: str) -> None:
    X = wide if given == "polars" else wide.to_pandas().set_index("code")
    transformer = ProfileTransformer().set_output(transform=wanted)
    found = transformer.fit(X).transform(X)
    types = {"default": np.ndarray, "polars": pl.DataFrame, "pandas": pd.DataFrame}
    assert isinstance(found, types[wanted])
    if wanted != "default":
        assert list(found.columns) == transformer.get_feature_names_out().tolist() == NAMES
    if given == wanted == "pandas":
        assert found.index.equals(X.index)
    assert np.array_equal(np.asarray(found), expected(now), equal_nan=True)


def test_columns_in_any_order_and_rows_not_seen_before(wide: pl.DataFrame) -> None:
    transformer = ProfileTransformer(names=["staff", "beds"]).fit(wide)
    turned = wide.select(reversed(wide.columns)).reverse()
    assert np.array_equal(transformer.transform(turned)[::-1], transformer.transform(wide), equal_nan=True)
    one = wide.filter(pl.col("type") == "acute").head(1)
    assert np.array_equal(
        transformer.transform(one),
        transformer.transform(wide)[wide["type"].to_list().index("acute")][None, :],
        equal_nan=True,
    )
    assert transformer.get_feature_names_out().tolist() == ["staff", "beds"]
    assert transformer.feature_names_in_.tolist() == ["type", "staff", "beds"]
    assert transformer.n_features_in_ == 3


def test_what_it_learned(now: Profiles, wide: pl.DataFrame) -> None:
    transformer = ProfileTransformer(names=["staff", "engagement"]).fit(wide)
    assert transformer.types_.tolist() == sorted(set(now.types))
    acute = transformer.types_.tolist().index("acute")
    own = wide.filter(pl.col("type") == "acute")
    assert transformer.middle_[acute, 0] == pytest.approx(np.log(own["staff"].drop_nulls()).median())
    assert transformer.middle_[acute, 1] == pytest.approx(own["engagement"].median())


def test_unknown_stays_unknown_however_it_is_written() -> None:
    X = pd.DataFrame(
        {
            "type": ["acute"] * 4,
            "engagement": pd.array([6.0, 7.0, 8.0, pd.NA], dtype="Float64"),
            "staff": [100.0, 200.0, 400.0, 0.0],
            "morale": [np.nan] * 4,
        }
    )
    found = ProfileTransformer().set_output(transform="pandas").fit_transform(X)
    assert found["engagement"].isna().tolist() == [False, False, False, True]
    assert found["staff"].isna().tolist() == [False, False, False, True]  # no logarithm of nothing
    assert found["morale"].isna().all()
    assert found.loc[1, "staff"] == 0


def test_turned_so_that_higher_is_good(wide: pl.DataFrame) -> None:
    names = ["sickness_absence", "engagement", "staff"]
    plain = ProfileTransformer(names).fit_transform(wide)
    turned = ProfileTransformer(names, turned=True).fit_transform(wide)
    assert np.array_equal(turned, plain * [-1, 1, 1], equal_nan=True)


def test_held_within_what_is_asked(wide: pl.DataFrame) -> None:
    assert np.nanmax(np.abs(ProfileTransformer(clip=1.5).fit_transform(wide))) == 1.5
    assert np.nanmax(np.abs(ProfileTransformer(clip=None).fit_transform(wide))) > CLIP


def test_in_a_pipeline(wide: pl.DataFrame) -> None:
    pipeline = make_pipeline(
        ProfileTransformer(["staff", "beds"]),
        FunctionTransformer(np.nan_to_num, feature_names_out="one-to-one"),
    )
    assert np.isfinite(pipeline.fit_transform(wide)).all()
    assert pipeline.get_feature_names_out().tolist() == ["staff", "beds"]


def test_of_another_sector(harbour_snapshot: Snapshot, harbours: Sector) -> None:
    """Settings of fishing harbours: the median is 25, the quartiles are 5 and 35."""
    wide = profiles(harbour_snapshot).wide(stale=False)
    transformer = ProfileTransformer(["fog_days"], sector=harbours).set_output(transform="polars")
    scaled = transformer.fit_transform(wide)["fog_days"]
    rows = wide["code"].to_list()
    assert scaled[rows.index("EEL")] == pytest.approx(0)
    assert scaled[rows.index("COR")] == pytest.approx(20 / 30 * 1.3489795)
    assert clone(transformer).fit_transform(wide)["fog_days"].equals(scaled)


def test_parameters_and_clones() -> None:
    transformer = ProfileTransformer(["staff"], turned=True, clip=2.0)
    assert transformer.get_params() == {
        "names": ["staff"],
        "sector": None,
        "turned": True,
        "clip": 2.0,
    }
    assert clone(transformer).get_params() == transformer.get_params()
    check_no_attributes_set_in_init("ProfileTransformer", transformer)
    with pytest.raises(NotFittedError):
        transformer.transform(pd.DataFrame({"type": ["acute"], "staff": [1.0]}))
    with pytest.raises(NotFittedError):
        transformer.get_feature_names_out()


GOOD = {"type": ["acute", "acute"], "staff": [1.0, 2.0]}


@pytest.mark.parametrize(
    ("X", "names", "message"),
    [
        (np.ones((2, 2)), None, "X is a ndarray; give a pandas or polars frame"),
        (pl.DataFrame({"staff": [1.0]}), None, "X lacks the column 'type'"),
        (pl.DataFrame({"type": ["acute"]}), None, "no column named after a feature"),
        (pl.DataFrame(GOOD), ["staff", "beds", "sites"], "X lacks the columns: beds, sites"),
        (pl.DataFrame(GOOD), ["staff", "colour"], "not known: colour"),
        (pl.DataFrame(GOOD), ["staff", "staff"], "one twice"),
        (pl.DataFrame(GOOD), [], "none"),
        (pl.DataFrame(GOOD | {"type": ["acute", None]}), None, "Every row of X needs a word"),
        (pl.DataFrame(GOOD).clear(), None, "X needs a row"),
        (pl.DataFrame(GOOD | {"staff": ["many", "few"]}), None, "staff holds something that is not a number"),
        (pd.DataFrame(GOOD | {"staff": ["many", "few"]}), None, "staff holds something that is not a number"),
        (pd.DataFrame(GOOD | {"staff": [1.0, np.inf]}), None, "Infinite values in: staff"),
    ],
)
def test_what_can_t_be_fitted_is_told(X: Any, names: list[str] | None, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ProfileTransformer(names).fit(X)


@pytest.mark.parametrize("clip", [0, -1.0, float("nan")])
def test_a_clip_that_holds_nothing_is_told(clip: float) -> None:
    with pytest.raises(ValueError, match="clip is"):
        ProfileTransformer(clip=clip).fit(pl.DataFrame(GOOD))


def test_a_type_that_was_not_fitted_is_told() -> None:
    transformer = ProfileTransformer().fit(pl.DataFrame(GOOD))
    strange = pl.DataFrame(GOOD | {"type": ["acute", "ambulance"]})
    with pytest.raises(ValueError, match=r"not fitted: ambulance\. Fitted: acute"):
        transformer.transform(strange)


class FromArrays(ProfileTransformer):
    """Takes arrays, as scikit-learn's checks give them: all rows of one type, columns named by place.

    The checks give arrays of numbers without names. `ProfileTransformer` refuses them on purpose: only
    a name tells which column is a type and which feature another is. Everything else they ask for, they
    can ask of it in this form.
    """

    def fit(self, X: Any, y: Any = None) -> Self:
        frame = self._named(X, reset=True)
        width = self.n_features_in_
        super().fit(frame)
        self.n_features_in_ = width
        del self.feature_names_in_
        return self

    def transform(self, X: Any) -> Any:
        return super().transform(self._named(X, reset=False))

    def _named(self, X: Any, *, reset: bool) -> pd.DataFrame:
        values = validate_data(self, X, reset=reset, ensure_all_finite="allow-nan", dtype=np.float64)
        plain = [feature.name for feature in features(load_sector("nhs")) if not feature.takes_log]
        return pd.DataFrame(values, columns=plain[: values.shape[1]]).assign(type="acute")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # some checks provoke warnings to see what comes of them
def test_scikit_learn_s_own_checks() -> None:
    results = check_estimator(FromArrays(), on_skip=None, on_fail=None)
    failed = [(one["check_name"], one["exception"]) for one in results if one["status"] == "failed"]
    assert failed == []
    assert sum(one["status"] == "passed" for one in results) >= 40


@pytest.mark.slow
def test_importing_features_leaves_scikit_learn_alone() -> None:
    code = "import sys, matchmaker.features; sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
