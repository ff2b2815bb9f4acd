"""The checks on tables of facts: every fault is told, with its row, its column and its cell."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from matchmaker.errors import BadFile
from matchmaker.sectors.nhs.sources import board, pairings, special_measures

GOOD = {
    "pairing_id": "BUD-RXW-RRK-2020",
    "recipient_ods": "RXW",
    "partner_ods": "RRK",
    "kind": "buddying",
    "nature": "mandated",
    "status": "completed",
    "outcome": "",
    "scope": "whole_trust",
    "start_date": "2020-09-01",
    "start_precision": "day",
    "end_date": "",
    "end_precision": "",
    "cqc_before": "Inadequate",
    "cqc_after": "",
    "cqc_before_basis": "read",
    "cqc_after_basis": "",
    "regime_context": "",
    "confidence": "high",
    "code_confidence": "high",
    "source": "https://example.org",
    "source2": "",
    "notes": "",
}
SPELL = {
    "spell_id": "SM-RBK-quality-2016",
    "ods_code": "RBK",
    "regime": "quality",
    "entry_date": "2016-01-26",
    "entry_precision": "day",
    "exit_date": "",
    "exit_precision": "",
    "exit_known": "no",
    "entry_reason": "",
    "cqc_overall_at_entry": "Inadequate",
    "cqc_overall_at_exit": "",
    "confidence": "high",
    "code_confidence": "high",
    "source": "https://example.org",
    "source2": "",
    "notes": "",
}
TENURE = {
    "ods_code": "RXW",
    "as_of": "2024-02",
    "role": "chair",
    "start_date": "2021",
    "end_date": "2023-06",
    "source": "a newspaper",
    "confidence": "low",
}


def written(folder: Path, *rows: dict[str, str]) -> Path:
    path = folder / "facts.csv"
    lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_a_sound_row_has_no_fault(tmp_path: Path) -> None:
    frame = pairings.read(written(tmp_path, GOOD))
    assert frame["start"].to_list() == [date(2020, 9, 1)]
    assert frame["end"].to_list() == [None]


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"recipient_ods": "Telford"}, "recipient_ods"),
        ({"partner_ods": ""}, "partner_ods"),
        ({"partner_ods": "RXW"}, "partner_ods"),
        ({"kind": "twinning"}, "kind"),
        ({"nature": ""}, "nature"),
        ({"status": "over"}, "status"),
        ({"scope": "ward"}, "scope"),
        ({"start_date": "2020-13-01"}, "start_date"),
        ({"start_date": ""}, "start_date"),
        ({"start_date": "2020-09-02", "start_precision": "month"}, "start_date"),
        ({"start_precision": "week"}, "start_precision"),
        ({"end_date": "2019-09-01", "end_precision": "day"}, "end_date"),
        ({"end_date": "2021-01-01"}, "end_precision"),
        ({"status": "ongoing", "end_date": "2021-01-01", "end_precision": "day"}, "end_date"),
        ({"cqc_before": "Poor"}, "cqc_before"),
        ({"cqc_after": "Good"}, "cqc_after_basis"),
        ({"cqc_before_basis": "heard"}, "cqc_before_basis"),
        ({"confidence": "certain"}, "confidence"),
        ({"source": ""}, "source"),
    ],
)
def test_a_fault_in_a_pairing_is_told_with_its_place(
    tmp_path: Path, change: dict[str, str], column: str
) -> None:
    other = GOOD | {"pairing_id": "second"} | change
    with pytest.raises(BadFile) as told:
        pairings.read(written(tmp_path, GOOD, other))
    assert (3, column) in {(fault.row, fault.column) for fault in told.value.faults}
    assert {fault.row for fault in told.value.faults} == {3}


def test_all_faults_are_told_together(tmp_path: Path) -> None:
    rows = [GOOD, GOOD | {"kind": "x", "scope": "y"}]
    with pytest.raises(BadFile) as told:
        pairings.read(written(tmp_path, *rows))
    places = {(fault.row, fault.column) for fault in told.value.faults}
    assert places == {(2, "pairing_id"), (3, "pairing_id"), (3, "kind"), (3, "scope")}


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"regime": "special"}, "regime"),
        ({"exit_known": "yes"}, "exit_known"),
        ({"exit_known": "perhaps"}, "exit_known"),
        ({"exit_date": "2015-01-01", "exit_precision": "day", "exit_known": "yes"}, "exit_date"),
        ({"cqc_overall_at_exit": "closed"}, "cqc_overall_at_exit"),
    ],
)
def test_a_fault_in_a_spell_is_told(tmp_path: Path, change: dict[str, str], column: str) -> None:
    with pytest.raises(BadFile) as told:
        special_measures.read(written(tmp_path, SPELL | change))
    assert {fault.column for fault in told.value.faults} == {column}


def test_an_end_in_the_year_of_its_start_is_no_fault(tmp_path: Path) -> None:
    within = TENURE | {"start_date": "2023-05", "end_date": "2023"}
    assert board.read_tenure(written(tmp_path, within)).height == 1
    with pytest.raises(BadFile):
        board.read_tenure(written(tmp_path, TENURE | {"start_date": "2023-05", "end_date": "2022"}))


@pytest.mark.parametrize(
    ("published", "usable"),
    [
        ("2024", date(2024, 12, 31)),
        ("2024-02", date(2024, 2, 29)),
        ("2023-02", date(2023, 2, 28)),
        ("2024-02-07", date(2024, 2, 7)),
    ],
)
def test_a_fact_is_usable_only_when_its_month_or_year_is_over(
    tmp_path: Path, published: str, usable: date
) -> None:
    frame = board.read_tenure(written(tmp_path, TENURE | {"as_of": published}))
    assert frame["as_of"].to_list() == [usable]


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"as_of": ""}, "as_of"),
        ({"as_of": "2024-13"}, "as_of"),
        ({"as_of": "March 2024"}, "as_of"),
        ({"start_date": "2021-1"}, "start_date"),
        ({"start_date": "", "end_date": ""}, "start_date"),
        ({"role": "director"}, "role"),
        ({"ods_code": "00X"}, "ods_code"),
    ],
)
def test_a_fault_in_a_tenure_is_told(tmp_path: Path, change: dict[str, str], column: str) -> None:
    with pytest.raises(BadFile) as told:
        board.read_tenure(written(tmp_path, TENURE | change))
    assert {fault.column for fault in told.value.faults} == {column}


def test_every_code_stands_in_an_edition_of_ods(raw_data: Path) -> None:
    editions = [*raw_data.glob("raw/ods-etr/*.csv"), *raw_data.glob("raw/thf-trust-reference/etr_*.csv")]
    known = {
        line.split(",")[0].strip().strip('"')
        for edition in editions
        for line in edition.read_text("utf-8", errors="replace").splitlines()
    }
    used: set[str] = set()
    pairs = pairings.read(raw_data / "pairings/pairings.csv")
    used |= set(pairs["recipient"]) | set(pairs["partner"])
    used |= set(special_measures.read(raw_data / "pairings/special_measures.csv")["code"])
    used |= set(board.read_tenure(raw_data / "board/board_tenure_facts.csv")["code"])
    used |= set(board.read_holders(raw_data / "board/holder_counts.csv")["code"])
    used |= set(board.read_groups(raw_data / "board/group_boards.csv")["code"])
    assert len(known) > 250
    # Care trusts are not in these editions, and Great Western Ambulance closed before the first.
    assert used - known == {"RX5", "TAD", "TAE", "TAF", "TAH", "TAJ"}
