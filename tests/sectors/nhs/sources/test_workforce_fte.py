"""NHS Workforce Statistics, against cells read from the sheets' XML."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.sectors.nhs.sources import workforce_fte

FILE = "nhs-workforce-recent/NHS_Workforce_Statistics_May_2025_England_and_Organisation.xlsx"


@pytest.fixture(scope="module")
def rows(raw_data: Path) -> pl.DataFrame:
    return workforce_fte.read(raw_data / "raw" / FILE)


@pytest.mark.parametrize(
    ("code", "end", "fte"),
    [
        ("R1H", date(2013, 3, 31), 12585.92327),
        ("R1H", date(2019, 3, 31), 14741.79572),
        ("R1H", date(2025, 5, 31), 19297.95639),
        ("RCF", date(2009, 9, 30), 2090.92189),
        ("RCF", date(2024, 12, 31), 3417.33513),
        ("RD7", date(2013, 3, 31), 3230.12397),  # closed in 2014, kept under its own code
    ],
)
def test_series(rows: pl.DataFrame, code: str, end: date, fte: float) -> None:
    found = rows.filter(code=code, measure="staff_fte", period_end=end, period_start=end.replace(day=1))
    assert found["value"].item() == pytest.approx(fte)


@pytest.mark.parametrize(("code", "end"), [("R1H", date(2009, 9, 30)), ("RD7", date(2019, 3, 31))])
def test_zero_is_no_row(rows: pl.DataFrame, code: str, end: date) -> None:
    assert rows.filter(code=code, measure="staff_fte", period_end=end).is_empty()
    assert not rows.filter(code=code, measure="staff_fte").is_empty()


def test_months_and_coverage(rows: pl.DataFrame) -> None:
    counts = rows.filter(measure="staff_fte").group_by("period_end").len().sort("period_end")
    months = counts["period_end"].to_list()
    assert len(months) == 64
    assert months[0] == date(2009, 9, 30)
    assert months[-2:] == [date(2025, 3, 31), date(2025, 5, 31)]
    assert {day.month for day in months[:-1]} == {3, 6, 9, 12}
    of = dict(counts.iter_rows())
    assert (of[date(2013, 3, 31)], of[date(2015, 3, 31)], of[date(2025, 5, 31)]) == (249, 239, 205)


def test_groups(rows: pl.DataFrame) -> None:
    latest = rows.filter(period_start=date(2025, 5, 1)).filter(pl.col("measure") != "staff_fte")
    assert latest["period_end"].unique().to_list() == [date(2025, 5, 31)]
    found = {
        code: dict(part.select("measure", "value").iter_rows()) for (code,), part in latest.group_by("code")
    }
    assert len(found) == 205
    assert found["R1H"] == pytest.approx(
        {
            "staff_fte_doctors": 3072.63830,
            "staff_fte_consultants": 1180.80253,
            "staff_fte_nurses": 5133.40912,
            "staff_fte_managers": 176.40667 + 178.15333,
        }
    )
    assert found["RCF"]["staff_fte_managers"] == pytest.approx(37.84 + 45.68667)
    assert found["RCF"]["staff_fte_nurses"] == pytest.approx(783.21328)


def test_groups_are_parts_of_the_whole(rows: pl.DataFrame) -> None:
    latest = rows.filter(period_end=date(2025, 5, 31)).pivot(on="measure", index="code", values="value")
    assert (latest["staff_fte_doctors"] + latest["staff_fte_nurses"] < latest["staff_fte"]).all()
    assert (latest["staff_fte_consultants"] <= latest["staff_fte_doctors"]).all()
    # England as a whole, from the same sheet, holds other bodies too; trusts are most of it.
    assert 0.9 < latest["staff_fte"].sum() / 1_373_862.75 < 1
