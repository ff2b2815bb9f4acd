"""Readers of figures on small made-up files in the publications' own headings."""

from __future__ import annotations

import csv
import fnmatch
import os
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.sector import load_sector
from matchmaker.sectors.schools.sources import finance, intake, performance
from matchmaker.sources.publication import publications

DOCS = Path(__file__).parents[3] / "docs" / "schools.md"
RAW = Path(os.environ.get("MATCHMAKER_RAW_DATA", ""), "schools", "raw")


def written(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def values(rows: pl.DataFrame) -> dict[tuple[str, str], float]:
    return {
        (code, measure): value for code, measure, value in rows.select("code", "measure", "value").iter_rows()
    }


def test_a_balance_that_is_no_balance_is_left_out_and_the_income_stays(tmp_path: Path) -> None:
    """Of 100003 the expenditure is a third of what it was; 100004 closed within the year."""
    text = "URN,Income,Expenditure\n100002,200000,210000\n100003,200000,70000\n100004,900,0\n"
    rows = finance.read(written(tmp_path / "cfr_financials_2016.csv", text))
    assert values(rows) == {
        ("100002", "income"): 200_000,
        ("100002", "in_year_balance"): pytest.approx(-0.05),
        ("100003", "income"): 200_000,
    }
    assert set(rows["period_end"]) == {date(2016, 3, 31)}


def test_until_2011_finance_is_by_pupil_and_gives_no_income(tmp_path: Path) -> None:
    text = "URN,PUPILS,TOTALINCOME,TOTALEXPENDITURE\n100002,227,8098,7864\n"
    rows = finance.read(written(tmp_path / "pt_2011_england_cfr.csv", text))
    assert values(rows) == {("100002", "in_year_balance"): pytest.approx(234 / 8098)}


def test_the_premium_is_a_share_of_pupils_of_both_stages(tmp_path: Path) -> None:
    heads = "URN,Number of Primary pupils on roll (9),Number of  Secondary pupils on roll (10)"
    heads += ",Total number of pupils eligible for the Deprivation Pupil Premium"
    text = f"{heads}\n100002,150,50,80\n100003,0,0,0\n100004,2,0,4\n"
    rows = intake.read_premium(written(tmp_path / "pupil_premium_2019_20.csv", text))
    assert values(rows) == {("100002", "pupil_premium"): 0.4}
    assert rows["period_end"].to_list() == [date(2019, 1, 17)]


def test_settlement_is_by_the_classification_of_2021_and_the_latest_extract(tmp_path: Path) -> None:
    text = (
        "URN,UrbanRuralName,edition\n"
        "100002,Larger rural: Nearer to a major town or city,2026-02-12\n"
        "100002,Urban: Nearer to a major town or city,2026-08-06\n"
        "100003,(England/Wales) Urban city and town,2026-08-06\n"
    )
    rows = intake.read_settlement(written(tmp_path / "sapsec_establishment_2026.csv", text))
    assert values(rows) == {("100002", "settlement"): 1.0}
    assert rows["known_from"].to_list() == [date(2026, 8, 6)]


def test_pupils_and_deprivation_are_known_from_the_list_of_the_inspectorate(tmp_path: Path) -> None:
    heads = "URN,The income deprivation affecting children index (IDACI) quintile,Total number of pupils"
    rows = intake.read_ofsted(
        written(tmp_path / "ofsted_outcomes_20250831.csv", f"{heads}\n100002,5,240\n100003,,0\n")
    )
    assert values(rows) == {("100002", "deprivation_fifth"): 5.0, ("100002", "pupils"): 240.0}
    assert set(rows["known_from"]) == {date(2025, 8, 31)}


def test_teachers_are_counted_under_the_heading_of_each_year(tmp_path: Path) -> None:
    early = written(tmp_path / "pt_2013_england_swf.csv", "URN,RATPUPTEA\n100002,17.8\n100003,NA\n")
    late = written(
        tmp_path / "england_secondary_schools.csv", "URN,wf_pupil_to_qual_unqual_teacher_ratio\n100002,12.8\n"
    )
    both = pl.concat([performance.read_staff(early), performance.read_staff(late)])
    assert both.select("value", "period_end").rows() == [(17.8, date(2012, 11, 1)), (12.8, date(2024, 11, 1))]


def test_destinations_are_of_the_year_in_which_leavers_were_followed(tmp_path: Path) -> None:
    text = "RECTYPE,URN,OVERALL_DESTPER\n1,100002,91%\n1,100003,SUPP\nNAT,,94%\n"
    rows = performance.read_destinations(written(tmp_path / "pt_2023_england_ks4_pupdest.csv", text))
    assert values(rows) == {("100002", "goes_on"): pytest.approx(0.91)}
    assert rows.select("period_start", "period_end").row(0) == (date(2021, 9, 1), date(2022, 7, 31))


@pytest.mark.raw
@pytest.mark.skipif(not RAW.is_dir(), reason="the official files are not here")
def test_every_file_at_hand_is_read_or_named_with_the_reason_why_not() -> None:
    """docs/schools.md lists those that are not read."""
    sector, text = load_sector("schools"), DOCS.read_text("utf-8")
    patterns = [one for publication in publications(sector).values() for one in publication.files]
    files = [
        row["file"]
        for name in ("MANIFEST.csv", "MANIFEST-2.csv")
        for row in csv.DictReader((RAW / name).read_text("utf-8").splitlines())
    ]
    assert len(files) > 90
    beside = ("gias_grouplinks_2017-04-03", "gias_grouplinks_2024-03-29", "gias_links_2015-11-14")
    unread = [
        name
        for name in files
        if not any(fnmatch.fnmatch(f"raw/{name}", pattern) for pattern in patterns)
        and not name.startswith(beside)  # read beside the editions that they belong to
    ]
    named = [pattern for pattern in text.split("`") if "_" in pattern and "\n" not in pattern]
    assert [name for name in unread if not any(fnmatch.fnmatch(name, f"{one}*") for one in named)] == []
