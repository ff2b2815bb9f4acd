"""Backlog of maintenance in the estates returns, against sums made by another program."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.errors import BadFile
from matchmaker.sector import load_sector
from matchmaker.sectors.nhs.sources import estates_backlog
from matchmaker.sources import publication

HEADINGS = "Trust Code,Site Code," + ",".join(
    f"Cost to eradicate {risk} risk backlog (?)" for risk in estates_backlog.RISKS
)


@pytest.fixture(scope="module")
def rows(raw_data: Path) -> pl.DataFrame:
    folder = raw_data / "raw"
    parts = [estates_backlog.read_2013(path) for path in sorted(folder.glob("eric-2013-2017/*.xls"))]
    parts.append(estates_backlog.read_2019(folder / "eric-2019-20/ERIC_201920_SiteData.csv"))
    return pl.concat(parts)


@pytest.mark.parametrize(
    ("code", "start", "risks"),
    [  # high, significant, moderate, low: added up over the sites with xlrd and the csv module
        ("R1H", 2013, (45_525_378, 40_781_214, 41_991_730, 43_558_428)),
        ("RCF", 2014, (400_000, 180_000, 7_270_000, 4_200_000)),
        ("RTE", 2015, (100_000, 25_635_004, 6_157_245, 15_187_472)),
        ("R1H", 2016, (29_044_933, 36_040_575, 24_911_680, 41_562_287)),
        ("RTE", 2016, (105_000, 28_265_204, 6_183_245, 15_187_472)),
        ("R1H", 2019, (39_043_770, 91_660_366, 134_186_167, 2_062_159)),
        ("RCF", 2019, (13_622_084, 1_049_800, 24_076_673, 4_904_186)),
    ],
)
def test_cells(rows: pl.DataFrame, code: str, start: int, risks: tuple[int, int, int, int]) -> None:
    trust = rows.filter(code=code, period_start=date(start, 4, 1), period_end=date(start + 1, 3, 31))
    assert dict(trust.select("measure", "value").iter_rows()) == {
        "backlog_maintenance": sum(risks),
        "backlog_high_risk": sum(risks[:2]),
    }


@pytest.mark.parametrize(
    ("start", "total", "trusts"),
    [  # the published totals for England, GBP bn; 2013/14 without six independent providers
        (2013, 4.04, 245),
        (2014, 4.34, 240),
        (2015, 4.97, 238),
        (2016, 5.55, 236),
        (2019, 9.03, 224),
    ],
)
def test_totals(rows: pl.DataFrame, start: int, total: float, trusts: int) -> None:
    year = rows.filter(measure="backlog_maintenance", period_start=date(start, 4, 1))
    assert float(year["value"].sum()) / 1e9 == pytest.approx(total, abs=0.005)
    assert year["code"].n_unique() == year.height == trusts


def test_bounds_and_single_rows(rows: pl.DataFrame) -> None:
    assert not rows.select("code", "measure", "period_start", "period_end").is_duplicated().any()
    wide = rows.pivot("measure", index=["code", "period_start"], values="value")
    assert (wide["backlog_high_risk"] <= wide["backlog_maintenance"]).all()
    for measure, low, high in (
        rows.group_by("measure").agg(low=pl.col("value").min(), high=pl.col("value").max()).rows()
    ):
        definition = publication.measures(load_sector("nhs"))[measure]
        assert definition.minimum is not None and definition.maximum is not None
        assert definition.minimum <= low <= high <= definition.maximum


def test_a_trust_without_any_applicable_site_has_no_figure(tmp_path: Path) -> None:
    path = tmp_path / "ERIC_201920_SiteData.csv"
    none = ",".join(["Not Applicable"] * 4)
    path.write_text(f'{HEADINGS}\nR1H,A,"1,000",0,0,5\nR1H,B,{none}\nRCF,C,{none}\nTotal,,1,1,1,1\n')
    found = estates_backlog.read_2019(path).select("code", "measure", "value").rows()
    assert found == [("R1H", "backlog_maintenance", 1005), ("R1H", "backlog_high_risk", 1000)]


def test_words_where_a_number_belongs_are_told(tmp_path: Path) -> None:
    path = tmp_path / "ERIC_201920_SiteData.csv"
    path.write_text(f"{HEADINGS}\nR1H,A,1000,0,unknown,5\nRCF,B,lots,0,0,5\n")
    with pytest.raises(BadFile) as caught:
        estates_backlog.read_2019(path)
    assert [(fault.row, fault.value) for fault in caught.value.faults] == [(3, "lots"), (2, "unknown")]


def test_a_file_without_a_year_is_told(tmp_path: Path) -> None:
    path = tmp_path / "ERIC_SiteData.csv"
    path.write_text(f"{HEADINGS}\nR1H,A,1000,0,0,5\n")
    with pytest.raises(BadFile, match="file name with the year"):
        estates_backlog.read_2019(path)
