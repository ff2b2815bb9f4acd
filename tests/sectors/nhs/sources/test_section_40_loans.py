"""Loans that cover deficits, against the lists of loans, the summaries and the next year's opening."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.errors import BadFile
from matchmaker.sector import load_sector
from matchmaker.sectors.nhs.sources import section_40_loans
from matchmaker.sectors.nhs.sources.nhs_codes import TRUST_CODE
from matchmaker.sources import publication, tabular


@pytest.fixture(scope="module")
def folder(raw_data: Path) -> Path:
    return raw_data / "raw/bbc-nhs-loans"


@pytest.fixture(scope="module")
def rows(folder: Path) -> pl.DataFrame:
    return pl.concat([section_40_loans.read(folder / name) for name in section_40_loans.EDITIONS])


def owed(rows: pl.DataFrame, year: int) -> dict[str, float]:
    return dict(rows.filter(period_end=date(year, 3, 31)).select("code", "value").iter_rows())


@pytest.mark.parametrize(
    ("code", "balances"),
    [  # added up from the XML of the workbooks by another program, GBP
        ("R1H", [277_500_000, 405_500_000, 424_561_000]),
        ("RJ7", [128_045_000, 188_374_000, 240_317_000]),
        ("RFR", [2_781_000, 28_366_000, 48_649_000]),
        ("RAN", [14_805_000, 33_591_000, 51_782_000]),
    ],
)
def test_cells(rows: pl.DataFrame, code: str, balances: list[float]) -> None:
    assert [owed(rows, year)[code] for year in (2017, 2018, 2019)] == balances


@pytest.mark.parametrize(
    ("year", "total", "trusts"),
    [(2017, 4.723027e9, 96), (2018, 7.353708e9, 103), (2019, 10.144201e9, 111)],
)
def test_totals(rows: pl.DataFrame, year: int, total: float, trusts: int) -> None:
    # The department's totals; the summary by name says 4.669bn for 2017, see the next test.
    assert sum(owed(rows, year).values()) == pytest.approx(total, rel=1e-9)
    assert len(owed(rows, year)) == trusts


def test_the_summary_by_name_agrees_but_for_what_it_lost(folder: Path, rows: pl.DataFrame) -> None:
    years = {2017: "2016/17", 2018: "2017/18", 2019: "2018/19"}
    columns = [tabular.text("name", "Org name")]
    columns += [tabular.number(str(year), heading) for year, heading in years.items()]
    path = folder / "NHS loans - ALL DATA.xlsx"
    summary = tabular.table(path, columns, sheet="ALL TRUSTS", key="name", keep=None)
    # Half of St George's stands under its former name and is lost; Rotherham has a loan of another kind.
    lost = {2017: 64_272_000 - 10_000_000, 2018: 0, 2019: 0}
    for year, missing in lost.items():
        assert summary[str(year)].sum() + missing == pytest.approx(sum(owed(rows, year).values()))
    # One orthopaedic hospital (RAN) has the loans of the other (RRJ) as well.
    both = summary.filter(pl.col("name").str.contains("Royal National Orthopaedic"))
    for year in (2018, 2019):
        assert both[str(year)].item() == owed(rows, year)["RAN"] + owed(rows, year)["RRJ"]


@pytest.mark.parametrize(
    ("name", "sheet", "code", "heading", "unit", "closed"),
    [  # what was owed at the end of a year is owed at the start of the next, but for mergers
        ("NHS debt 2017_18_.xlsx", "ALL DATA", "Org Code", "Opening balance…", 1000, {"RQQ", "RGN"}),
        (
            *("NHS debt 2018_19.xlsx", "Interim revenue support loans", "Org Code", "Opening balance…", 1),
            {"RTG", "RJF", "RRE", "R1E", "RDE", "RGQ", "RRK", "RR1"},
        ),
    ],
)
def test_closing_is_the_next_opening(
    folder: Path,
    rows: pl.DataFrame,
    name: str,
    sheet: str,
    code: str,
    heading: str,
    unit: float,
    closed: set[str],
) -> None:
    columns = (tabular.text("code", code), tabular.number("opening", heading, factor=unit))
    loans = tabular.table(folder / name, columns, sheet=sheet, keep=TRUST_CODE, repeats=True)
    opening = dict(loans.group_by("code").agg(pl.col("opening").sum()).iter_rows())
    closing = owed(rows, section_40_loans.EDITIONS[name][0])
    differ = {
        code
        for code in opening.keys() | closing.keys()
        if abs(opening.get(code, 0) - closing.get(code, 0)) > 1000
    }
    assert differ == closed


def test_bounds_and_single_rows(rows: pl.DataFrame) -> None:
    assert (rows["period_start"] == rows["period_end"]).all()
    assert not rows.select("code", "measure", "period_end").is_duplicated().any()
    definition = publication.measures(load_sector("nhs"))["interim_revenue_loans"]
    assert definition.minimum is not None and definition.maximum is not None
    assert rows["value"].is_between(definition.minimum, definition.maximum).all()


def test_an_unknown_edition_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="one of the editions"):
        section_40_loans.read(tmp_path / "NHS debt 2019_20.xlsx")
