"""A snapshot from CSV files: what is filled in, and every issue with its file, row and column."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from matchmaker.errors import BadFile, InvalidParameter
from matchmaker.sector import Sector
from matchmaker.snapshot import Snapshot
from matchmaker.snapshot.build import build
from matchmaker.snapshot.from_csv import partial_day, read_folder

FILES = {
    "organisations.csv": "code,name,type\nAMB,Amberwick,fishing\nBRI,Brineham,ferry\n",
    "measures.csv": "code,measure,value,period_end\nAMB,berths,12,2020-12-31\nBRI,berths,20,2021-12-31\n",
}
Make = Callable[..., Snapshot]


@pytest.fixture
def folder(tmp_path: Path) -> Callable[[dict[str, str]], Path]:
    """Writes the smallest folder, with other files."""

    def write(files: dict[str, str]) -> Path:
        for name, text in (FILES | files).items():
            (tmp_path / name).write_text(text, "utf-8")
        return tmp_path

    return write


@pytest.fixture
def make(folder: Callable[[dict[str, str]], Path], harbours: Sector) -> Make:
    """A snapshot of the smallest folder, with other files."""

    def made(files: dict[str, str] | None = None) -> Snapshot:
        return Snapshot.of(*read_folder(folder(files or {}), harbours), harbours)

    return made


@pytest.fixture
def issues(folder: Callable[[dict[str, str]], Path], harbours: Sector) -> Callable[..., list[str]]:
    """What is wrong with such a folder."""

    def found(files: dict[str, str]) -> list[str]:
        with pytest.raises(BadFile) as caught:
            read_folder(folder(files), harbours)
        return [str(issue) for issue in caught.value.faults]

    return found


def test_organisations_and_measures_are_enough(make: Make) -> None:
    snapshot = make()
    row = snapshot.measures.row(0, named=True)
    assert row == {
        "code": "AMB",
        "measure": "berths",
        "period_start": date(2020, 12, 31),
        "period_end": date(2020, 12, 31),
        "value": 12.0,
        "unit": "berths",
        "source": "csv",
        "file": "measures.csv",
        "known_from": date(2020, 12, 31),
    }
    assert (snapshot.known_since, snapshot.as_of) == (date(2020, 12, 31), date(2021, 12, 31))
    assert snapshot.manifest["sector"] == "harbours"
    assert snapshot.pairings.is_empty() and snapshot.groups.is_empty()
    assert snapshot.sources["csv"]["files"][0]["name"] == "measures.csv"


def test_places_hold_always_unless_they_are_dated(make: Make) -> None:
    text = "code,latitude,longitude,known_from\nAMB,50.0,0.0,\nAMB,50.1,0.0,2019-01-01\n"
    rows = make({"places.csv": text}).places.select("kind", "name", "known_from", "basis", "source").rows()
    assert rows == [
        ("main", "", date(1900, 1, 1), "places.csv", "csv"),
        ("main", "", date(2019, 1, 1), "places.csv", "csv"),
    ]


def test_partial_dates_and_defaults_of_pairings(make: Make) -> None:
    text = "pairing_id,recipient,partner,kind,start,end\nP1,AMB,BRI,mentoring,2021-03,\n"
    row = make({"pairings.csv": text}).pairings.row(0, named=True)
    assert (row["start"], row["start_precision"]) == (date(2021, 3, 1), "month")
    assert (row["end"], row["end_precision"]) == (None, None)
    assert (row["scope"], row["status"], row["confidence"]) == ("whole", "completed", "high")


@pytest.mark.parametrize("columns", ["start,start_precision", "start_precision,start"])
def test_a_precision_that_is_given_counts(make: Make, columns: str) -> None:
    cells = {"start": "2021-03-01", "start_precision": "month"}
    text = f"pairing_id,recipient,partner,kind,{columns}\nP1,AMB,BRI,mentoring,"
    text += ",".join(cells[column] for column in columns.split(",")) + "\n"
    assert make({"pairings.csv": text}).pairings["start_precision"].item() == "month"


def test_an_exit_that_is_given_is_known(make: Make) -> None:
    text = "spell_id,code,regime,entry,exit\nN1,AMB,notice,2019-01-01,2020-01-01\nN2,BRI,notice,2019,\n"
    table = make({"interventions.csv": text}).interventions
    assert table["exit_known"].to_list() == [True, False]
    assert table["entry_precision"].to_list() == ["day", "year"]


def test_the_description_names_sources_and_days(make: Make) -> None:
    snapshot = make(
        {
            "snapshot.toml": 'as_of = 2022-06-30\nlicence = "CC0-1.0"\n[sources.survey]\ntitle = "Survey"\n'
            '[sources.guess]\nstanding = "compiled"\n',
            "measures.csv": "code,measure,value,period_end,source\n"
            "AMB,berths,12,2020-12-31,\nAMB,berths,20,2020-12-31,guess\n",
        }
    )
    assert snapshot.as_of == date(2022, 6, 30)
    assert snapshot.sources["survey"]["title"] == "Survey"
    assert snapshot.sources["survey"]["licence"] == "CC0-1.0"
    conflict = snapshot.conflicts.row(0, named=True)
    assert (conflict["source"], conflict["value"]) == ("survey", 12.0), "what is compiled comes second"
    assert (conflict["other_source"], conflict["other_value"]) == ("guess", 20.0)


def test_every_issue_of_every_file_is_reported_together(issues: Callable[..., list[str]]) -> None:
    found = issues(
        {
            "organisations.csv": "code,name,type,opened,latitude\n"
            "AMB,Amberwick,fishing,2010-13-01,50\n"
            "BRI,,river,,72\n"
            "amb,Amberwick,fishing,,\n",
            "measures.csv": "code,measure,value,period_end,sauce\n",
            "pairings.csv": "pairing_id,recipient,partner,kind,start,end,confidence\n"
            "P1,AMB,XXX,marriage,2021-03,2022,sure\n"
            "P1,AMB,BRI,mentoring,,x,\n",
            "spells.csv": "",
        }
    )
    for expected in (
        "spells.csv: expected one of organisations.csv, ",
        "organisations.csv, row 2, column opened: found '2010-13-01'; expected a day as YYYY-MM-DD.",
        "organisations.csv, row 3, column name: expected a value.",
        "organisations.csv, row 3, column type: found 'river'; expected one of types: fishing, ",
        "organisations.csv, row 3, column latitude: found '72.0'; expected a place within the extent",
        "organisations.csv, row 4, column code: found 'amb'; expected port code of the form ^[A-Z]{3}$.",
        "measures.csv, row 1: found 'sauce'; expected a heading that is one of code, measure, ",
        "pairings.csv, row 2, column pairing_id: found 'P1'; expected one row for each pairing_id.",
        "pairings.csv, row 2, column partner: found 'XXX'; expected a code of the table of organisations.",
        "pairings.csv, row 2, column kind: found 'marriage'; expected one of pairing_kinds: mentoring, ",
        "pairings.csv, row 2, column confidence: found 'sure'; expected a text of the form",
        "pairings.csv, row 3, column start: expected a value.",
        "pairings.csv, row 3, column end: found 'x'; expected a day as YYYY-MM-DD, a month as",
    ):
        assert any(issue.startswith(expected) for issue in found), (expected, found)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("AMB,berths,-1,2020-12-31", "column value: found '-1'; expected berths of AMB between 1 and 2000"),
        ("AMB,cranes,1,2020-12-31", "found 'cranes'; expected a measure of the sector's catalogue"),
        ("AMB,berths,many,2020-12-31", "row 2, column value: found 'many'; expected a number"),
        ("AMB,berths,nan,2020-12-31", "row 2, column value: found 'nan'; expected a number"),
        ("ZZZ,berths,1,2020-12-31", "row 2, column code: found 'ZZZ'; expected a code of the table"),
    ],
)
def test_a_figure_that_can_not_be_right(issues: Callable[..., list[str]], row: str, expected: str) -> None:
    found = issues({"measures.csv": f"code,measure,value,period_end\n{row}\n"})
    assert any(expected in issue for issue in found), found


def test_a_source_that_the_description_does_not_list(issues: Callable[..., list[str]]) -> None:
    text = "code,measure,value,period_end,source\nAMB,berths,12,2020-12-31,rumour\n"
    (issue,) = issues({"snapshot.toml": "[sources.survey]\n", "measures.csv": text})
    assert "column source: found 'rumour'; expected one of [sources] of snapshot.toml: survey" in issue


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "a column code"),
        ("code,code,name\n", "found 'code'; expected a heading that is not repeated"),
        ("code\nAMB\n", "a column name"),
    ],
)
def test_headings(issues: Callable[..., list[str]], text: str, expected: str) -> None:
    assert any(expected in issue for issue in issues({"organisations.csv": text}))


def test_files_that_must_be_there(tmp_path: Path, harbours: Sector) -> None:
    with pytest.raises(InvalidParameter, match="no folder"):
        read_folder(tmp_path / "none", harbours)
    with pytest.raises(BadFile, match=r"organisations\.csv: .* measures\.csv: "):
        read_folder(tmp_path, harbours)


def test_a_sector_without_readers_is_built_from_csv(
    folder: Callable[[dict[str, str]], Path], harbours: Sector, tmp_path: Path
) -> None:
    path = tmp_path / "made.zip"
    made, report = build(folder({}), path, sector=harbours)
    made.verify()
    assert made.path == path and made.sector is harbours
    assert (report.left_out, report.superseded, report.unnamed) == ({}, 0, {})
    before = path.read_bytes()
    with pytest.raises(BadFile):
        build(folder({"measures.csv": "code\n"}), path, sector=harbours)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("text", "day", "precision"),
    [
        ("2026-03-31", date(2026, 3, 31), "day"),
        ("2026-03", date(2026, 3, 1), "month"),
        ("2026", date(2026, 1, 1), "year"),
    ],
)
def test_partial_days(text: str, day: date, precision: str) -> None:
    assert partial_day(text) == (day, precision)


@pytest.mark.parametrize("text", ["2026-13", "26", "31/03/2026", "2026-02-30", "year"])
def test_what_is_no_day(text: str) -> None:
    with pytest.raises(ValueError, match="YYYY-MM-DD"):
        partial_day(text)
