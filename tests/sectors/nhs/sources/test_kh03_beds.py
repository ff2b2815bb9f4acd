"""KH03 workbooks, against their own cells and their own total for England."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.sectors.nhs.sources import kh03_beds
from matchmaker.sources import tabular

QUARTERS = {
    "kh03-2020-21/2021-Q1-Beds-Open-Overnight-Web_File-Final-DE5WC.xlsx": (date(2020, 4, 1), 195),
    "kh03-2020-21/Beds-Open-Overnight-Web_File-Final-DE5WC_2020-21_Q2.xlsx": (date(2020, 7, 1), 195),
    "kh03-recent/Beds-Open-Overnight-Web_File-Q2-2024-25.xlsx": (date(2024, 7, 1), 187),
    "kh03-recent/Beds-Open-Overnight-Web_File-Q3-2024-25revised.xlsx": (date(2024, 10, 1), 185),
    "kh03-recent/Beds-Open-Overnight-Web_File-Q4-2024-25.xlsx": (date(2025, 1, 1), 184),
    "kh03-recent/Beds-Open-Overnight-Web_File-Q1-2025-26.xlsx": (date(2025, 4, 1), 181),
}


@pytest.fixture(scope="module")
def books(raw_data: Path) -> dict[str, pl.DataFrame]:
    return {name: kh03_beds.read(raw_data / "raw" / name) for name in QUARTERS}


def test_every_workbook_is_covered(raw_data: Path) -> None:
    (published,) = kh03_beds.PUBLICATIONS
    found = [
        path
        for path in (raw_data / "raw").glob("kh03*/*.xlsx")
        if any(path.match(pattern) for pattern in published.files)
    ]
    assert {f"{path.parent.name}/{path.name}" for path in found} == set(QUARTERS)


@pytest.mark.parametrize("name", QUARTERS)
def test_quarter_and_coverage(books: dict[str, pl.DataFrame], name: str) -> None:
    start, trusts = QUARTERS[name]
    assert books[name]["period_start"].unique().to_list() == [start]
    assert books[name]["code"].n_unique() == trusts
    (end,) = books[name]["period_end"].unique()
    assert (end - start).days in (89, 90, 91)


@pytest.mark.parametrize("name", QUARTERS)
def test_trusts_add_up_to_england(raw_data: Path, books: dict[str, pl.DataFrame], name: str) -> None:
    columns = (*kh03_beds.COLUMNS, tabular.text("name", "Org Name"))
    everyone = tabular.table(raw_data / "raw" / name, columns, sheet=kh03_beds.SHEET, keep=None)
    england = everyone.filter(name="England").row(0, named=True)
    for (measure,), rows in books[name].group_by("measure"):
        assert rows["value"].sum() == pytest.approx(england[str(measure)], abs=0.001)


# Read from the cells of the sheet's XML.
CELLS = [
    (
        "kh03-recent/Beds-Open-Overnight-Web_File-Q1-2025-26.xlsx",
        "RCF",
        (386.769, 358.088, 0, 345.231, 329.879),
    ),
    (
        "kh03-recent/Beds-Open-Overnight-Web_File-Q1-2025-26.xlsx",
        "R1H",
        (2162.737, 1969.538, 0, 1996.582, 1859.978),
    ),
    ("kh03-recent/Beds-Open-Overnight-Web_File-Q1-2025-26.xlsx", "G6V2S", (736.747, 0, 709.747, 687.571, 0)),
    (
        "kh03-2020-21/2021-Q1-Beds-Open-Overnight-Web_File-Final-DE5WC.xlsx",
        "TAD",
        (206, 0, 200, 151.879, 0),
    ),
    (
        "kh03-2020-21/Beds-Open-Overnight-Web_File-Final-DE5WC_2020-21_Q2.xlsx",
        "RCF",
        (384.033, 349.413, 0, 253.804, 240.5),
    ),
]


@pytest.mark.parametrize(("name", "code", "expected"), CELLS)
def test_cells(books: dict[str, pl.DataFrame], name: str, code: str, expected: tuple[float, ...]) -> None:
    found = dict(books[name].filter(code=code).select("measure", "value").iter_rows())
    measures = [column.name for column in kh03_beds.COLUMNS[3:]]
    assert [found[measure] for measure in measures] == pytest.approx(expected, abs=0.001)
