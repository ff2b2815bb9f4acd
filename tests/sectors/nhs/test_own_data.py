"""Own data: laid over a snapshot, told apart from what is published, and checked before it is used."""

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

from matchmaker import Matchmaker, Snapshot
from matchmaker.features import features, profiles
from matchmaker.features.overlay_template import notes, template
from matchmaker.models.arrangement import arrangement
from matchmaker.sector import load_sector
from matchmaker.snapshot.overlay.merge import OWN, latest, overlay, read
from matchmaker.sources.publication import Standing, measures

TRUSTS = ("RPA", "RWF", "RVV", "RTK", "RDU", "RXH", "RYR", "RAX", "RD8", "RMC", "RN5", "RHM")
RANGES = {
    "beds_available": (1, 4000),
    "staff_fte": (10, 30000),
    "ae_within_4_hours": (0, 1),
    "ae_attendances": (100, 40000),
    "surplus": (-4e8, 4e8),
    "cqc_overall": (1, 4),
}
IDENTITY = {"name": "Example Hospital Group", "type": "acute", "region": "South East"}


@pytest.fixture(scope="module")
def base(snapshot: Snapshot) -> Snapshot:
    """Twelve acute trusts and their figures, so that many overlays can be made."""
    tables = {name: snapshot.table(name) for name in snapshot.manifest["tables"]}
    own = pl.col("code").is_in(TRUSTS)
    recent = own & (pl.col("period_end") > date(2021, 1, 1))
    tables |= {"organisations": tables["organisations"].filter(own)}
    tables |= {"measures": tables["measures"].filter(recent)}
    return Snapshot.of(tables, snapshot.manifest)


def laid(base: Snapshot, data: Any) -> Snapshot:
    return overlay(base, read(data, base))


def test_the_same_tables_in_memory_are_the_same_snapshot(snapshot: Snapshot) -> None:
    tables = {name: snapshot.table(name) for name in snapshot.manifest["tables"]}
    assert Snapshot.of(tables, snapshot.manifest).hash == snapshot.hash


# What own data do


def test_a_fresher_figure_takes_the_place_of_the_published_one(base: Snapshot) -> None:
    frame = pl.DataFrame({"code": ["RPA"], "beds_available": [701.0], "period_end": ["2026-07-31"]})
    over = laid(base, frame)
    seen, before = profiles(over), profiles(base)
    cell = seen.cells.filter(code="RPA", feature="beds").row(0, named=True)
    assert (cell["value"], cell["source"], cell["file"]) == (701.0, OWN, "a data frame")
    assert cell["period_end"] == cell["known_from"] == date(2026, 7, 31)
    rest = (pl.col("code") != "RPA") | (pl.col("feature") != "beds")
    assert seen.cells.filter(rest).equals(before.cells.filter(rest))


def test_a_figure_stands_in_for_the_year_before_it_so_that_means_are_its_own(base: Snapshot) -> None:
    over = laid(base, pl.DataFrame({"code": ["RPA"], "ae_within_4_hours": [0.91]}))
    seen = profiles(over)
    assert seen.cells.filter(code="RPA", feature="ae_4_hours")["value"].item() == pytest.approx(0.91)
    published = base.measures.filter(code="RPA", measure="ae_within_4_hours")
    year = pl.col("period_end") > base.as_of - timedelta(days=365)
    own = over.measures.filter(code="RPA", measure="ae_within_4_hours", source=OWN)
    assert set(own["period_end"]) == {*published.filter(year)["period_end"], base.as_of}
    assert over.measures.filter(pl.col("source") != OWN).equals(base.measures)


def test_each_of_several_own_figures_stands_in_up_to_its_own_day(base: Snapshot) -> None:
    ends = [date(2026, 1, 31), date(2026, 8, 1)]
    given = {"measure": "ae_within_4_hours", "value": [0.91, 0.95], "period_end": ends}
    over = laid(base, pl.DataFrame({"code": "RPA"} | given))
    own = over.measures.filter(code="RPA", measure="ae_within_4_hours", source=OWN)
    assert own["period_end"].is_unique().all()
    early = pl.col("period_end") <= ends[0]
    assert set(own.filter(early)["value"]) == {0.91} and set(own.filter(~early)["value"]) == {0.95}
    assert own.height > 3


