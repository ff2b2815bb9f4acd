"""A user's own data: merged into a snapshot, kept apart from what is published, and validated before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.errors import BadFile
from matchmaker.features.overlay_template import notes, template
from matchmaker.features.profiles import open_on, profiles
from matchmaker.snapshot import Snapshot
from matchmaker.snapshot.overlay.merge import OWN, overlay, read

CODES = ("AMB", "EEL", "KIT")
RANGES = {
    "berths": (1, 2000),
    "staff": (1, 5000),
    "on_time": (0, 1),
    "surplus": (-1e6, 1e6),
    "inspection": (1, 4),
}
IDENTITY = {"name": "New Quay", "type": "fishing", "region": "West coast", "locality": "Amber Bay"}


@pytest.fixture(scope="module")
def base(harbour_snapshot: Snapshot) -> Snapshot:
    return harbour_snapshot


def merged(base: Snapshot, data: Any) -> Snapshot:
    return overlay(base, read(data, base))


def cell(snapshot: Snapshot, code: str, feature: str, day: date | None = None) -> Any:
    return profiles(snapshot, day).cells.filter(code=code, feature=feature)["value"].item()


# What own data do


def test_a_figure_takes_the_place_of_the_published_one_and_of_no_other(base: Snapshot) -> None:
    frame = pl.DataFrame({"code": ["EEL"], "berths": [90.0], "period_end": ["2025-05-31"]})
    over = merged(base, frame)
    after, before = profiles(over).cells, profiles(base).cells
    row = after.filter(code="EEL", feature="berths").row(0, named=True)
    assert (row["value"], row["source"], row["file"]) == (90.0, OWN, "a data frame")
    assert row["period_end"] == row["known_from"] == date(2025, 5, 31)
    others = (pl.col("code") != "EEL") | (pl.col("feature") != "berths")
    assert after.filter(others).equals(before.filter(others))
    assert over.measures.filter(pl.col("source") != OWN).equals(base.measures)


def test_a_figure_without_a_period_is_as_long_as_the_published_one_and_replaces_a_year(
    base: Snapshot,
) -> None:
    own = merged(base, pl.DataFrame({"code": ["EEL"], "berths": [90]})).measures.filter(source=OWN)
    assert own["period_end"].to_list() == [date(2024, 12, 31), base.as_of]
    assert own["period_start"].to_list() == [date(2024, 1, 1), base.as_of - timedelta(days=365)]
    assert own["known_from"].to_list() == [base.as_of, base.as_of]


def test_each_of_two_own_figures_replaces_up_to_its_own_day(base: Snapshot) -> None:
    ends = [date(2022, 6, 30), date(2025, 6, 30)]
    frame = pl.DataFrame({"code": "EEL", "measure": "berths", "value": [70, 90], "period_end": ends})
    own = merged(base, frame).measures.filter(source=OWN).sort("period_end")
    assert own.select("period_end", "value").rows() == [
        (date(2021, 12, 31), 70.0),
        (ends[0], 70.0),
        (date(2024, 12, 31), 90.0),
        (ends[1], 90.0),
    ]


def test_a_figure_known_after_the_snapshot_moves_the_day(base: Snapshot) -> None:
    later = base.as_of + timedelta(days=40)
    over = merged(base, pl.DataFrame({"code": ["EEL"], "berths": [90], "as_of": [later]}))
    assert over.as_of == later
    assert cell(over, "EEL", "berths") == 90
    assert profiles(over, base.as_of).cells.equals(profiles(base).cells)


def test_provenance_and_hash(base: Snapshot, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("port,berths\nEEL,90\n")
    over, again = merged(base, path), merged(base, path)
    assert over.hash == again.hash != base.hash
    assert over.sector is base.sector
    over.verify()
    assert over.manifest["over"] == base.hash
    source = over.sources[OWN]
    assert source["files"][0]["name"] == "mine.csv" and source["standing"] == "own"
    assert "mine.csv" in over.manifest["attribution"]
    assert set(over.measures.filter(source=OWN)["file"]) == {"mine.csv"}
    path.write_text("port,berths\nEEL,91\n")
    assert merged(base, path).hash != over.hash


def test_later_own_data_go_over_earlier(base: Snapshot) -> None:
    one = merged(base, pl.DataFrame({"code": ["EEL"], "berths": [90], "staff": [130]}))
    two = merged(one, pl.DataFrame({"code": ["EEL"], "berths": [91]}))
    assert (cell(two, "EEL", "berths"), cell(two, "EEL", "staff")) == (91, 130)
    assert len(two.sources[OWN]["files"]) == 2


def test_identity_can_be_changed_and_the_locality_brings_its_code(base: Snapshot) -> None:
    frame = pl.DataFrame({"code": ["EEL"], "type": ["Ferry"], "latitude": [50.5], "longitude": [0.1]})
    over = merged(base, frame.with_columns(locality=pl.lit("North bay")))
    row = over.organisations.row(by_predicate=pl.col("code") == "EEL", named=True)
    assert (row["type"], row["latitude"], row["longitude"]) == ("ferry", 50.5, 0.1)
    assert row["type_basis"] == row["coordinate_basis"] == "own data: a data frame"
    assert (row["locality"], row["locality_code"]) == ("North Bay", None)
    assert row["name"] == "Eelhythe Harbour Board"


def test_where_the_user_puts_an_organisation_it_is_on_every_day(base: Snapshot) -> None:
    row = {"code": "EEL", "kind": "main", "name": "", "known_from": date(2016, 1, 1), "latitude": 50.3}
    row |= {"longitude": 0.0, "basis": "list", "source": "list"}
    site = row | {"kind": "site", "name": "pier"}
    tables = {name: base.table(name) for name in base.manifest["tables"]}
    tables["places"] = pl.DataFrame([row, site, row | {"code": "AMB"}], schema=base.places.schema)
    dated = Snapshot.of(tables, base.manifest, base.sector)
    over = merged(dated, pl.DataFrame({"code": ["EEL"], "latitude": [50.5], "longitude": [0.1]}))
    assert over.places.select("code", "kind").rows() == [("EEL", "site"), ("AMB", "main")]
    assert open_on(dated, date(2018, 1, 1)).filter(code="EEL")["latitude"].item() == 50.3
    assert open_on(over, date(2018, 1, 1)).filter(code="EEL")["latitude"].item() == 50.5


def test_a_new_organisation_has_a_profile(base: Snapshot) -> None:
    frame = pl.DataFrame([{"code": "new1", **IDENTITY, "berths": 50}])
    over = merged(base, frame)
    assert cell(over, "NEW1", "berths") == 50
    assert over.organisations.height == base.organisations.height + 1


# Notes


def test_notes_name_what_is_own_and_what_is_not_used(base: Snapshot) -> None:
    own = read(pl.DataFrame({"code": ["EEL"], "surplus": [-5000.0], "period_end": ["2020-06-30"]}), base)
    text = " ".join(notes(own, base, overlay(base, own)))
    assert "Some figures of EEL come from a data frame (source: own data)" in text
    assert "'Surplus as a share of income' of EEL needs surplus and income of nearly the same time" in text
    same = read(pl.DataFrame({"code": ["EEL"], "berths": [80]}), base)
    (note,) = notes(same, base, overlay(base, same))
    assert note.startswith("a data frame says nothing that is not published")


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"code": "EEL", "berths": 801}, "near the published 80 berths"),
        ({"code": "EEL", "berths": 700}, "nearer to all published since 2024 (20 to 320 berths)"),
        ({"code": "EEL", "berths": 70, "period_end": "2022-03-31"}, "the published berths of EEL is used"),
        ({"code": "PEB", "berths": 70}, "PEB closed on 31 March 2018"),
    ],
)
def test_what_may_not_be_meant_is_a_warning(base: Snapshot, row: dict[str, Any], expected: str) -> None:
    own = read(pl.DataFrame([row]), base)
    (warning,) = own.warnings
    assert expected in str(warning)
    assert own.figures.height == 1
    assert any(str(warning) in note for note in notes(own, base, overlay(base, own)))


@pytest.mark.parametrize("berths", [320, 8])
def test_a_figure_as_others_have_is_no_warning(base: Snapshot, berths: float) -> None:
    assert read(pl.DataFrame({"code": ["EEL"], "berths": [berths]}), base).warnings == ()


# The template


def test_the_template_of_an_organisation_changes_nothing_until_it_is_edited(
    base: Snapshot, tmp_path: Path
) -> None:
    path = tmp_path / "own.csv"
    text = template(base, "EEL")
    path.write_text(text, "utf-8-sig")
    assert merged(base, path) is base
    rows = [line.split(",") for line in text.splitlines() if line.startswith(("port,", "EEL,"))]
    at = rows[0].index("berths")
    path.write_text(text.replace(f",{rows[1][at]},", ",90,", 1), "utf-8-sig")
    assert read(path, base).figures.select("code", "measure", "value").rows() == [("EEL", "berths", 90.0)]


def test_the_template_explains_every_measure(base: Snapshot) -> None:
    lines = {line.partition(",")[0]: line.split(",") for line in template(base).splitlines()}
    at = lines["port"].index("berths")
    explained = [lines[mark][at] for mark in ("# label", "# unit", "# a figure is of a", "# from", "# to")]
    assert explained == ["Berths", "berths", "year", "1", "2000"]
    assert "EEL" not in lines


# Forms that people use


def test_cells_as_people_write_them(base: Snapshot, tmp_path: Path) -> None:
    path = tmp_path / "typed.csv"
    path.write_bytes(
        "# written in Excel\n\n"
        "Port code,Name,Harbour type,Coast,Bay,BERTHS,Income in the year,on time,inspection,As of\n"
        "new 01,Quai Sainte-Thérèse,Fishing,west coast,amber bay,\"1,180\",£96 000,91%,sound,1/5/2025\n"
        "eel,,,,,n/a,-,,,\n".encode("cp1252")
    )  # fmt: skip
    own = read(path, base)
    expected = {"name": "Quai Sainte-Thérèse", "type": "fishing", "region": "West coast"}
    assert own.organisations["NEW01"] == expected | {"locality": "Amber Bay"}
    values = {"berths": 1180.0, "income": 96_000.0, "on_time": 0.91, "inspection": 3.0}
    assert dict(own.figures.select("measure", "value").iter_rows()) == values
    assert set(own.figures["period_end"]) == {date(2025, 5, 1)}


def test_a_pandas_frame_with_codes_in_its_index_or_in_a_column(base: Snapshot) -> None:
    day = pd.Timestamp("2025-05-31")
    frame = pd.DataFrame(
        {"berths": [90, None], "staff": [None, 60.5], "period_end": [day, pd.NaT]},
        index=pd.Index(["EEL", "AMB"], name="code"),
    )
    expected = [("AMB", "staff", 60.5, base.as_of), ("EEL", "berths", 90.0, date(2025, 5, 31))]
    for form in (
        frame,
        frame.reset_index(),
        frame.rename_axis("port"),
        frame.rename_axis("port").reset_index(),
    ):
        rows = read(form, base).figures.select("code", "measure", "value", "period_end").rows()
        assert rows == expected


# What is refused


def issues(base: Snapshot, path: Path) -> list[str]:
    with pytest.raises(BadFile) as caught:
        read(path, base)
    assert caught.value.next_step
    return [str(issue) for issue in caught.value.faults]


def test_every_issue_is_reported_with_row_and_column(base: Snapshot, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(
        "port,name,type,coast,bay,latitude,longitude,opened,period_end,berth,staff,on_time\n"
        "EEL,,,,,0.54,50.38,,31/13/2024,80,many,0.7\n"
        "NEW01,New Quay,fishin,South coast,Low Bay,50.2,0.5,,,,=B2*2,71\n"
        'NEW02,,,,,,,soon,,,"0,95",\n'
        "R!,,,,,,,,,,,\n"
        "AMB,,,,,50.2,,,2024-03-31,,60,70%\n"
        "AMB,,,,,50.2,,,31 March 2024,,#REF!,70%\n"
        "KIT,,,,,,,,2062-03-31,,60,\n"
    )
    found = issues(base, path)
    expected = (
        ("row 1:", "found 'berth'; expected a heading that 'matchmaker template' writes. Did you mean berth"),
        ("row 2, column latitude", "expected a place in or near the area of the harbours, 44 to 57"),
        ("row 2, column latitude", "This may be the longitude."),
        ("row 2, column longitude", "This may be the latitude."),
        ("row 2, column period_end", "found '31/13/2024'; expected a day, YYYY-MM-DD or DD/MM/YYYY"),
        ("row 2, column staff", "found 'many'; expected a number of people"),
        ("row 3, column type", "found 'fishin'; expected one of fishing, ferry, marina. Did you mean fish"),
        ("row 3, column coast", "found 'South coast'; expected one of East coast, West coast"),
        ("row 3, column bay", "found 'Low Bay'; expected one of "),
        ("row 3, column staff", "a number, not a formula"),
        ("row 3, column on_time", "found '71'; expected on_time between 0 and 1 share. A share is"),
        ("row 4, column opened", "found 'soon'"),
        ("row 4, column staff", "found '0,95'"),
        ("row 4, column port", "Give name and type to add it"),
        ("row 5, column port", "found 'R!'; expected a code of 3 to 10 letters and digits"),
        ("row 6, column latitude", "expected a longitude of AMB"),
        ("row 7, column port", "one row for AMB up to 31 March 2024; row 6 is another"),
        ("row 7, column staff", "not an error of the spreadsheet"),
        ("row 8, column period_end", "found '2062-03-31'; expected a day from 1 January 2000 to 1 July 2027"),
    )  # fmt: skip
    for place, text in expected:
        assert any(f"bad.csv, {place}" in one and text in one for one in found), (place, text, found)
    assert len(found) == len(expected) - 1, found


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "the file is empty"),
        (b"\n\n", "the file is empty"),
        (b"port,berths\n", "a row for an organisation"),
        (b"port,berths\n# EEL,640\n", "a row for an organisation"),
        (b"<html><body>Sign in</body></html>", "not a web page"),
        (b"quay,berths\nEelhythe,640\n", "a column named port"),
        (b"port,measure,berths\nEEL,berths,640\n", "or the columns measure and value"),
        (b"port\nEEL\n", "a column for each measure"),
        (b"port,surplus,Surplus for the year (deficit if negative)\nEEL,1,2\n", "one column for surplus"),
        (b"port,measure,value\nEEL,berth,640\n", "Did you mean berths?"),
        (b"port,measure,value\nEEL,berths,1\nEEL,Berths,2\n", "row 2 is another"),
        (b"port,period_start,period_end,staff\nEEL,2024-04-01,2024-03-31,1\n", "column period_start"),
        (b"port,period_end,known_from,staff\nEEL,2024-03-31,2024-03-01,1\n", "column known_from"),
        (b"port,name,type,staff\nX10,One name,ferry,\nX10,Other,ferry,1\n", "as in another row of X10"),
        (b"port,name,type\nNEW1,=cmd|' /C calc'!A0,ferry\n", "not a formula"),
        (b"port,staff\nEEL,12%\n", "not a percentage"),
        (b"port,staff\nEEL,1e999\n", "a smaller number"),
        (b"port,,staff\nEEL,what is this,1\n", "expected a heading"),
        (b"port,inspection\nEEL,Excellent\n", "a number of grade, or one of Unsafe, Lacking, Sound"),
    ],
)  # fmt: skip
def test_files_that_are_refused(base: Snapshot, tmp_path: Path, content: bytes, expected: str) -> None:
    path = tmp_path / "odd.csv"
    path.write_bytes(content)
    found = issues(base, path)
    assert any(expected in one for one in found), found


def test_files_that_do_not_open_are_refused(base: Snapshot, tmp_path: Path) -> None:
    assert "there is none at" in issues(base, tmp_path / "none.csv")[0]
    assert "a file" in issues(base, tmp_path)[0]
    cut = tmp_path / "cut.xlsx"
    cut.write_bytes(b"PK\x03\x04 and then nothing")
    assert "an Excel workbook that opens" in issues(base, cut)[0]


# Properties


@st.composite
def tables(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Wide rows: some organisations, old and new, with some measures and perhaps a day."""
    rows = []
    for code in draw(
        st.lists(st.sampled_from([*CODES, "NEW01", "X10"]), min_size=1, max_size=4, unique=True)
    ):
        row: dict[str, Any] = {"code": code, **(IDENTITY if code not in CODES else {})}
        row["period_end"] = draw(st.none() | st.dates(date(2019, 1, 1), date(2025, 6, 30)))
        for measure, (low, high) in RANGES.items():
            row[measure] = draw(st.none() | st.floats(low, high))
        rows.append(row)
    return rows


