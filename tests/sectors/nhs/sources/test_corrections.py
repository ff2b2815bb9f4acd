"""Corrections: each that was found is in the file by now, or made as it is read; none is made twice."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import polars as pl

from matchmaker.sectors.nhs.sources import board, ods_successions, pairings, special_measures
from matchmaker.sectors.nhs.sources.corrections import corrections

FOUND = {
    "ACQ-RNK-TAF-2025",
    "MRG-RY2-RWW-2019",
    "SHL-RY2-RWW-2024",
    "SHL-RVJ-RA7-2025",
    "BUD-RK5-RTD-2013",
    "SM-RJ7-quality-2016",
    "SM-RTX-RSP-2021",
    "succession RW6 -> R0A",
    "succession RN1 -> RN5",
    "board RTD",
    "board RTH",
}


def test_every_one_of_the_list_holds(raw_data: Path) -> None:
    with (raw_data / "pairings/corrections.csv").open(encoding="utf-8", newline="") as lines:
        assert {row["row"] for row in csv.DictReader(lines)} == FOUND
    rows = {row["pairing_id"]: row for row in pairings.read(raw_data / "pairings/pairings.csv").to_dicts()}
    taken = rows["ACQ-RNK-TAF-2025"]
    assert (taken["status"], taken["end"], taken["partner"]) == ("completed", date(2026, 4, 1), "G6V2S")
    for pairing, end in (
        ("MRG-RY2-RWW-2019", date(2026, 4, 1)),
        ("SHL-RY2-RWW-2024", date(2026, 4, 1)),
        ("SHL-RVJ-RA7-2025", date(2026, 7, 1)),
    ):
        assert (rows[pairing]["status"], rows[pairing]["end"]) == ("completed", end)
    assert rows["BUD-RK5-RTD-2013"]["confidence"] == "low"
    spells = {
        row["spell_id"]: row
        for row in special_measures.read(raw_data / "pairings/special_measures.csv").to_dicts()
    }
    left, entered = spells["SM-RJ7-quality-2016"], spells["SM-RTX-RSP-2021"]
    assert (left["exit"], left["exit_precision"], left["exit_known"]) == (date(2019, 1, 1), "year", True)
    assert (entered["entry"], entered["entry_precision"]) == (date(2021, 8, 18), "day")
    followed = ods_successions.read(raw_data / "raw/geographr/lookup_trust_trust.rda")
    days = {(old, new): day for old, new, day in followed.select("old", "new", "date").iter_rows()}
    assert days["RW6", "R0A"] == date(2021, 4, 1)
    assert days["RN1", "RN5"] == date(2012, 1, 9)
    facts = board.read_tenure(raw_data / "board/board_tenure_facts.csv").filter(role="chief_executive")
    assert date(2025, 4, 1) in facts.filter(code="RTD")["end"]
    # Oxford's was seen in post in February 2023 for the last time: too long ago to count (see
    # test_derived.py).
    assert facts.filter(code="RTH")["as_of"].max() == date(2023, 2, 17)


def test_a_cell_that_was_put_right_is_left_alone(raw_data: Path, tmp_path: Path) -> None:
    text = (raw_data / "pairings/special_measures.csv").read_text("utf-8")
    right = tmp_path / "special_measures.csv"
    # Entered, by a later edition of the file, on another day again.
    right.write_text(
        text.replace("RSP,2021-08-01,,Quality and leadership", "RSP,2021-08-19,,Quality and leadership")
    )
    read = special_measures.read(right).filter(pl.col("spell_id") == "SM-RTX-RSP-2021")
    assert read["entry"].to_list() == [date(2021, 8, 19)]


def test_a_fact_is_added_only_to_a_file_that_lacks_it(tmp_path: Path) -> None:
    heading = "ods_code,as_of,role,start_date,end_date,source,confidence\n"
    holder = "RTD,2024-06,chief_executive,2024-01,,a paper,high\n"
    end = "RTD,2025-05,chief_executive,,2025-04-01,a later paper,high\n"
    other = "RTK,2024-06,chief_executive,2024-01,,a paper,high\n"
    for rows, height in (([holder], 2), ([holder, end], 2), ([other], 1)):
        path = tmp_path / "facts.csv"
        path.write_text(heading + "".join(rows))
        assert board.read_tenure(path).height == height


def test_each_says_why_and_where_from() -> None:
    for table in ("pairings", "interventions", "successions"):
        for one in corrections()[table]:
            assert one["why"].endswith(".") and one["source"] and one["cells"]
