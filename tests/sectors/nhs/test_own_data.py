"""Own data on trusts: the headings, words and periods of the NHS, on its bundled snapshot."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from matchmaker import Matchmaker, Snapshot
from matchmaker.features import features
from matchmaker.features.overlay_template import notes, template
from matchmaker.features.profiles import profiles
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


def test_a_figure_stands_in_for_the_year_before_it_so_that_means_are_its_own(base: Snapshot) -> None:
    over = laid(base, pl.DataFrame({"code": ["RPA"], "ae_within_4_hours": [0.91]}))
    seen = profiles(over)
    assert seen.cells.filter(code="RPA", feature="ae_4_hours")["value"].item() == pytest.approx(0.91)
    published = base.measures.filter(code="RPA", measure="ae_within_4_hours")
    year = pl.col("period_end") > base.as_of - timedelta(days=365)
    own = over.measures.filter(code="RPA", measure="ae_within_4_hours", source=OWN)
    assert set(own["period_end"]) == {*published.filter(year)["period_end"], base.as_of}
    assert over.measures.filter(pl.col("source") != OWN).equals(base.measures)


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


def changed(base: Snapshot, given: dict[str, float]) -> tuple[set[str], str]:
    """Labels of Medway's features that own figures change, and what is told beside."""
    own = read(pl.DataFrame({"code": ["RPA"]} | {name: [value] for name, value in given.items()}), base)
    over = overlay(base, own)
    labels = {feature.name: feature.label for feature in features(base.sector)}
    before, after = (profiles(one).cells.filter(code="RPA") for one in (base, over))
    differ = after.filter(pl.col("value").ne_missing(before["value"]), state="known")
    return {labels[name] for name in differ["feature"]}, " ".join(notes(own, base, over))


@pytest.mark.slow
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


@pytest.mark.slow
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
    # Standings are those of a year, own figures count at once: so both are given the same.
    both = engine.with_data(pl.concat([frame, copied.with_columns(code=pl.lit("RPA"))], how="diagonal"))
    answer = both.shortlist("RVV", how, limit=300, n_draws=0, relax=rules)
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
        # The copy has one other more to be compared with: Medway itself.
        assert medway[name] == pytest.approx(copy[name], abs=0.005), name


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