def as_long(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in rows:
        others = {name: value for name, value in row.items() if name not in RANGES}
        given = [(name, row[name]) for name in RANGES if row[name] is not None]
        for measure, value in given or [(None, None)]:
            yield others | {"measure": measure, "value": value}


@pytest.mark.slow
@settings(max_examples=40)
@given(rows=tables())
def test_wide_is_long_and_polars_is_pandas(base: Snapshot, rows: list[dict[str, Any]]) -> None:
    wide = pl.DataFrame(rows, infer_schema_length=None)
    forms = (wide, pl.DataFrame(list(as_long(rows))[::-1], infer_schema_length=None), pd.DataFrame(rows))
    first, *others = (merged(base, form) for form in forms)
    for other in others:
        assert other.hash == first.hash
        assert other.measures.equals(first.measures)


@settings(max_examples=40)
@given(rows=tables())
def test_nothing_published_is_lost_and_taking_all_back_gives_the_base(
    base: Snapshot, rows: list[dict[str, Any]]
) -> None:
    over = merged(base, pl.DataFrame(rows, infer_schema_length=None))
    assert over.measures.filter(pl.col("source") != OWN).equals(base.measures)
    key = ["code", "measure", "period_start", "period_end", "source"]
    assert over.measures.select(key).is_unique().all()
    back = [row | dict.fromkeys(RANGES) for row in rows if row["code"] in CODES]
    if back:
        assert merged(base, pl.DataFrame(back, infer_schema_length=None)) is base


@settings(max_examples=15)
@given(rows=tables(), known=st.dates(date(2022, 6, 1), date(2025, 6, 30)), earlier=st.integers(1, 200))
def test_a_day_before_own_figures_were_known_is_unchanged(
    base: Snapshot, rows: list[dict[str, Any]], known: date, earlier: int
) -> None:
    day = known - timedelta(days=earlier)
    dated = [
        row | {"period_end": min(row["period_end"] or known, known), "known_from": known} for row in rows
    ]
    over = merged(base, pl.DataFrame(dated, infer_schema_length=None))
    published = pl.col("code").is_in(base.organisations["code"].implode())
    assert profiles(over, day).cells.filter(published).equals(profiles(base, day).cells)
