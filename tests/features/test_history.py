"""Key features over the years, each as it was known on its day."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from made_up import made_up_snapshot

from matchmaker import Matchmaker, Snapshot
from matchmaker.features.history import MAX_YEARS, MIN_POINTS, key_features, trends, yearly_days
from matchmaker.features.profiles import profiles
from matchmaker.features.types import Trend
from matchmaker.sector import Sector

DAY = date(2020, 6, 30)


def berths(code: str, **by_year: float) -> list[dict[str, object]]:
    """Figures of years, each known from the end of the year."""
    return [
        {
            "code": code,
            "measure": "berths",
            "value": value,
            "period_start": date(int(year[1:]), 1, 1),
            "period_end": date(int(year[1:]), 12, 31),
            "known_from": date(int(year[1:]), 12, 31),
        }
        for year, value in by_year.items()
    ]


def test_the_same_day_of_each_year() -> None:
    assert yearly_days(date(2016, 2, 29), date(2013, 1, 1)) == [
        date(2013, 2, 28),
        date(2014, 2, 28),
        date(2015, 2, 28),
        date(2016, 2, 29),
    ]
    long_ago = yearly_days(date(2026, 8, 22), date(2000, 1, 1))
    assert (len(long_ago), long_ago[0]) == (MAX_YEARS + 1, date(2014, 8, 22))


def test_a_trend_is_shown_from_three_figures_on() -> None:
    figures = {code: {"tidal_range": 1.0} for code in ("HAA", "HBB", "HCC")}
    rows = [
        *berths("HAA", y2017=10, y2018=20, y2019=30),
        *berths("HBB", y2018=40, y2019=80),
        *berths("HCC", y2018=100),
    ]
    snapshot = made_up_snapshot(figures, measures=rows)
    assert trends(snapshot, "HBB", DAY) == ()
    (trend,) = trends(snapshot, "HAA", DAY)
    assert (trend.feature, trend.unit, trend.direction) == ("berths", "berths", "none")
    assert [(point.as_of, point.value) for point in trend.points] == [
        (date(2018, 6, 30), 10),
        (date(2019, 6, 30), 20),
        (date(2020, 6, 30), 30),
    ]
    middle, last = trend.points[1:]
    assert (middle.lower_quartile, middle.median, middle.upper_quartile) == (30, 40, 70)  # of 20, 40, 100
    assert (last.median, last.standing) == (80, None)  # of 30, 80, 100


def test_a_year_without_a_new_figure_has_no_point() -> None:
    rows = berths("HAA", y2015=10, y2017=20, y2019=30)
    (trend,) = trends(made_up_snapshot({"HAA": {"tidal_range": 1.0}}, measures=rows), "HAA", DAY)
    assert [point.as_of.year for point in trend.points] == [2016, 2018, 2020]


def test_key_features_are_those_of_the_sector(harbours: Sector) -> None:
    assert [feature.name for feature in key_features(harbours)] == ["berths", "surplus_share", "on_time"]


# On the figures of the NHS


@pytest.fixture(scope="module")
def medway(engine: Matchmaker) -> dict[str, Trend]:
    return {trend.feature: trend for trend in engine.overview("RPA").trends}


def test_each_point_is_what_a_profile_of_that_day_said(snapshot: Snapshot, medway: dict[str, Trend]) -> None:
    points = [(name, point) for name in ("ae_4_hours", "staff") for point in medway[name].points[::5]]
    assert len(points) > 3
    for name, point in points:
        seen = profiles(snapshot, point.as_of)
        row, column = seen.position["RPA"], seen.column[name]
        assert point.value == seen.values[row, column]
        same_type = seen.values[seen.types == "acute", column]
        assert point.median == np.median(same_type[~np.isnan(same_type)])
        assert point.lower_quartile <= point.median <= point.upper_quartile


def test_points_go_forward_and_none_is_shown_before_it_was_known(medway: dict[str, Trend]) -> None:
    assert len(medway) > 4
    for trend in medway.values():
        assert len(trend.points) >= MIN_POINTS
        ends = [point.period_end for point in trend.points]
        assert ends == sorted(set(ends))
        assert all(point.period_end < point.as_of for point in trend.points)


def test_a_trust_that_opened_lately_has_only_its_own_past(snapshot: Snapshot) -> None:
    found = trends(snapshot, "R0D", snapshot.as_of)
    assert found
    assert min(point.as_of for trend in found for point in trend.points) > date(2020, 10, 1)