def test_a_count_without_a_period_is_as_long_as_the_published_one(base: Snapshot) -> None:
    newest = base.measures.filter(code="RPA", measure="ae_attendances").sort("period_end").row(-1, named=True)
    days = (newest["period_end"] - newest["period_start"]).days + 1
    over = laid(base, pl.DataFrame({"code": ["RPA"], "ae_attendances": [2 * newest["value"]]}))
    own = over.measures.filter(code="RPA", measure="ae_attendances", source=OWN)
    assert set(((own["period_end"] - own["period_start"]).dt.total_days() + 1).to_list()) == {days}
    new = pl.DataFrame({"code": ["NEW01"], "ae_attendances": [9000]} | {k: [v] for k, v in IDENTITY.items()})
    added = read(new, base).figures.row(0, named=True)
    assert 28 <= (added["period_end"] - added["period_start"]).days + 1 <= 31
    given = {"period_start": ["2025-04-01"], "period_end": ["2026-03-31"], "ae_attendances": [70_000]}
    dated = read(pl.DataFrame({"code": ["RPA"]} | given), base).figures.row(0, named=True)
    assert (dated["period_start"], dated["period_end"]) == (date(2025, 4, 1), date(2026, 3, 31))


def test_a_figure_known_after_the_snapshot_moves_the_day(base: Snapshot) -> None:
    later = base.as_of + timedelta(days=40)
    over = laid(base, pl.DataFrame({"code": ["RPA"], "beds_available": [701], "as_of": [later]}))
    assert over.as_of == later
    assert profiles(over).cells.filter(code="RPA", feature="beds")["value"].item() == 701
    assert profiles(over, base.as_of).cells.equals(profiles(base).cells)


