"""Plan and variance of 2025/26: against the cells, and one compilation against another."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.sector import load_sector
from matchmaker.sectors.nhs.sources import oversight_finance
from matchmaker.sources import publication


@pytest.fixture(scope="module")
def profiles(raw_data: Path) -> pl.DataFrame:
    return oversight_finance.read_profiles(raw_data / "raw/trustpulse-2026/trust_profiles.csv")


@pytest.fixture(scope="module")
def acute(raw_data: Path) -> pl.DataFrame:
    return oversight_finance.read_acute(raw_data / "raw/intuita-tracker/feature_table.csv")


def values(rows: pl.DataFrame, measure: str) -> dict[str, float]:
    return dict(rows.filter(measure=measure).select("code", "value").iter_rows())


@pytest.mark.parametrize(
    ("code", "plan", "variance"),
    [  # planned_surplus_deficit_pct and variance_to_financial_plan_pct of the profiles
        ("R1H", 0.0, -0.0061),
        ("RCF", -0.0553, -0.0332),
        ("RW4", 0.0187, 0.0058),
        ("RN7", -0.0494, -0.0259),
    ],
)
def test_cells(profiles: pl.DataFrame, code: str, plan: float, variance: float) -> None:
    assert values(profiles, "planned_surplus_share")[code] == pytest.approx(plan)
    assert values(profiles, "finance_variance_share")[code] == pytest.approx(variance)


def test_plan_of_a_trust_that_only_one_file_has(profiles: pl.DataFrame, acute: pl.DataFrame) -> None:
    # Line 36 of the table of acute trusts: REP, -19.58; line 55: RJ6, -2.22.
    assert values(acute, "planned_surplus_share")["REP"] == pytest.approx(-0.1958)
    assert values(acute, "planned_surplus_share")["RJ6"] == pytest.approx(-0.0222)


def test_the_two_compilations_agree_on_the_plan(profiles: pl.DataFrame, acute: pl.DataFrame) -> None:
    one, other = values(profiles, "planned_surplus_share"), values(acute, "planned_surplus_share")
    shared = one.keys() & other.keys()
    assert (len(one), len(other), len(shared)) == (150, 134, 129)
    assert all(one[code] == pytest.approx(other[code], abs=1e-9) for code in shared)


def test_variance_agrees_with_the_scorecard(raw_data: Path, profiles: pl.DataFrame) -> None:
    path = raw_data / "raw/intuita-tracker/scorecard_facts_transcribed.csv"
    with path.open(encoding="utf-8-sig", newline="") as lines:
        heading = "fin_2025_26_q3_ytd_variance_pct_of_turnover"
        printed = {row["trust_code"]: float(row[heading]) for row in csv.DictReader(lines) if row[heading]}
    found = values(profiles, "finance_variance_share")
    shared = printed.keys() & found.keys()
    assert len(shared) == 118
    assert max(abs(printed[code] - 100 * found[code]) for code in shared) < 0.051, "printed to one decimal"


def test_deficit_support_is_not_in_the_plan(raw_data: Path, acute: pl.DataFrame) -> None:
    # With the support of some GBP 2.2bn the plans of 2025/26 break even; without, they do not.
    path = raw_data / "raw/intuita-tracker/feature_table.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        income = {row[""]: float(row["op_income_k"]) for row in csv.DictReader(lines) if row["op_income_k"]}
    plan = values(acute, "planned_surplus_share")
    assert sum(plan[code] * income[code] for code in income) / 1e6 == pytest.approx(-2.13, abs=0.01)


def test_periods_bounds_and_single_rows(profiles: pl.DataFrame, acute: pl.DataFrame) -> None:
    rows = pl.concat([profiles, acute])
    assert set(rows.select("measure", "period_start", "period_end", "known_from").iter_rows()) == {
        ("planned_surplus_share", date(2025, 4, 1), date(2026, 3, 31), date(2026, 3, 31)),
        ("finance_variance_share", date(2025, 4, 1), date(2025, 12, 31), date(2026, 3, 31)),
    }
    for frame in (profiles, acute):
        assert not frame.select("code", "measure", "period_start", "period_end").is_duplicated().any()
    for measure, low, high in (
        rows.group_by("measure").agg(low=pl.col("value").min(), high=pl.col("value").max()).rows()
    ):
        definition = publication.measures(load_sector("nhs"))[measure]
        assert definition.minimum is not None and definition.maximum is not None
        assert definition.minimum <= low <= high <= definition.maximum
