"""Tables as people bring them: read right, or told with row and column."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.errors import BadFile
from matchmaker.snapshot import Snapshot
from matchmaker.snapshot.overlay.merge import OwnData, read

CASES = Path(__file__).parents[2] / "cases"


def figures(own: OwnData) -> set[tuple[str, str, float]]:
    return set(own.figures.select("code", "measure", "value").iter_rows())


@pytest.mark.snapshot
class TestPublicCases:
    """Tables of tests/cases over the bundled snapshot of trusts."""

    @pytest.mark.parametrize(
        ("case", "given", "told"),
        [
            ("marks.csv", [("RPA", 560), ("RWF", 720), ("RVV", 1000), ("RN7", 480)], ""),
            ("footnotes.csv", [("RPA", 560), ("RWF", 720)], "Not read, a note: rows 5 and 6."),
            ("title_rows.csv", [("RPA", 560)], "The headings were found in row 4."),
            ("cover_sheet.xlsx", [("RPA", 560)], "The sheet 'Data' was read."),
            ("mac_lines.csv", [("RPA", 560)], ""),
        ],
    )
    def test_is_read(self, snapshot: Snapshot, case: str, given: list[Any], told: str) -> None:
        own = read(CASES / case, snapshot)
        assert figures(own) == {(code, "beds_available", float(value)) for code, value in given}
        assert told in own.told or not (told or own.told)

    def test_a_comma_outside_quotation_marks(self, snapshot: Snapshot) -> None:
        with pytest.raises(BadFile) as error:
            read(CASES / "unquoted_comma.csv", snapshot)
        (fault,) = error.value.faults
        assert (fault.row, fault.value) == (2, "4 cells")
        assert "quotation marks" in fault.remedy

    def test_a_formula_without_its_value(self, snapshot: Snapshot) -> None:
        with pytest.raises(BadFile) as error:
            read(CASES / "formula_without_value.xlsx", snapshot)
        (fault,) = error.value.faults
        assert (fault.row, fault.column, fault.value) == (2, "beds_available", "=500+60")
        assert "a formula without its value" in fault.expected


@pytest.mark.snapshot
@pytest.mark.parametrize(("word", "value"), [("RI", 2), ("requires improvement", 2), ("Good", 3), ("4", 4)])
def test_ratings_as_people_write_them(snapshot: Snapshot, tmp_path: Path, word: str, value: int) -> None:
    path = tmp_path / "ratings.csv"
    path.write_text(f"trust,CQC overall rating\nRPA,{word}\n")
    from matchmaker.features.overlay_template import profile_labels

    own = read(path, snapshot, profile_labels(snapshot.sector))
    published = own.figures.is_empty()  # one that repeats the published figure says nothing new
    assert published or own.figures["value"].to_list() == [value]


def test_many_faults_of_one_kind_are_told_together(harbour_snapshot: Snapshot, tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    path.write_text("port,berths\n" + "".join(f"NT{at:03},5\n" for at in range(384)))
    with pytest.raises(BadFile) as error:
        read(path, harbour_snapshot)
    assert len(error.value.faults) == 384
    assert error.value.message.count("found") == 1
    assert "rows 2, 3, 4 and 381 more: found 'NT000', 'NT001', 'NT002' and 381 more" in error.value.message


CODES = ("EEL", "AMB")
WRITTEN = {
    "plain": str,
    "thousands": lambda value: f"{value:,}",
    "mark beside": lambda value: f"{value} [r]",
    "nothing": lambda value: "[z]",
    "dash": lambda value: "\u2013",
    "wrong": lambda value: "about 80",
}


@st.composite
def brought(draw: st.DrawFn) -> dict[str, Any]:
    """How a table is written: what stands around it, between its cells, in which bytes."""
    return {
        "titles": draw(st.lists(st.sampled_from(["Berths by port", "Made up", ""]), max_size=3)),
        "notes": draw(st.lists(st.sampled_from(["Source: made up", "* below 5", "", "Note: x"]), max_size=3)),
        "total": draw(st.booleans()),
        "delimiter": draw(st.sampled_from([",", ";", "\t"])),
        "end": draw(st.sampled_from(["\n", "\r\n", "\r"])),
        "encoding": draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"])),
        "workbook": draw(st.sampled_from(["", "alone", "cover first"])),
        "key": draw(st.sampled_from(["port", "code", "harbour", "Harbour name"])),
        "who": draw(st.sampled_from(["code", "name", "both"])),
        "long": draw(st.booleans()),
        "cells": draw(
            st.lists(
                st.tuples(st.sampled_from(CODES), st.integers(2, 1999), st.sampled_from([*WRITTEN])),
                min_size=1,
                max_size=2,
                unique_by=lambda one: one[0],
            )
        ),
    }


def lines_of(one: dict[str, Any], names: dict[str, str]) -> tuple[list[list[str]], int]:
    """The rows of a table, and the number of its heading row."""
    rows = [[title] for title in one["titles"]]
    heading = len(rows) + 1
    rows.append([one["key"], "measure", "value"] if one["long"] else [one["key"], "berths", "note"])
    for code, value, form in one["cells"]:
        who = {"code": code, "name": names[code], "both": f"{names[code]} ({code})"}[one["who"]]
        cell = WRITTEN[form](value)
        rows.append([who, "berths", cell] if one["long"] else [who, cell, "seen"])
    if one["total"]:
        rows.append(["Total", "140", ""])
    return rows + [[note, "", ""] for note in one["notes"]], heading


def write(one: dict[str, Any], rows: list[list[str]], folder: Path) -> Path:
    """A file of these rows."""
    if one["workbook"]:
        book = openpyxl.Workbook()
        sheet = book.active
        if one["workbook"] == "cover first":
            sheet.append(["Made up"])
            sheet = book.create_sheet("Data")
        for row in rows:
            sheet.append([cell or None for cell in row])
        book.save(folder / "brought.xlsx")
        return folder / "brought.xlsx"
    out = io.StringIO()
    csv.writer(out, delimiter=one["delimiter"], lineterminator="\n").writerows(rows)
    path = folder / "brought.csv"
    path.write_bytes(out.getvalue().replace("\n", one["end"]).encode(one["encoding"]))
    return path


@settings(max_examples=200)
@given(one=brought())
def test_any_mix_is_read_right_or_told_with_row_and_column(
    harbour_snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory, one: dict[str, Any]
) -> None:
    official = dict(harbour_snapshot.organisations.select("code", "name").iter_rows())
    rows, heading = lines_of(one, {code: official[code] for code in CODES})
    path = write(one, rows, tmp_path_factory.getbasetemp())
    expected = {
        (code, "berths", float(value))
        for code, value, form in one["cells"]
        if form in ("plain", "thousands", "mark beside")
    }
    wrong = {heading + at for at, (_, _, form) in enumerate(one["cells"], 1) if form == "wrong"}
    if wrong:
        with pytest.raises(BadFile) as error:
            read(path, harbour_snapshot)
        assert {fault.row for fault in error.value.faults} == wrong
        assert {fault.column for fault in error.value.faults} == {"value" if one["long"] else "berths"}
        return
    published = harbour_snapshot.measures.filter(measure="berths").sort("period_end")
    last = dict(published.select("code", "value").iter_rows())
    new = {(code, name, value) for code, name, value in expected if last.get(code) != value}
    assert figures(read(path, harbour_snapshot)) == new
