"""Community services: contacts and referrals, against lines of the file."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.errors import BadFile
from matchmaker.sectors.nhs.sources import community_services
from matchmaker.sectors.nhs.sources.community_activity import read_contacts

FILE = "raw/csds-2026-03/csds-mar26-exp-core-data.zip"


@pytest.fixture(scope="module")
def rows(raw_data: Path) -> pl.DataFrame:
    return community_services.read(raw_data / FILE)


def test_cells(rows: pl.DataFrame) -> None:
    found = dict(rows.filter(code="RY6").select("measure", "value").iter_rows())
    assert found["community_care_contacts"] == 97_940
    assert found["community_referrals"] == 20_840
    assert found["community_contacts_district_nursing"] == 38_540
    assert found["community_contacts_speech_therapy"] == 1685
    assert rows.select("period_start", "period_end").unique().rows() == [
        (date(2026, 3, 1), date(2026, 3, 31))
    ]
    assert not rows.select("code", "measure").is_duplicated().any()


def test_providers_add_up_to_all_submitters(raw_data: Path) -> None:
    every = community_services.zipped_csv.columns(raw_data / FILE, community_services.HEADINGS)
    contacts = every.filter(dimension="TotalCareContacts")
    sums = dict(contacts.group_by("level").agg(pl.col("value").cast(pl.Float64).sum()).iter_rows())
    assert sums["All Submitters"] == 9_094_260
    assert sums["Provider"] == pytest.approx(9_094_260, abs=1000)  # each is rounded


def test_a_year_before_goes_with_it(raw_data: Path, rows: pl.DataFrame) -> None:
    before = read_contacts(raw_data / "raw/activity-2024-25/csds-mar-2025.json")
    both = rows.join(before, on=["code", "measure"])
    assert both.height > 100
    assert both.select((pl.col("value") / pl.col("value_right")).median()).item() == pytest.approx(1, abs=0.1)


def test_two_months_in_one_file_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "csds.zip"
    lines = [",".join(community_services.HEADINGS.values())]
    for month, last in ((2, 28), (3, 31)):
        lines.append(f"2026-0{month}-01,2026-0{month}-{last},RY6,Provider,TotalReferrals,Referrals,,5")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("csds.csv", "\n".join(lines))
    with pytest.raises(BadFile, match="one month"):
        community_services.read(path)
