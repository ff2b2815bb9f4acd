"""Backlog of maintenance that others compiled, against the cells and the official return."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.errors import BadFile
from matchmaker.sector import load_sector
from matchmaker.sectors.nhs.sources import estates_backlog, estates_backlog_compiled
from matchmaker.sources import publication


@pytest.fixture(scope="module")
def quarters(raw_data: Path) -> pl.DataFrame:
    path = raw_data / "raw/hf-elective-constraints/regression_data.csv"
    return estates_backlog_compiled.read_quarters(path)


@pytest.fixture(scope="module")
def profiles(raw_data: Path) -> pl.DataFrame:
    return estates_backlog_compiled.read_profiles(raw_data / "raw/trustpulse-2026/trust_profiles.csv")


@pytest.mark.parametrize(
    ("code", "start", "risks"),
    [  # high, significant, moderate, low at the second quarter of each year
        ("R1H", 2021, (74_029_201, 127_840_560, 98_668_382, 14_539_165)),
        ("RTE", 2021, (10_150_551, 41_664_345, 24_033_215, 2_097_519)),
        ("R1H", 2022, (86_997_426, 133_652_921, 103_154_732, 14_524_587)),
        ("RTE", 2022, (11_571_629, 44_630_698, 24_704_540, 2_315_614)),
    ],
)
def test_quarters_cells(
    quarters: pl.DataFrame, code: str, start: int, risks: tuple[int, int, int, int]
) -> None:
    trust = quarters.filter(code=code, period_start=date(start, 4, 1), period_end=date(start + 1, 3, 31))
    assert dict(trust.select("measure", "value").iter_rows()) == {
        "backlog_maintenance": sum(risks),
        "backlog_high_risk": sum(risks[:2]),
    }


@pytest.mark.parametrize(
    ("code", "total", "high"),
    [  # estates_backlog_total_m, and high_risk_m with significant_m
        ("R1H", 523.061e6, 369.159e6),
        ("RCF", 318.972e6, 298.991e6),
        ("RYJ", 901.856e6, 869.052e6),
        ("RN7", 0, 0),
    ],
)
def test_profiles_cells(profiles: pl.DataFrame, code: str, total: float, high: float) -> None:
    trust = profiles.filter(code=code, period_start=date(2024, 4, 1), period_end=date(2025, 3, 31))
    assert dict(trust.select("measure", "value").iter_rows()) == {
        "backlog_maintenance": pytest.approx(total),
        "backlog_high_risk": pytest.approx(high),
    }


def test_2019_is_the_official_return(raw_data: Path, quarters: pl.DataFrame) -> None:
    official = estates_backlog.read_2019(raw_data / "raw/eric-2019-20/ERIC_201920_SiteData.csv")
    keys = ["code", "measure", "period_start", "period_end"]
    both = quarters.filter(period_start=date(2019, 4, 1)).join(official, on=keys, how="left")
    assert both.height == 250
    assert (both["value"] == both["value_right"]).all()


def test_coverage_and_totals(quarters: pl.DataFrame, profiles: pl.DataFrame) -> None:
    years = quarters.filter(measure="backlog_maintenance").group_by("period_start").len()
    assert dict(years.iter_rows()) == {
        date(2019, 4, 1): 125,
        date(2021, 4, 1): 127,
        date(2022, 4, 1): 125,
    }
    # England stood at GBP 10.2bn in 2021/22 and at 11.6bn in 2022/23: acute trusts hold nine tenths.
    totals = quarters.filter(measure="backlog_maintenance").group_by("period_start")
    sums = dict(totals.agg(pl.col("value").sum() / 1e9).iter_rows())
    assert sums[date(2021, 4, 1)] / 10.2 == pytest.approx(0.9, abs=0.02)
    assert sums[date(2022, 4, 1)] / 11.6 == pytest.approx(0.9, abs=0.02)
    assert profiles["code"].n_unique() == 152
    assert not set(profiles["code"]) & {"RA4", "RVY"}, "closed in 2023"


def test_bounds_and_single_rows(quarters: pl.DataFrame, profiles: pl.DataFrame) -> None:
    for rows in (quarters, profiles):
        assert not rows.select("code", "measure", "period_start", "period_end").is_duplicated().any()
        wide = rows.pivot("measure", index=["code", "period_start"], values="value")
        assert (wide["backlog_high_risk"] <= wide["backlog_maintenance"]).all()
        for measure, low, high in (
            rows.group_by("measure").agg(low=pl.col("value").min(), high=pl.col("value").max()).rows()
        ):
            definition = publication.measures(load_sector("nhs"))[measure]
            assert definition.minimum is not None and definition.maximum is not None
            assert definition.minimum <= low <= high <= definition.maximum


def test_quarters_that_differ_within_a_year_are_told(tmp_path: Path) -> None:
    path = tmp_path / "regression_data.csv"
    path.write_text(
        "date,trust_code,low,moderate,high,significant\n2021 Q1,R1H,1,2,3,4\n2021 Q2,R1H,1,2,3,5\n"
    )
    with pytest.raises(BadFile, match="the same backlog at every quarter"):
        estates_backlog_compiled.read_quarters(path)
