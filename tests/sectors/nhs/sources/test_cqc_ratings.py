"""CQC ratings: right value, right key question, right day."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.errors import BadFile
from matchmaker.sector import load_sector
from matchmaker.sectors.nhs.sources import cqc_ratings
from matchmaker.sources.publication import measures


@pytest.fixture(scope="module")
def latest(raw_data: Path) -> pl.DataFrame:
    return cqc_ratings.read_latest(raw_data / "raw/cqc-provider-ratings-2026/cqc.json")


@pytest.fixture(scope="module")
def history(raw_data: Path) -> pl.DataFrame:
    return cqc_ratings.read_history(raw_data / "raw/lse-hospital-management/CQC_ratings.csv")


def rating(frame: pl.DataFrame, code: str, measure: str) -> tuple[date, float]:
    ((day, value),) = frame.filter(code=code, measure=measure).select("period_end", "value").iter_rows()
    return day, value


def test_latest_cells(latest: pl.DataFrame) -> None:
    # cqc.json: "R0B": ["Requires improvement", "Requires improvement", "2023-02-03"]
    assert rating(latest, "R0B", "cqc_overall") == (date(2023, 2, 3), 2)
    # "RA7": ["Good", "Requires improvement", "2021-11-04"]: the second is Safe
    assert rating(latest, "RA7", "cqc_overall") == (date(2021, 11, 4), 3)
    assert rating(latest, "RA7", "cqc_safe") == (date(2021, 11, 4), 2)
    # "RA2": ["Outstanding", "", "2025-06-13"]: without Safe it is an assessment of well-led alone
    assert rating(latest, "RA2", "cqc_trust_assessment") == (date(2025, 6, 13), 4)
    assert latest.filter(pl.col("code") == "RA2", pl.col("measure") != "cqc_trust_assessment").is_empty()
    # "RAJ": ["Inadequate", "", "2025-11-05"]
    assert rating(latest, "RAJ", "cqc_trust_assessment") == (date(2025, 11, 5), 1)
    # A trust rated by key questions in 2025: "G6V2S": ["Requires improvement", ..., "2025-07-24"]
    assert rating(latest, "G6V2S", "cqc_overall") == (date(2025, 7, 24), 2)


def test_latest_counts(latest: pl.DataFrame) -> None:
    overall = latest.filter(measure="cqc_overall")
    assert overall["code"].n_unique() == overall.height == 180
    alone = latest.filter(measure="cqc_trust_assessment")
    assert alone["code"].n_unique() == alone.height == 20
    assert alone["period_end"].min() == date(2025, 1, 14)
    both = pl.concat([overall, alone])
    assert dict(both["value"].value_counts().iter_rows()) == {1: 3, 2: 83, 3: 94, 4: 20}
    assert latest.filter(measure="cqc_safe").height == 180


def test_history_agrees_with_the_file_cell_by_cell(raw_data: Path, history: pl.DataFrame) -> None:
    path = raw_data / "raw/lse-hospital-management/CQC_ratings.csv"
    with path.open(encoding="utf-8-sig") as file:
        rows = [r for r in csv.DictReader(file) if r["POPULATION"] == "Overall" and len(r["ORG_CODE"]) == 3]
    wanted = {
        (r["ORG_CODE"], cqc_ratings.QUESTIONS[r["QUESTION"]], r["DATE"], int(r["RATING_SCORE"]) + 1)
        for r in rows
    }
    got = history.select("code", "measure", pl.col("period_end").dt.to_string("%d/%m/%Y"), "value").rows()
    assert set(got) == wanted
    assert len(got) == len(rows) == 1356


def test_history_cells(history: pl.DataFrame) -> None:
    # As in the CQC reports: Brighton left special measures rated Good; Shrewsbury entered Inadequate.
    assert rating(history, "RXH", "cqc_overall") == (date(2019, 1, 8), 3)
    assert rating(history, "RXW", "cqc_overall") == (date(2018, 11, 29), 1)
    assert rating(history, "RM1", "cqc_overall") == (date(2018, 6, 19), 1)
    overall = history.filter(measure="cqc_overall")
    assert dict(overall["value"].value_counts().iter_rows()) == {1: 6, 2: 87, 3: 112, 4: 21}


def test_the_two_sources_agree_where_the_day_is_the_same(latest: pl.DataFrame, history: pl.DataFrame) -> None:
    both = latest.join(history, on=["code", "measure", "period_end"])
    assert both.filter(measure="cqc_overall").height >= 20
    assert both.filter(pl.col("value") != pl.col("value_right")).is_empty()


@pytest.mark.raw
@pytest.mark.parametrize("name", ["latest", "history"])
def test_form(name: str, request: pytest.FixtureRequest) -> None:
    frame: pl.DataFrame = request.getfixturevalue(name)
    assert (
        frame.select(pl.struct("code", "measure", "period_start", "period_end").is_duplicated().any()).item()
        is False
    )
    assert frame.filter(pl.col("period_start") != pl.col("period_end")).is_empty()
    # A list of what stood on a day is no history.
    edition = {"latest": date(2026, 7, 31), "history": date(2019, 3, 31)}[name]
    assert frame["known_from"].unique().to_list() == [edition]
    assert frame["period_end"].max() <= edition
    assert frame["period_end"].min() > date(2014, 1, 1)  # type: ignore[operator]
    for measure, value in frame.select("measure", "value").iter_rows():
        limits = measures(load_sector("nhs"))[measure]
        assert limits.minimum is not None
        assert limits.maximum is not None
        assert limits.minimum <= value <= limits.maximum


def test_all_faults_are_told_together(tmp_path: Path) -> None:
    path = tmp_path / "cqc.json"
    path.write_text(json.dumps({"R0A": ["Fine", "Good", "2020-01-01"], "R0B": ["Good", "Good", "1 May"]}))
    with pytest.raises(BadFile) as error:
        cqc_ratings.read_latest(path)
    assert len(error.value.faults) == 2


def test_an_unknown_key_question_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "CQC_ratings.csv"
    path.write_text(
        "ORG_CODE,DATE,POPULATION,QUESTION,RATING_SCORE\nR0A,01/02/2018,Overall,Kind,2\nR0A,2018,Overall,Safe,2\n"
    )
    with pytest.raises(BadFile) as error:
        cqc_ratings.read_history(path)
    assert len(error.value.faults) == 2
