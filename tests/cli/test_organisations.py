"""Organisations at the command line: one, several side by side, the list, signs, and the table to fill in."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from command_line import Run

from matchmaker import Matchmaker


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_one_organisation_by_a_part_of_its_name(ask: Run) -> None:
    done = ask("organisation", "eelhythe")
    assert done.code == 0, done.err
    assert done.out.startswith("Eelhythe Harbour Board (EEL)\n")
    assert "Fishing harbour. West coast, Middle Bay. As of 30 June 2025." in done.text


def test_json_is_the_whole_overview(ask: Run, harbour_engine: Matchmaker) -> None:
    answer = ask("organisation", "EEL", "--json").json
    overview = harbour_engine.overview("EEL")
    assert answer["profile"]["code"] == "EEL"
    assert len(answer["profile"]["cells"]) == len(overview.profile.cells)
    assert [peer["organisation"]["code"] for peer in answer["peers"]] == [
        peer.organisation.code for peer in overview.peers
    ]


def test_csv_has_one_row_for_each_feature(ask: Run, harbour_engine: Matchmaker) -> None:
    rows = rows_of(ask("organisation", "EEL", "--csv").out)
    expected = harbour_engine.overview("EEL").to_rows()
    assert [row["feature"] for row in rows] == [row["feature"] for row in expected]
    assert list(rows[0]) == list(expected[0])
    for row, cell in zip(rows, expected, strict=True):
        assert row["value"] == ("" if cell["value"] is None else str(cell["value"]))


def test_side_by_side(ask: Run, harbour_engine: Matchmaker) -> None:
    done = ask("organisation", "EEL", "--compare", "Corvesand, BRI")
    assert [line[:3] for line in done.out.splitlines()[:3]] == ["EEL", "COR", "BRI"]
    rows = rows_of(ask("organisation", "EEL", "--compare", "COR,BRI", "--csv").out)
    expected = harbour_engine.overview("COR").to_rows()
    assert list(rows[0]) == list(expected[0])
    assert [row["code"] for row in rows] == [code for code in ("EEL", "COR", "BRI") for _ in expected]
    profiles = ask("organisation", "EEL", "--compare", "COR,BRI", "--json").json["profiles"]
    assert [profile["code"] for profile in profiles] == ["EEL", "COR", "BRI"]


def test_a_past_day_knows_less(ask: Run) -> None:
    then = ask("organisation", "EEL", "--as-of", "2017-01-01", "--json").json
    assert then["profile"]["as_of"] == "2017-01-01"
    ends = {cell["period_end"] for cell in then["profile"]["cells"]} - {None}
    assert max(ends) == "2015-12-31"


def test_a_page_is_written(ask: Run, tmp_path: Path) -> None:
    page = tmp_path / "eel.html"
    done = ask("organisation", "EEL", "--compare", "COR", "--html", page)
    assert done.code == 0, done.err
    assert page.read_text("utf-8").count("Eelhythe Harbour Board") > 1


def test_organisations_are_searched_by_name_and_place(ask: Run) -> None:
    assert "15 harbours" in ask("organisations").text
    found = rows_of(ask("organisations", "middle BAY", "--csv").out)
    assert [row["code"] for row in found] == ["DUN", "EEL", "FAR"]
    assert list(found[0]) == ["code", "name", "type", "region", "locality"]
    assert "1 harbour" in ask("organisations", "eel").text
    assert "17 harbours" in ask("organisations", "--as-of", "2017-01-01").text


def test_a_sector_without_signs_says_so(ask: Run) -> None:
    done = ask("signs")
    assert (done.code, done.err) == (0, "")
    assert "No early-warning signs are defined for Harbours." in done.text


@pytest.mark.snapshot
def test_the_list_of_signs_warns_first_and_counts_the_false(run: Run) -> None:
    done = run("signs", "--limit", "3", "--type", "acute")
    assert done.out.splitlines()[1].startswith("Most of these are false alarms.")
    assert "How often signs were shown: special measures for quality" in done.text


@pytest.mark.snapshot
def test_the_list_of_signs_as_json_and_as_a_table(run: Run, engine: Matchmaker) -> None:
    report = engine.signs()
    answer = run("signs", "--json").json
    codes = [one.organisation.code for one in report.organisations]
    assert [one["organisation"]["code"] for one in answer["organisations"]] == codes
    assert {one["regime"] for one in answer["validations"]} == {"quality", "finance", "RSP"}
    assert [row["code"] for row in rows_of(run("signs", "--csv").out)] == codes


def test_a_table_to_fill_in(ask: Run, tmp_path: Path) -> None:
    table = tmp_path / "own.csv"
    done = ask("template", table, "--organisation", "Eelhythe")
    assert f"matchmaker organisation EEL --data {table}" in done.text
    assert table.read_bytes().startswith(b"\xef\xbb\xbfport,name,type"), "a mark by which Excel knows UTF-8"
    asked = ("shortlist", "EEL", "--json")
    published, unedited = ask(*asked).json, ask(*asked, "--data", table).json
    assert unedited["notes"].pop() == (
        "own.csv says nothing that is not published: the answer is the one without it."
    )
    assert unedited == published
    before = table.read_bytes()
    again = ask("template", table)
    assert again.code == 1 and "own.csv is there already." in again.err
    assert table.read_bytes() == before


def test_figures_of_ones_own_are_used(ask: Run, tmp_path: Path) -> None:
    table = tmp_path / "own.csv"
    table.write_text("port,berths,period_end\nEEL,100,2025-03-31\n", "utf-8")
    done = ask("organisation", "EEL", "--data", table, "--json")
    cells = {cell["feature"]: cell for cell in done.json["profile"]["cells"]}
    assert (cells["berths"]["value"], cells["berths"]["source"]) == (100, "own data")
    assert "Some figures of EEL come from own.csv" in done.err
    table.write_text("port,berth\nEEL,100\nXXX,many\n", "utf-8")
    done = ask("organisation", "EEL", "--data", table)
    assert (done.code, done.out) == (1, "")
    assert "Did you mean berths?" in done.err
    assert done.err.endswith("Mend these cells and try again; nothing was used.\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("organisation", "XYZ9"), "No organisation has the code or name 'XYZ9'."),
        (("organisation", "EEL", "--compare", "XYZ9"), "No organisation has the code or name 'XYZ9'."),
        (("organisation", "EEL", "--compare", "EEL"), "EEL is named more than once."),
        (("organisation", "EEL", "--compare", "AMB,BRI,COR,DUN,FAR,GUL,INK,KIT"), "Compare 2 to 8 in all."),
        (("organisation", "EEL", "--csv", "--json"), "Choose one of --csv and --json"),
        (
            ("organisation", "EEL", "--html", "no-such-folder/a.html"),
            "no-such-folder/a.html can't be written",
        ),
        (("organisation", "EEL", "--as-of", "1999-01-01"), "Nothing was known yet on 1 January 1999"),
        (("organisation", "EEL", "--as-of", "July"), "'July' is not a date."),
        (("organisation", "EEL", "--data", "none.csv"), "none.csv"),
        (("organisations", "atlantis"), "No open harbour matches 'atlantis'."),
        (("template", "no-such-folder/own.csv"), "no-such-folder/own.csv can't be written"),
        (("signs", "--type", "dental"), "There is no harbour type 'dental'."),
    ],
)
def test_bad_input_is_one_sentence_and_the_next_step(
    ask: Run, arguments: tuple[str, ...], words: str
) -> None:
    done = ask(*arguments)
    assert done.code == 1
    assert words in done.err and "Traceback" not in done.err
    assert done.out == ""


def test_a_list_finds_by_names_that_it_does_not_show(ask: Run) -> None:
    done = ask("organisations", "Ness Pier", "--csv")
    assert [row["code"] for row in rows_of(done.out)] == ["FAR"]
    assert "Ness Pier (FAR02) is a pier of Farrowness Harbour Board (FAR)." in done.err
    assert "'Weir Pier' could be" in ask("organisations", "Weir Pier").err


def test_what_a_name_is_stands_beside_a_table(ask: Run) -> None:
    said = "Ness Pier (FAR02) is a pier of Farrowness Harbour Board (FAR)."
    for options in (["--csv"], ["--compare", "Ness Pier"]):
        asked = "EEL" if "--compare" in options else "FAR02"
        assert said in ask("organisation", asked, *options).err
    assert said in ask("organisation", "FAR02").text


def test_several_are_compared_with_a_set_of_ones_own(ask: Run, harbour_engine: Matchmaker) -> None:
    done = ask("compare", "EEL", "FAR", "COR", "--set", "type=fishing", "--set", "AMB")
    assert done.code == 0, done.err
    assert "own set: fishing; AMB" in done.text and "Weakest" in done.text
    answer = ask("compare", "EEL", "FAR", "--set", "EEL,FAR,COR", "--json").json
    assert answer["sets"][-1]["codes"] == ["COR", "EEL", "FAR"]
    rows = rows_of(ask("compare", "EEL", "FAR", "--csv").out)
    assert len(rows) == 2 * len(harbour_engine.compare(["EEL", "FAR"]).rows)


def test_a_rule_of_a_set_that_can_not_be_read_names_the_option(ask: Run) -> None:
    done = ask("compare", "EEL", "FAR", "--set", "colour=red")
    assert done.code == 1 and done.err.startswith("--set: ")
