"""How figures become features: latest, mean, trend and shares, on figures made for the purpose."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from matchmaker.features import Feature
from matchmaker.features.profiles import Profiles, profiles

if TYPE_CHECKING:
    from matchmaker import Snapshot

TRUST = "RTK"
DAY = date(2020, 6, 30)
Figure = tuple[str, date, date, float]
Make = Callable[..., Profiles]


@pytest.fixture
def made(snapshot: Snapshot, changed: Callable[..., Snapshot]) -> Make:
    """Profiles of one feature from a few figures of one trust, and nothing else."""

    def make(rows: Sequence[Figure | tuple[Any, ...]], day: date = DAY, **fields: Any) -> Profiles:
        whole = [
            (TRUST, measure, start, end, value, "", *(more or ("kh03_beds", end)))
            for measure, start, end, value, *more in rows
        ]
        table = pl.DataFrame(
            [(*row[:7], "file.csv", row[7]) for row in whole], schema=snapshot.measures.schema, orient="row"
        )
        given = {"from": ["beds_available"], "label": "A figure", "unit": "x", "why": "Made for a test."}
        feature = Feature(name="made", dimension="size", **(given | fields))
        return profiles(changed(snapshot, measures=table), day, [feature])

    return make


def cell(found: Profiles) -> dict[str, Any]:
    return found.cells.row(found.position[TRUST], named=True)


def month(year: int, number: int) -> tuple[date, date]:
    start = date(year, number, 1)
    return start, pl.select(pl.lit(start).dt.month_end()).item()


def quarter(year: int, number: int) -> tuple[date, date]:
    return date(year, 3 * number - 2, 1), month(year, 3 * number)[1]


BEDS = "beds_available"


class TestLatest:
    def test_the_period_that_ends_last(self, made: Make) -> None:
        found = cell(made([(BEDS, *quarter(2019, 4), 2.0), (BEDS, *quarter(2020, 1), 3.0)]))
        assert (found["value"], found["state"]) == (3.0, "known")
        assert (found["period_start"], found["period_end"]) == quarter(2020, 1)

    def test_an_official_figure_before_a_compiled_one_even_if_known_earlier(self, made: Make) -> None:
        when = quarter(2020, 1)
        official, compiled = "kh03_beds", "rtt_waiting_lists"
        rows = [
            (BEDS, *when, 5.0, official, date(2020, 5, 1)),
            (BEDS, *when, 6.0, compiled, date(2020, 6, 1)),
        ]
        assert cell(made(rows))["value"] == 5.0
        assert cell(made(rows[::-1]))["value"] == 5.0

    def test_an_extract_of_a_later_publication_before_the_first_release(self, made: Make) -> None:
        when = quarter(2020, 1)
        rows = [
            (BEDS, *when, 5.0, "kh03_beds", date(2020, 5, 1)),
            (BEDS, *when, 6.0, "kh03_beds_panel", date(2020, 6, 20)),
        ]
        assert cell(made(rows))["value"] == 6.0
        assert cell(made(rows, date(2020, 6, 19)))["value"] == 5.0

    def test_a_revision_from_the_day_it_was_known(self, made: Make) -> None:
        when = quarter(2020, 1)
        source = "kh03_beds"
        rows = [(BEDS, *when, 5.0, source, date(2020, 5, 1)), (BEDS, *when, 6.0, source, date(2020, 6, 1))]
        assert cell(made(rows, date(2020, 5, 31)))["value"] == 5.0
        assert cell(made(rows, date(2020, 6, 1)))["value"] == 6.0

    def test_the_preferred_measure_only_where_the_period_is_the_same(self, made: Make) -> None:
        sources = {"from": ["catchment_population", "catchment_population_restated"]}
        first, second = sources["from"]
        same = [(second, *quarter(2020, 1), 2.0), (first, *quarter(2020, 1), 1.0)]
        assert cell(made(same, **sources))["value"] == 1.0
        later = [(second, *quarter(2020, 2), 2.0), (first, *quarter(2020, 1), 1.0)]
        assert cell(made(later, **sources))["value"] == 2.0

    def test_a_flow_is_a_year_s_worth(self, made: Make) -> None:
        found = made([("admissions", *month(2019, 4), 300.0)], per_year=True, **{"from": ["admissions"]})
        assert cell(found)["value"] == pytest.approx(300 * 365.25 / 30)

    def test_stale_from_the_day_after_its_age_is_reached(self, made: Make) -> None:
        rows = [(BEDS, *quarter(2019, 1), 2.0)]
        fresh = made(rows, date(2020, 3, 31), stale_after_months=12)
        old = made(rows, date(2020, 4, 1), stale_after_months=12)
        assert (cell(fresh)["state"], cell(old)["state"]) == ("known", "stale")
        assert fresh.values[fresh.position[TRUST], 0] == 2.0
        row = old.position[TRUST]
        assert np.isnan(old.values[row, 0]) and old.shown[row, 0] == 2.0


class TestMean:
    def test_figures_weigh_by_their_days_in_the_year(self, made: Make) -> None:
        """A year's figure that reaches 9 months into the year, then a quarter's."""
        rows = [(BEDS, date(2018, 4, 1), date(2019, 3, 31), 10.0), (BEDS, *quarter(2019, 2), 20.0)]
        found = cell(made(rows, how="mean"))
        inside = (date(2019, 3, 31) - date(2018, 6, 30)).days
        assert found["value"] == pytest.approx((10 * inside + 20 * 91) / (inside + 91))
        assert (found["period_start"], found["period_end"]) == (date(2018, 4, 1), date(2019, 6, 30))

    def test_what_ended_a_year_before_counts_no_more(self, made: Make) -> None:
        rows = [(BEDS, *quarter(2018, 4), 99.0)]
        rows += [(BEDS, *quarter(2019, number), float(number)) for number in (1, 2, 3, 4)]
        days = [90, 91, 92, 92]
        mean = sum(n * d for n, d in zip((1, 2, 3, 4), days, strict=True)) / 365
        assert cell(made(rows, how="mean"))["value"] == pytest.approx(mean)

    def test_it_is_known_when_its_last_part_is(self, made: Make) -> None:
        rows = [
            (BEDS, *quarter(2019, 3), 1.0, "kh03_beds", date(2020, 2, 1)),
            (BEDS, *quarter(2019, 4), 3.0, "kh03_beds", date(2020, 1, 20)),
        ]
        assert cell(made(rows, how="mean"))["known_from"] == date(2020, 2, 1)
        assert cell(made(rows, date(2020, 1, 31), how="mean"))["value"] == 3.0


class TestTrend:
    def test_the_median_slope_is_not_ruled_by_one_odd_year(self, made: Make) -> None:
        rows = [(BEDS, *month(year, 3), float(year - 2016)) for year in range(2017, 2021)]
        assert cell(made(rows, how="trend"))["value"] == pytest.approx(1.0, rel=2e-3)
        odd = [*rows[:2], (BEDS, *month(2019, 3), 50.0), rows[3]]
        slopes = np.sort([1.0, 24.5, 1.0, 48.0, 1.0, -46.0])
        assert cell(made(odd, how="trend"))["value"] == pytest.approx(np.median(slopes), rel=2e-3)

    def test_seasons_are_compared_with_themselves(self, made: Make) -> None:
        """High in winter, level over the years: that the last figures are a winter's is no rise."""
        rows = [(BEDS, *quarter(2017, number), value) for number, value in ((1, 9.0), (2, 5.0), (3, 4.0))]
        rows += [(BEDS, *quarter(2019, 4), 8.0), (BEDS, *month(2020, 1), 9.0)]
        assert cell(made(rows, how="trend", seasonal=True))["value"] == 0
        assert cell(made(rows, how="trend"))["value"] > 0.5

    def test_a_year_s_figure_is_compared_with_years_only(self, made: Make) -> None:
        rows = [(BEDS, date(year, 4, 1), date(year + 1, 3, 31), 5.0) for year in (2017, 2018)]
        rows += [(BEDS, *quarter(2019, number), 9.0) for number in (2, 3, 4)]
        assert cell(made(rows, how="trend", seasonal=True))["value"] == 0

    def test_of_a_logarithm_it_is_relative(self, made: Make) -> None:
        rows = [(BEDS, *month(year, 3), 100 * 1.1 ** (year - 2017)) for year in range(2017, 2021)]
        found = made(rows, how="trend", transform="log")
        assert cell(found)["value"] == pytest.approx(np.log(1.1), rel=2e-3)
        assert found.transformed[found.position[TRUST], 0] == cell(found)["value"]  # not logged twice

    @pytest.mark.parametrize("years", [(2019, 2020), (2018, 2020)])
    def test_two_figures_are_no_trend(self, made: Make, years: tuple[int, ...]) -> None:
        found = cell(made([(BEDS, *month(year, 3), 1.0) for year in years], how="trend"))
        assert (found["value"], found["state"]) == (None, "unknown")

    def test_three_figures_close_together_are_no_trend(self, made: Make) -> None:
        rows = [(BEDS, *month(2020, number), float(number)) for number in (1, 2, 3)]
        assert cell(made(rows, how="trend"))["state"] == "unknown"

    def test_seasons_without_a_pair_are_no_trend(self, made: Make) -> None:
        rows = [
            (BEDS, *quarter(2018, 4), 1.0),
            (BEDS, *quarter(2019, 2), 2.0),
            (BEDS, *quarter(2020, 1), 3.0),
        ]
        assert cell(made(rows, how="trend"))["state"] == "known"
        assert cell(made(rows, how="trend", seasonal=True))["state"] == "unknown"


