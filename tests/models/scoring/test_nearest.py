"""The nearest among many: the same as by looking at every pair, whatever is unknown, in little memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.models.scoring import nearest as module
from matchmaker.models.scoring.criteria import similarity_distances
from matchmaker.models.scoring.nearest import nearest, nearest_rows
from matchmaker.typing import Floats, Rows

if TYPE_CHECKING:
    from matchmaker import Matchmaker


def figures(seed: int, n: int, f: int, unknown: float, scale: float = 1.0) -> Floats:
    chance = np.random.default_rng(seed)
    out = scale * chance.standard_normal((n, f)).round(1)  # rounded, so that there are ties
    out[chance.random(out.shape) < unknown] = np.nan
    return out


def by_every_pair(points: Floats, among: Floats, k: int, itself: Rows) -> tuple[Rows, Floats]:
    total, shared = np.zeros((len(points), len(among))), np.zeros((len(points), len(among)))
    for at in range(points.shape[1]):
        gap = points[:, at, None] - among[:, at]
        shared += ~np.isnan(gap)
        total += np.nan_to_num(gap * gap)
    with np.errstate(invalid="ignore", divide="ignore"):
        far = np.where(shared >= max(1, points.shape[1] / 2), np.sqrt(total / shared), np.nan)
    far[np.arange(len(points))[itself >= 0], itself[itself >= 0]] = np.nan
    order = np.argsort(far, axis=1, kind="stable")[:, :k]
    distance = np.take_along_axis(far, order, axis=1)
    lacking = max(0, k - len(among))
    order = np.pad(np.where(np.isnan(distance), -1, order), ((0, 0), (0, lacking)), constant_values=-1)
    return order, np.pad(distance, ((0, 0), (0, lacking)), constant_values=np.nan)


@pytest.mark.parametrize("seed", range(3))
def test_the_nearest_of_many_blocks_are_those_of_every_pair(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ROWS", 64)
    monkeypatch.setattr(module, "COLUMNS", 128)
    monkeypatch.setattr(module, "WINDOW", 40)
    points, itself = figures(seed, 700, 6, 0.3), np.arange(700)
    found, distance = nearest_rows(points, points, 10, itself)
    expected, far = by_every_pair(points, points, 10, itself)
    assert np.array_equal(found, expected)
    assert np.array_equal(distance, far, equal_nan=True)  # to the last bit


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 10**6),
    st.integers(1, 30),
    st.integers(1, 30),
    st.integers(1, 5),
    st.sampled_from((0.0, 0.3, 0.9, 1.0)),
    st.sampled_from((1e-6, 1.0, 1e6)),
)
def test_few_known_figures_and_any_size_of_them(
    seed: int, r: int, n: int, f: int, unknown: float, scale: float
) -> None:
    points, among = figures(seed, r, f, unknown, scale), figures(seed + 1, n, f, unknown, scale)
    among[0] = 1e4 * scale  # one far out
    found, distance = nearest_rows(points, among, 4)
    expected, far = by_every_pair(points, among, 4, np.full(r, -1))
    assert np.array_equal(found, expected)
    assert np.array_equal(distance, far, equal_nan=True)


def test_of_real_profiles_it_is_the_distance_of_the_criteria(engine: Matchmaker) -> None:
    profiles = engine.profiles()
    org_type = str(np.unique(profiles.types)[0])
    recipients = np.flatnonzero(profiles.types == org_type)[:20]
    found, distance = nearest(profiles, "context", org_type, recipients, 5)
    whole = similarity_distances(profiles, "context", org_type, recipients)
    whole[:, profiles.types != org_type] = np.nan
    whole[np.arange(len(recipients)), recipients] = np.nan
    expected = np.argsort(whole, axis=1, kind="stable")[:, :5]
    assert np.array_equal(found, expected)
    assert np.array_equal(distance, np.take_along_axis(whole, expected, axis=1))


def test_nobody_is_nearest_where_nothing_is_known() -> None:
    found, distance = nearest_rows(np.full((3, 2), np.nan), figures(0, 5, 2, 0), 2)
    assert (found == -1).all()
    assert np.isnan(distance).all()
    assert nearest_rows(np.zeros((3, 0)), np.zeros((5, 0)), 2)[0].tolist() == [[-1, -1]] * 3


MANY = r"""
import re
import resource
from pathlib import Path
import numpy as np
from made_up import made_up_snapshot
from matchmaker import Matchmaker
from matchmaker.models.scoring.nearest import nearest

chance = np.random.default_rng(0)
codes = [f"P{n:05}" for n in range(50_000)]
names = ("berths", "staff", "passengers", "tidal_range", "fog_days")
figures = {code: dict(zip(names, chance.random(5).round(3).tolist())) for code in codes}
away = {code: float(km) for code, km in zip(codes, 500 * chance.random(len(codes)))}
engine = Matchmaker(made_up_snapshot(figures, km=away))
profiles = engine.profiles()
options = engine.shortlist(codes[7], limit=10).options
assert len(options) == 10
assert all(option.uncertainty is not None for option in options)
assert len(engine.recommender().ranking(np.arange(130))[129]) == 49_999
assert (nearest(profiles, "setting", str(profiles.types[0]), np.arange(5_000), 10)[0] >= 0).all()
# Not `ru_maxrss`, which counts what the process that started this one held.
status = Path("/proc/self/status")
if status.exists():
    print(re.search(r"VmHWM:\s+(\d+) kB", status.read_text())[1])
else:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.slow
def test_fifty_thousand_organisations_stay_under_two_gigabytes() -> None:
    support = Path(__file__).parents[2] / "support"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(support)!r})\n{MANY}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 2_000_000  # kilobytes
