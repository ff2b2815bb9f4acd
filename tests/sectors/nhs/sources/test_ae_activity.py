"""A&E by month, against lines of the files and their total rows."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.errors import BadFile
from matchmaker.sector import load_sector
from matchmaker.sectors.nhs.sources import ae_activity
from matchmaker.sectors.nhs.sources.nhs_codes import TRUST_CODE
from matchmaker.snapshot import checks

MONTHLY = {
    "ae-monthly-2024-25/Monthly-AE-June-2024_copy.csv": date(2024, 6, 1),
    "ae-monthly-2024-25/Monthly-AE-July-2024-revised.csv": date(2024, 7, 1),
    "ae-monthly-2024-25/Monthly-AE-August-2024.csv": date(2024, 8, 1),
    "ae-monthly-2024-25/Monthly-AE-September-2024.csv": date(2024, 9, 1),
    "ae-monthly-2024-25/Monthly-AE-October-2024-revised.csv": date(2024, 10, 1),
    "ae-monthly-2024-25/Monthly-AE-November-2024-revised.csv": date(2024, 11, 1),
    "ae-monthly-2024-25/Monthly-AE-December-2024.csv": date(2024, 12, 1),
    "ae-monthly-2024-25/Monthly-AE-January-2025.csv": date(2025, 1, 1),
    "ae-monthly-2024-25/Monthly-AE-February-2025-revised.csv": date(2025, 2, 1),
    "ae-monthly-2024-25/Monthly-AE-March-2025.csv": date(2025, 3, 1),
    "ae-monthly-2024-25/Monthly-AE-April-2025.csv": date(2025, 4, 1),
    "ae-monthly-2024-25/Monthly-AE-May-2025.csv": date(2025, 5, 1),
    "ae-monthly-2024-25/Monthly-AE-June-2025-1-1.csv": date(2025, 6, 1),
    "nhse-ae-2025-07/July-2025-CSV-9jfy4.csv": date(2025, 7, 1),
}


@pytest.fixture(scope="module")
def monthly(raw_data: Path) -> pl.DataFrame:
    return pl.concat(ae_activity.read_month(raw_data / "raw" / name) for name in MONTHLY)


@pytest.fixture(scope="module")
def series(raw_data: Path) -> pl.DataFrame:
    return ae_activity.read_series(raw_data / "raw/healthyr/england_trust_accidents_emergency.rda")


@pytest.fixture(scope="module")
def early(raw_data: Path) -> pl.DataFrame:
    return ae_activity.read_2016(raw_data / "raw/nhsrdatasets/ae_attendances.rda")


def of(rows: pl.DataFrame, code: str, start: date) -> dict[str, float]:
    return dict(rows.filter(code=code, period_start=start).select("measure", "value").iter_rows())


def test_monthly_cells(monthly: pl.DataFrame) -> None:
    # lines 52 of June 2024, 145 of September 2024 and 179 of July 2025
    assert of(monthly, "RCF", date(2024, 6, 1)) == {
        "ae_attendances": 6052 + 225 + 507,
        "ae_attendances_type_1": 6052 + 507,
        "emergency_admissions_via_ae": 1496,
        "emergency_admissions_return": 1496 + 515,
    }
    assert of(monthly, "R1H", date(2024, 9, 1))["ae_attendances"] == 24191 + 947 + 16122
    assert of(monthly, "R1H", date(2025, 7, 1))["emergency_admissions_return"] == 4242 + 49 + 1405


def test_months_and_coverage(monthly: pl.DataFrame) -> None:
    months = monthly.filter(measure="ae_attendances").group_by("period_start").len()
    assert dict(months.iter_rows()) == {
        day: 149 if day == date(2024, 9, 1) else 150 for day in MONTHLY.values()
    }
    assert monthly.filter(period_start=date(2025, 2, 1))["period_end"].unique().to_list() == [
        date(2025, 2, 28)
    ]


@pytest.mark.parametrize("name", MONTHLY)
def test_trusts_and_others_add_up_to_england(raw_data: Path, monthly: pl.DataFrame, name: str) -> None:
    total, others = 0, 0
    with (raw_data / "raw" / name).open(encoding="utf-8-sig") as file:
        lines = [{key.strip(): value for key, value in line.items() if key} for line in csv.DictReader(file)]
    for line in lines:
        count = sum(int(value) for key, value in line.items() if key.startswith("A&E attendances"))
        if line["Period"].casefold() == "total":
            total = count
        elif not pl.Series([line["Org Code"]]).str.contains(TRUST_CODE).item():
            others += count
    trusts = monthly.filter(measure="ae_attendances", period_start=MONTHLY[name])["value"].sum()
    assert total > 2_000_000
    assert trusts + others == total


def test_the_series_agrees_with_the_monthly_files(monthly: pl.DataFrame, series: pl.DataFrame) -> None:
    both = monthly.join(series, on=["code", "measure", "period_start", "period_end"], suffix="_series")
    assert both.group_by("period_start").len().height == len(MONTHLY) - 2
    near = (both["value"] - both["value_series"]).abs() < 0.5
    assert near.mean() > 0.97  # some months were revised between the two
    assert set(both["measure"]) == {"ae_attendances", "emergency_admissions_return"}


def test_series_cells(series: pl.DataFrame) -> None:
    expected = {
        date(2021, 4, 1): (6036, 1861),
        date(2023, 7, 1): (6520, 2065),
        date(2024, 2, 1): (5955, 2179),
    }
    for day, (attendances, admissions) in expected.items():
        assert of(series, "RCF", day) == {
            "ae_attendances": attendances,
            "emergency_admissions_return": admissions,
        }


def test_months_that_repeat_the_year_before_are_left_out(series: pl.DataFrame) -> None:
    months = series["period_start"].unique().sort().to_list()
    assert months[0] == date(2021, 4, 1)
    assert months[-1] == date(2025, 7, 1)
    assert len(months) == 52 - 2
    assert date(2025, 2, 1) not in months
    assert date(2025, 3, 1) not in months
    # No other two months a year apart are alike.
    whole = dict(
        series.filter(measure="ae_attendances")
        .group_by("period_start")
        .agg(pl.col("value").sum())
        .iter_rows()
    )
    assert all(whole[day] != whole.get(day.replace(year=day.year - 1)) for day in whole)


def test_early_cells(early: pl.DataFrame) -> None:
    assert of(early, "R1H", date(2017, 3, 1)) == {
        "ae_attendances": 30210 + 807 + 11352,
        "ae_attendances_type_1": 30210,
        "emergency_admissions_via_ae": 6943,
    }
    assert of(early, "RCF", date(2016, 4, 1))["ae_attendances"] == 4564
    assert of(early, "RCF", date(2016, 4, 1))["emergency_admissions_via_ae"] == 1007


def test_early_coverage(early: pl.DataFrame) -> None:
    months = early["period_start"].unique().sort()
    assert len(months) == 36
    assert (months[0], months[-1]) == (date(2016, 4, 1), date(2019, 3, 1))
    assert early["code"].n_unique() == 170
    assert early.filter(period_start=date(2018, 2, 1))["period_end"].unique().to_list() == [date(2018, 2, 28)]


def test_two_months_in_one_file_are_a_fault(raw_data: Path, tmp_path: Path) -> None:
    lines = (raw_data / "raw" / next(iter(MONTHLY))).read_text("utf-8-sig").splitlines()
    path = tmp_path / "two.csv"
    path.write_text("\n".join(line.replace("JUNE", "MAY") if "RCF" in line else line for line in lines))
    with pytest.raises(BadFile, match="one month"):
        ae_activity.read_month(path)


def test_the_copied_months_of_a_compiled_series_are_found(
    raw_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ae_activity, "REPEATED", ())  # the reader leaves them out, see there
    path = raw_data / "raw" / "healthyr" / "england_trust_accidents_emergency.rda"
    (published,) = (p for p in ae_activity.PUBLICATIONS if path.match(p.files[0]))
    read = published.read(path).with_columns(source=pl.lit(published.id), file=pl.lit(path.name))
    found = {issue.expected for issue in checks.repeated_period(read, load_sector("nhs"))}
    for month in ("2025-02-01 to 2025-02-28", "2025-03-01 to 2025-03-31"):
        assert f"ae_attendances of {month} with figures of its own" in found
