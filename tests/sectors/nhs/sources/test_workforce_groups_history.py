"""Staff groups of earlier years, against cells, and against one another."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.sectors.nhs.sources import workforce_groups_history

HCHS = (
    "hchs-workforce/hchs-staff-by-staff-group-nationality-and-organisation-september-2017-and-june-2018.xlsx"
)


@pytest.fixture(scope="module")
def groups(raw_data: Path) -> pl.DataFrame:
    return workforce_groups_history.read_groups(raw_data / "raw" / HCHS)


@pytest.fixture(scope="module")
def lse(raw_data: Path) -> dict[str, pl.DataFrame]:
    found = {}
    for publication in workforce_groups_history.PUBLICATIONS[1:]:
        rows = publication.read(raw_data / "raw" / publication.files[0])
        found[rows["measure"][0]] = rows
    return found


@pytest.mark.parametrize(
    ("code", "measure", "end", "fte"),
    [  # added up over the nationalities from the sheet's XML
        ("R1H", "staff_fte_doctors", date(2017, 9, 30), 2340.03471),
        ("R1H", "staff_fte_managers", date(2017, 9, 30), 201.27333 + 41.68),
        ("RCF", "staff_fte_nurses", date(2018, 6, 30), 576.07337),
        ("RCF", "staff_fte_managers", date(2018, 6, 30), 52.69787 + 12.8),
    ],
)
def test_group_cells(groups: pl.DataFrame, code: str, measure: str, end: date, fte: float) -> None:
    assert groups.filter(code=code, measure=measure, period_end=end)["value"].item() == pytest.approx(fte)


def test_group_coverage(groups: pl.DataFrame) -> None:
    nurses = groups.filter(measure="staff_fte_nurses").group_by("period_start", "period_end").len()
    assert sorted(nurses.iter_rows()) == [
        (date(2017, 9, 1), date(2017, 9, 30), 232),
        (date(2018, 6, 1), date(2018, 6, 30), 228),
    ]


@pytest.mark.parametrize(
    ("measure", "code", "year", "fte"),
    [  # lines of the files, found with grep
        ("staff_fte_consultants", "R1H", 2013, 656.54093),
        ("staff_fte_consultants", "RCF", 2009, 80.39091),
        ("staff_fte_consultants", "RCF", 2018, 115.9135),
        ("staff_fte_managers", "R1H", 2013, 273.13134),
        ("staff_fte_managers", "RCF", 2018, 69.75121),
        ("staff_fte_managers", "RGT", 2017, 232.38665),
    ],
)
def test_september_cells(
    lse: dict[str, pl.DataFrame], measure: str, code: str, year: int, fte: float
) -> None:
    found = lse[measure].filter(code=code, period_start=date(year, 9, 1), period_end=date(year, 9, 30))
    assert found["value"].item() == pytest.approx(fte)


def test_september_coverage(lse: dict[str, pl.DataFrame]) -> None:
    assert {measure: rows["code"].n_unique() for measure, rows in lse.items()} == {
        "staff_fte_consultants": 257,
        "staff_fte_managers": 268,
    }
    for rows in lse.values():
        assert rows["period_end"].dt.year().unique().sort().to_list() == list(range(2009, 2019))


def test_managers_are_those_of_the_official_file(groups: pl.DataFrame, lse: dict[str, pl.DataFrame]) -> None:
    """The compiled figures are both grades of managers on 30 September: equal to the last decimal."""
    both = lse["staff_fte_managers"].join(
        groups, on=["code", "measure", "period_start", "period_end"], suffix="_official"
    )
    assert len(both) == 231
    assert (both["value"] - both["value_official"]).abs().max() == pytest.approx(0, abs=0.0001)
