"""The full extract of waiting times, against cells added up with the csv module."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.errors import BadFile
from matchmaker.sector import load_sector
from matchmaker.sectors.nhs.sources import rtt_full_extract
from matchmaker.sectors.nhs.sources.service_mix import FEWEST, FEWEST_OF_SERVICE, SERVICES, SHARES, TOTAL
from matchmaker.sources import publication

FILE = "raw/rtt-2026-04/20260430-RTT-April-2026-full-extract.csv.zip"


@pytest.fixture(scope="module")
def rows(raw_data: Path) -> pl.DataFrame:
    return rtt_full_extract.read(raw_data / FILE)


@pytest.mark.parametrize(
    ("code", "measure", "value"),
    [  # cells of part 2 added up with the csv module of Python
        ("R1H", "rtt_waiting_list", 121_803),
        ("RCF", "rtt_waiting_list", 14_344),
        ("RJ1", "rtt_waiting_list", 109_898),
        ("RJ1", "rtt_within_18_weeks", 75_138 / 109_898),
        ("RBD", "rtt_within_18_weeks", 13_253 / 21_967),
        ("RCF", "service_share_orthopaedics", 1469 / 14_344),
        ("RCF", "service_share_head_and_neck", (1229 + 444) / 14_344),
        ("RCF", "service_share_general_surgery", (1731 + 974) / 14_344),
        ("RCF", "service_share_medicine", (2 + 775 + 1575 + 35 + 613 + 887 + 445 + 44) / 14_344),
        ("RCF", "service_share_paediatrics", 670 / 14_344),
        ("RCF", "service_share_regional_surgery", 51 / 14_344),
        ("RCF", "largest_specialty_share", 1762 / 14_344),
        ("RP6", "service_breadth", 1),  # Moorfields, eyes and nothing else
        ("RP6", "service_share_ophthalmology", 1),
        ("RCF", "rtt_waiting_list_orthopaedics", 1469),
        ("RCF", "rtt_waiting_list_paediatrics", 670),
    ],
)
def test_values_are_those_of_the_file(rows: pl.DataFrame, code: str, measure: str, value: float) -> None:
    assert rows.filter(code=code, measure=measure)["value"].item() == pytest.approx(value, rel=1e-12)


def test_large_centres_are_broader_than_district_hospitals(rows: pl.DataFrame) -> None:
    breadth = dict(rows.filter(measure="service_breadth").select("code", "value").iter_rows())
    assert breadth["RTH"] > breadth["RCF"] > breadth["RBD"] > breadth["RBV"]


def test_every_trust_with_a_list_is_there(rows: pl.DataFrame) -> None:
    counts = dict(rows.group_by("measure").len().iter_rows())
    services = {name: n for name, n in counts.items() if name.endswith(tuple(SERVICES.values()))}
    services = {name: n for name, n in services.items() if name.startswith("rtt_")}
    assert len(services) == 2 * len(SERVICES)
    whole = {"rtt_waiting_list": 148, "rtt_within_18_weeks": 148} | dict.fromkeys(SHARES, 145)
    assert counts == whole | services
    small = rows.filter(pl.col("measure") == "rtt_waiting_list", pl.col("value") < FEWEST)
    assert set(small["code"]) == {"RP7", "R1A", "RWX"}


def test_national_list_and_share_are_the_official_ones(raw_data: Path, rows: pl.DataFrame) -> None:
    total = rtt_full_extract._incomplete(raw_data / FILE).filter(specialty=TOTAL)
    assert total["waiting"].sum() == 7_123_980
    assert total["within"].sum() / total["waiting"].sum() == pytest.approx(0.649, abs=0.0005)
    # The rest, 448,242, wait at independent providers.
    assert rows.filter(measure="rtt_waiting_list")["value"].sum() == 6_675_738


def test_specialties_add_up_to_the_total(raw_data: Path) -> None:
    counts = rtt_full_extract._incomplete(raw_data / FILE).group_by("code").agg(
        total=pl.col("waiting").filter(specialty=TOTAL).sum(),
        parts=pl.col("waiting").filter(pl.col("specialty") != TOTAL).sum(),
    )  # fmt: skip
    assert counts.filter(pl.col("total") != pl.col("parts")).is_empty()


def test_no_row_stands_twice_and_the_month_is_april_2026(rows: pl.DataFrame) -> None:
    assert not rows.select("code", "measure", "period_start", "period_end").is_duplicated().any()
    assert set(rows["period_start"]) == {date(2026, 4, 1)}
    assert set(rows["period_end"]) == {date(2026, 4, 30)}


def test_values_stay_within_the_bounds_of_the_catalogue(rows: pl.DataFrame) -> None:
    catalogue = publication.measures(load_sector("nhs"))
    for measure, value in rows.select("measure", "value").iter_rows():
        low, high = catalogue[measure].minimum, catalogue[measure].maximum
        assert low is not None
        assert high is not None
        assert low <= value <= high, measure


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("<html>moved</html>", "a zipped CSV file with its columns"),
        ("a,b\n1,2\n", "a zipped CSV file with its columns"),
        ("C_999", "incomplete pathways of a month"),
        ("C_555", "known specialties"),
        ("many", "found 'many'; expected a number"),
        ("blank", "parts .* that add up to waiting"),
        ("twice", "one row for each period, code, commissioner, specialty"),
        ("two months", "one and the same in every row"),
    ],
)
def test_other_files_are_faults(tmp_path: Path, content: str, found: str) -> None:
    path = tmp_path / "RTT-full-extract.csv.zip"
    headings = [
        rtt_full_extract.PERIOD,
        rtt_full_extract.ODS,
        rtt_full_extract.COMMISSIONER,
        rtt_full_extract.PART,
        rtt_full_extract.SPECIALTY,
        rtt_full_extract.WAITING,
        *rtt_full_extract.WEEKS,
        rtt_full_extract.LAST,
        rtt_full_extract.UNKNOWN,
    ]
    period = "April 2026" if content == "C_999" else "RTT-April-2026"
    waiting = "many" if content == "many" else "5"
    weeks = ["" if content == "blank" else "5", *["0"] * 105]
    if "," not in content and "<" not in content:
        row = [period, "RCF", "06Q", "Incomplete Pathways", content, waiting, *weeks]
        if content in ("blank", "twice", "two months"):
            row[4] = "C_999"
        rows = {"twice": [row, row], "two months": [row, ["RTT-March-2026", *row[1:]]]}.get(content, [row])
        content = "\n".join(map(",".join, [headings, *rows]))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("RTT.csv", content)
        archive.writestr("__MACOSX/._RTT.csv", "shadow")
    with pytest.raises(BadFile, match=found):
        rtt_full_extract.read(path)


def test_january_2026(raw_data: Path) -> None:
    # cells of part 2 added up with the csv module of Python
    rows = rtt_full_extract.read(raw_data / "raw/rtt-2026-01/Full-CSV-data-file-Jan26.zip")
    found = dict(rows.filter(code="R1H").select("measure", "value").iter_rows())
    assert found["rtt_waiting_list"] == 132_112
    assert found["rtt_within_18_weeks"] == pytest.approx(74_970 / 132_112)
    assert found["rtt_within_18_weeks_orthopaedics"] == pytest.approx(4959 / 9503)
    assert found["rtt_within_18_weeks_cardiology"] == pytest.approx(6395 / 10_086)
    assert rows["period_end"].unique().to_list() == [date(2026, 1, 31)]


def test_services_with_few_people_have_a_list_and_no_share(rows: pl.DataFrame) -> None:
    lists = rows.filter(measure="rtt_waiting_list_cardiothoracic_surgery")
    few = lists.filter(pl.col("value") < FEWEST_OF_SERVICE)["code"].to_list()
    shares = rows.filter(measure="rtt_within_18_weeks_cardiothoracic_surgery")["code"].to_list()
    assert few
    assert not set(few) & set(shares)