SHARE: Any = {"from": ["surplus"], "over": "operating_income"}


class TestShare:
    YEAR = (date(2018, 4, 1), date(2019, 3, 31))
    BEFORE = (date(2017, 4, 1), date(2018, 3, 31))

    def test_by_the_same_period(self, made: Make) -> None:
        rows = [
            ("surplus", *self.YEAR, -2.0, "provider_accounts_history", date(2019, 10, 1)),
            ("operating_income", *self.YEAR, 50.0, "provider_accounts_history", date(2020, 1, 1)),
            ("operating_income", *self.BEFORE, 40.0),
        ]
        found = cell(made(rows, **SHARE))
        assert (found["value"], found["known_from"]) == (-0.04, date(2020, 1, 1))
        # Before its own denominator was known, the year before stood in for it.
        earlier = cell(made(rows, date(2019, 12, 31), **SHARE))
        assert (earlier["value"], earlier["known_from"]) == (-0.05, date(2019, 10, 1))

    def test_not_by_one_too_far_away_later_or_nothing(self, made: Make) -> None:
        surplus = ("surplus", *self.YEAR, -2.0)
        near = ("operating_income", *self.BEFORE, 40.0)
        assert cell(made([surplus, near], over_within_months=11, **SHARE))["state"] == "unknown"
        later = ("operating_income", date(2019, 4, 1), date(2020, 3, 31), 60.0)
        assert cell(made([surplus, later], **SHARE))["state"] == "unknown"
        nothing = ("operating_income", *self.YEAR, 0.0)
        assert cell(made([surplus, nothing], **SHARE))["state"] == "unknown"
        assert cell(made([surplus, nothing, near], **SHARE))["value"] == -0.05