def test_provenance_and_hash(base: Snapshot, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("ods,beds_available\nRPA,701\n")
    over, again = laid(base, path), laid(base, path)
    assert over.hash == again.hash != base.hash
    over.verify()
    assert over.manifest["over"] == base.hash
    source = over.sources[OWN]
    assert source["files"][0]["name"] == "mine.csv" and source["standing"] == "own"
    assert "mine.csv" in over.manifest["attribution"]
    assert set(over.measures.filter(source=OWN)["file"]) == {"mine.csv"}
    path.write_text("ods,beds_available\nRPA,702\n")
    assert laid(base, path).hash != over.hash


def test_later_own_data_go_over_earlier(base: Snapshot) -> None:
    one = laid(base, pl.DataFrame({"code": ["RPA"], "beds_available": [701], "staff_fte": [6000]}))
    two = laid(one, pl.DataFrame({"code": ["RPA"], "beds_available": [702]}))
    cells = profiles(two).cells.filter(code="RPA")
    assert cells.filter(feature="beds")["value"].item() == 702
    assert cells.filter(feature="staff")["value"].item() == 6000
    assert len(two.sources[OWN]["files"]) == 2


def test_the_place_and_kind_of_a_trust_can_be_overridden(base: Snapshot) -> None:
    frame = pl.DataFrame({"code": ["RPA"], "type": ["Mental health"], "latitude": [52.0], "longitude": [0.1]})
    row = laid(base, frame).organisations.row(by_predicate=pl.col("code") == "RPA", named=True)
    assert (row["type"], row["latitude"], row["longitude"]) == ("mental_health", 52.0, 0.1)
    assert row["type_basis"] == row["coordinate_basis"] == "own data: a data frame"
    assert row["name"] == "Medway NHS Foundation Trust"


def changed(base: Snapshot, given: dict[str, float]) -> tuple[set[str], str]:
    """Labels of Medway's features that own figures change, and what is told beside."""
    own = read(pl.DataFrame({"code": ["RPA"]} | {name: [value] for name, value in given.items()}), base)
    over = overlay(base, own)
    labels = {feature.name: feature.label for feature in features(base.sector)}
    before, after = (profiles(one).cells.filter(code="RPA") for one in (base, over))
    differ = after.filter(pl.col("value").ne_missing(before["value"]), state="known")
    return {labels[name] for name in differ["feature"]}, " ".join(notes(own, base, over))


def test_a_figure_that_changes_no_feature_is_told(base: Snapshot) -> None:
    cells = profiles(base).cells.filter(code="RPA")
    applying = set(cells.filter(pl.col("state") != "not applicable")["feature"])
    asked = [
        feature for feature in features(base.sector) if feature.name in applying and feature.how != "trend"
    ]
    direct = {measure for feature in asked for measure in feature.sources}
    for (_, name), row in latest(base, {"RPA"}).items():
        concerned = [f for f in asked if name in f.sources or (name == f.over and name not in direct)]
        if concerned:
            most = measures(load_sector("nhs"))[name].maximum or float("inf")
            raised = row["value"] * 1.02 + 0.001
            differ, told = changed(base, {name: raised if raised <= most else row["value"] * 0.98})
            for feature in concerned:
                assert feature.label in differ or f"'{feature.label}' of RPA needs" in told, name
    differ, told = changed(base, {"surplus": -4e6, "operating_income": 5e8, "beds_occupied": 600})
    assert "Surplus or deficit as a share of income" in differ and "needs" not in told
    assert "No feature of a profile uses beds_occupied." in told


def test_a_made_up_trust_that_copies_another_is_nearest_to_it_and_meets_the_same_criteria(
    engine: Matchmaker,
) -> None:
    base = engine.snapshot
    standing = {id_: int(Standing[said["standing"].upper()]) for id_, said in base.sources.items()}
    copied = (
        base.measures.filter(code="RPA")
        .with_columns(standing=pl.col("source").replace_strict(standing))
        .sort("period_end", "standing", "known_from", "source", descending=[False, True, False, False])
        .unique(["measure", "period_end"], keep="last")
        .select("measure", "value", "period_start", "period_end", "known_from", code=pl.lit("TWIN01"))
    )
    who = base.organisations.filter(code="RPA").select("type", "region", "latitude", "longitude", "opened")
    frame = copied.join(who.with_columns(name=pl.lit("Twin of Medway")), how="cross")
    twin = engine.with_data(frame)
    assert twin.peers("RPA", limit=1)[0].organisation.code == "TWIN01"
    how = arrangement(base.sector, "buddying")
    rules = [rule.name for rule in how.rules if rule.name != "same_type"]
    answer = twin.shortlist("RVV", how, limit=300, n_draws=0, relax=rules)
    medway, copy = (
        {
            row.name: row.value
            for option in answer.options
            if option.organisation.code == code
            for row in option.rows
        }
        for code in ("RPA", "TWIN01")
    )
    from_figures = [
        criterion.name
        for criterion in how.criteria
        if criterion.form in ("similarity", "standing") and criterion.dimension != "board_stability"
    ]
    assert len(from_figures) >= 4
    for name in from_figures:
        assert medway[name] == copy[name] is not None, name


# Properties


@st.composite
def tables(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Wide rows: some organisations, old and new, with some measures and perhaps a day."""
    rows = []
    for code in draw(
        st.lists(st.sampled_from([*TRUSTS[:3], "NEW01", "X1"]), min_size=1, max_size=4, unique=True)
    ):
        code = code.ljust(3, "0")
        row: dict[str, Any] = {"code": code, **(IDENTITY if code not in TRUSTS else {})}
        row["period_end"] = draw(st.none() | st.dates(date(2024, 1, 1), date(2026, 8, 22)))
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


@settings(max_examples=40)
@given(rows=tables())
def test_wide_is_long_and_polars_is_pandas(base: Snapshot, rows: list[dict[str, Any]]) -> None:
    wide = pl.DataFrame(rows, infer_schema_length=None)
    forms = (wide, pl.DataFrame(list(as_long(rows))[::-1], infer_schema_length=None), pd.DataFrame(rows))
    first, *others = (laid(base, form) for form in forms)
    for other in others:
        assert other.hash == first.hash
        assert other.measures.equals(first.measures)


@settings(max_examples=40)
@given(rows=tables())
def test_nothing_published_is_lost_and_taking_all_back_gives_the_base(
    base: Snapshot, rows: list[dict[str, Any]]
) -> None:
    over = laid(base, pl.DataFrame(rows, infer_schema_length=None))
    assert over.measures.filter(pl.col("source") != OWN).equals(base.measures)
    key = ["code", "measure", "period_start", "period_end", "source"]
    assert over.measures.select(key).is_unique().all()
    back = [row | dict.fromkeys(RANGES) for row in rows if row["code"] in TRUSTS]
    if back:
        assert laid(base, pl.DataFrame(back, infer_schema_length=None)) is base


@settings(max_examples=15)
@given(rows=tables(), known=st.dates(date(2024, 6, 1), date(2026, 8, 22)), earlier=st.integers(1, 200))
def test_a_day_before_own_figures_were_known_sees_nothing_of_them(
    base: Snapshot, rows: list[dict[str, Any]], known: date, earlier: int
) -> None:
    day = known - timedelta(days=earlier)
    dated = [
        row | {"period_end": min(row["period_end"] or known, known), "known_from": known} for row in rows
    ]
    over = laid(base, pl.DataFrame(dated, infer_schema_length=None))
    seen = profiles(over, day).cells.filter(pl.col("code").is_in(TRUSTS))
    assert seen.equals(profiles(base, day).cells)


def test_the_template_of_a_trust_changes_nothing_until_it_is_edited(base: Snapshot, tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    words = template(base, "RPA")
    path.write_text(words, "utf-8-sig")
    assert laid(base, path) is base
    rows = [line.split(",") for line in words.splitlines() if line.startswith(("ods,", "RPA,"))]
    at = rows[0].index("beds_available")
    path.write_text(words.replace(f",{rows[1][at]},", ",701,", 1), "utf-8-sig")
    changed = read(path, base)
    assert changed.figures.select("code", "measure", "value").rows() == [("RPA", "beds_available", 701.0)]


# What is doubtful, and what is refused


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({"code": "RPA", "staff_fte": 50}, "near the published"),
        (
            {"code": "RPA", "beds_available": 650, "period_end": "2022-03-31"},
            "the published beds_available of RPA",
        ),
    ],
)
def test_doubts(base: Snapshot, rows: dict[str, Any], said: str) -> None:
    own = read(pl.DataFrame([rows]), base)
    assert len(own.warnings) == 1 and said in str(own.warnings[0])
    assert own.figures.height == 1


def test_a_figure_for_a_closed_trust_is_doubtful(snapshot: Snapshot) -> None:
    (doubt,) = read(pl.DataFrame({"code": ["RA4"], "beds_available": [300]}), snapshot).warnings
    assert "RA4 closed on" in str(doubt) and "successor" in str(doubt)


def faults(base: Snapshot, path: Path) -> list[str]:
    from matchmaker.errors import BadFile

    with pytest.raises(BadFile) as caught:
        read(path, base)
    assert caught.value.next_step
    return [str(fault) for fault in caught.value.faults]


def test_every_fault_is_told_with_row_and_column(base: Snapshot, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(
        "ods,name,kind,region,latitude,longitude,opened,period_end,bed_available,staff_fte,rtt_within_18_weeks\n"
        "RPA,,,,0.54,51.38,,31/13/2026,640,many,0.7\n"
        "NEW01,Example Hospital,accute,Kent,51.2,0.5,,,,=B2*2,71\n"
        'NEW02,,,,,,soon,,,"0,95",\n'
        "R!,,,,,,,,,,\n"
        "RWF,,,,51.2,,,2026-03-31,,6000,70%\n"
        "RWF,,,,51.2,,,31 March 2026,,#REF!,70%\n"
        "RVV,,,,,,,2062-03-31,,6000,\n"
    )
    told = faults(base, path)
    for place, said in (
        ("row 1:", "found 'bed_available'; expected a heading that 'matchmaker template' writes. "
                   "Did you mean beds_available?"),
        ("row 2, column latitude", "This may be the longitude."),
        ("row 2, column longitude", "This may be the latitude."),
        ("row 2, column period_end", "found '31/13/2026'; expected a day, YYYY-MM-DD or DD/MM/YYYY"),
        ("row 2, column staff_fte", "found 'many'; expected a number of "),
        ("row 3, column kind", "found 'accute'; expected one of acute, "),
        ("row 3, column kind", "Did you mean acute?"),
        ("row 3, column region", "found 'Kent'; expected one of East of England, "),
        ("row 3, column staff_fte", "a number, not a formula"),
        ("row 3, column rtt_within_18_weeks", "found '71'; expected rtt_within_18_weeks between 0 and 1"),
        ("row 4, column opened", "found 'soon'"),
        ("row 4, column staff_fte", "found '0,95'"),
        ("row 4, column ods", "Give name and type to add it"),
        ("row 5, column ods", "found 'R!'; expected a code of 3 to 10 letters and digits"),
        ("row 6, column latitude", "expected a longitude of RWF"),
        ("row 7, column ods", "one row for RWF up to 31 March 2026; row 6 is another"),
        ("row 7, column staff_fte", "not an error of the spreadsheet"),
        ("row 8, column period_end", "found '2062-03-31'; expected a day from 1 January 2000 to"),
    ):  # fmt: skip
        assert any(f"bad.csv, {place}" in one and said in one for one in told), (place, said, told)
    assert len(told) == 17, told


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"\n\n", "the file is empty"),
        (b"ods,beds_available\n", "a row for an organisation"),
        (b"ods,beds_available\n# RPA,640\n", "a row for an organisation"),
        (b"ods;beds_available\nRPA;640\n", "found 'semicolons'; expected commas"),
        (b"ods\tbeds_available\nRPA\t640\n", "found 'tabs'; expected commas"),
        ("ods,beds_available\nRPA,640\n".encode("utf-16"), "Unicode text"),
        (b"<html><body>Sign in</body></html>", "not a web page"),
        (b"trust,beds_available\nMedway,640\n", "a column named ods"),
        (b"ods,measure,beds_available\nRPA,beds_available,640\n", "or the columns measure and value"),
        (b"ods\nRPA\n", "a column for each measure"),
        (b"ods,beds_available,Overnight beds available\nRPA,1,2\n", "one column for beds_available"),
        (b"ods,measure,value\nRPA,beds,640\n", "Did you mean beds_"),
        (b"ods,measure,value\nRPA,beds_available,1\nRPA,Beds available,2\n", "row 2 is another"),
        (b"ods,period_start,period_end,staff_fte\nRPA,2026-04-01,2026-03-31,1\n", "column period_start"),
        (b"ods,period_end,known_from,staff_fte\nRPA,2026-03-31,2026-03-01,1\n", "column known_from"),
        (b"ods,name,kind,staff_fte\nX10,One name,acute,\nX10,Other,acute,1\n", "as in another row of X10"),
        (b"ods,name,kind\nNEW1,=cmd|' /C calc'!A0,acute\n", "not a formula"),
        (b"ods,staff_fte\nRPA,12%\n", "not a percentage"),
        (b"ods,staff_fte\nRPA,1e999\n", "a smaller number"),
        (b"ods,,staff_fte\nRPA,what is this,1\n", "expected a heading"),
    ],
)  # fmt: skip
def test_files_that_are_refused(base: Snapshot, tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "odd.csv"
    path.write_bytes(content)
    told = faults(base, path)
    assert any(said in one for one in told), told


def test_files_that_do_not_open_are_refused(base: Snapshot, tmp_path: Path) -> None:
    assert "there is none at" in faults(base, tmp_path / "none.csv")[0]
    assert "a file" in faults(base, tmp_path)[0]
    cut = tmp_path / "cut.xlsx"
    cut.write_bytes(b"PK\x03\x04 and then nothing")
    assert "a file that opens" in faults(base, cut)[0]


# Forms that people use


def test_cells_as_people_write_them(base: Snapshot, tmp_path: Path) -> None:
    path = tmp_path / "typed.csv"
    path.write_bytes(
        "# written in Excel\n\n"
        "ODS code,Name,Kind,Overnight beds available,Operating_Income,rtt within 18 weeks,cqc-overall,As of\n"
        "new 01,Clinique Sainte-Thérèse,Acute specialist,\"1,180\",£96 000 000,91%,Good,1/7/2026\n"
        "rpa,,,n/a,-,,,\n".encode("cp1252")
    )  # fmt: skip
    own = read(path, base)
    assert own.organisations["NEW01"] == {"name": "Clinique Sainte-Thérèse", "type": "acute_specialist"}
    assert dict(own.figures.select("measure", "value").iter_rows()) == {
        "beds_available": 1180.0,
        "operating_income": 96_000_000.0,
        "rtt_within_18_weeks": 0.91,
        "cqc_overall": 3.0,
    }
    assert set(own.figures["period_end"]) == {date(2026, 7, 1)}


def test_a_pandas_frame_with_codes_in_its_index(base: Snapshot) -> None:
    day = pd.Timestamp("2026-06-30")
    frame = pd.DataFrame(
        {"beds_available": [701, None], "staff_fte": [None, 6000.5], "period_end": [day, pd.NaT]},
        index=pd.Index(["RPA", "RWF"], name="code"),
    )
    rows = read(frame, base).figures.select("code", "measure", "value", "period_end").rows()
    assert rows == [
        ("RPA", "beds_available", 701.0, date(2026, 6, 30)),
        ("RWF", "staff_fte", 6000.5, base.as_of),
    ]
