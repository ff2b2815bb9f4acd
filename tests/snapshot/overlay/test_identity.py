"""Codes and names in a user's table that are not those of the organisations that are meant."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from matchmaker import Matchmaker
from matchmaker.errors import BadFile
from matchmaker.snapshot import Snapshot
from matchmaker.snapshot.overlay.merge import overlay, read

CASES = Path(__file__).parents[2] / "cases"


def name_of(snapshot: Snapshot, code: str) -> str:
    return str(snapshot.organisations.filter(code=code)["name"].item())


def table(**columns: Any) -> pl.DataFrame:
    return pl.DataFrame({name: [value] for name, value in {"berths": 90.0, **columns}.items()})


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("Farrowness Harbour Board", "This is the name of Farrowness Harbour Board (FAR): check whose"),
        ("FARROWNESS", "This is the name of Farrowness Harbour Board (FAR): check whose"),
        ("Gullhaven Harbour Board", "This is the name of Gullstead Harbour Board (GUL): check whose"),
    ],
)
def test_the_name_of_another_is_doubted_and_renames_nobody(
    harbour_snapshot: Snapshot, name: str, remedy: str
) -> None:
    own = read(table(code="EEL", name=name), harbour_snapshot)
    (warning,) = own.warnings
    assert (warning.row, warning.column, warning.value) == (1, "name", name)
    assert warning.remedy.startswith(remedy)
    assert name_of(overlay(harbour_snapshot, own), "EEL") == "Eelhythe Harbour Board"


def test_a_former_name_is_doubted_and_the_published_one_stays(harbour_snapshot: Snapshot) -> None:
    own = read(table(code="GUL", name="Gullhaven Harbour Board"), harbour_snapshot)
    (warning,) = own.warnings
    assert warning.remedy == "This was its name once."
    assert name_of(overlay(harbour_snapshot, own), "GUL") == "Gullstead Harbour Board"


def test_its_own_name_in_another_writing_is_no_news(harbour_snapshot: Snapshot) -> None:
    own = read(table(code="EEL", name="EELHYTHE HARBOUR"), harbour_snapshot)
    assert own.warnings == ()
    assert name_of(overlay(harbour_snapshot, own), "EEL") == "Eelhythe Harbour Board"


def test_a_name_that_nobody_has_is_a_new_one(harbour_snapshot: Snapshot) -> None:
    own = read(table(code="EEL", name="Quite New Board"), harbour_snapshot)
    assert own.warnings == ()
    assert name_of(overlay(harbour_snapshot, own), "EEL") == "Quite New Board"


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("FAR02", "FAR02 (Ness Pier) is a pier of Farrowness Harbour Board (FAR): use FAR."),
        ("FAR77", "FAR77 is a pier of Farrowness Harbour Board (FAR): use FAR."),
        ("Ness Pier", "Ness Pier (FAR02) is a pier of Farrowness Harbour Board (FAR). Use FAR if the"),
        ("QQQ", "Give name and type to add it; 'matchmaker organisations' lists the codes in use."),
    ],
)
def test_an_unknown_code_is_told_what_it_may_mean(harbour_snapshot: Snapshot, code: str, hint: str) -> None:
    with pytest.raises(BadFile) as error:
        read(table(code=code), harbour_snapshot)
    assert error.value.faults[0].remedy.startswith(hint)


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("Eelhythe Harbour Board", 0),
        ("EELHYTHE", 0),
        ("Eelhythe Harbour Board (EEL)", 0),
        ("EEL - Eelhythe Harbour Board", 0),
        (" e e l ", 0),
    ],
)
@pytest.mark.parametrize("heading", ["port", "code", "Harbour", "Port code", "Organisation name"])
def test_an_organisation_is_found_by_code_name_or_both(
    harbour_snapshot: Snapshot, cell: str, told: int, heading: str
) -> None:
    own = read(pl.DataFrame({heading: [cell], "berths": [90]}), harbour_snapshot)
    assert own.figures["code"].to_list() == ["EEL"]
    assert len(own.told) == told
    assert own.organisations == {"EEL": {}}


def test_a_former_name_is_read_and_told(harbour_snapshot: Snapshot) -> None:
    own = read(pl.DataFrame({"harbour": ["Gullhaven Harbour Board"], "berths": [90]}), harbour_snapshot)
    assert own.figures["code"].to_list() == ["GUL"]
    assert own.told == ("'Gullhaven Harbour Board' was read as Gullstead Harbour Board (GUL).",)


def test_a_site_beside_its_own_organisation_is_doubted(harbour_snapshot: Snapshot) -> None:
    own = read(table(code="FAR02", name="Ness Pier", type="fishing"), harbour_snapshot)
    (warning,) = own.warnings
    assert (warning.value, warning.row) == ("FAR02", 1)
    assert warning.remedy == "It is added beside FAR, and may be counted twice: use FAR."


def test_a_new_organisation_with_a_published_name_is_doubted(harbour_snapshot: Snapshot) -> None:
    own = read(table(code="QQQ", name="Eelhythe Harbour", type="fishing"), harbour_snapshot)
    (warning,) = own.warnings
    assert warning.remedy == "This is the name of Eelhythe Harbour Board (EEL): use that code if it is meant."


class TestPublicCases:
    """Tables of tests/cases over the bundled snapshot of trusts."""

    @pytest.mark.parametrize("case", ["wrong_name", "shifted_names", "old_name"])
    def test_names_beside_the_wrong_code(self, engine: Matchmaker, case: str) -> None:
        rows = list(csv.DictReader((CASES / f"{case}.csv").read_text("utf-8").splitlines()))
        asked = engine.with_data(CASES / f"{case}.csv")
        for row in rows:
            assert name_of(asked.snapshot, row["ods"]) == name_of(engine.snapshot, row["ods"]) != row["name"]
            assert any(row["name"] in note and note.startswith("Check") for note in asked.notes)

    def test_a_site_as_a_trust(self, engine: Matchmaker) -> None:
        asked = engine.with_data(CASES / "site_as_trust.csv")
        assert any("It is added beside RPA" in note for note in asked.notes)

    @pytest.mark.parametrize(
        ("case", "hints"),
        [
            ("site_code", ["of Medway NHS Foundation Trust (RPA): use RPA."]),
            ("letter_o", ["(R0A), with the digit 0?", "(R0D), with the digit 0?"]),
        ],
    )
    def test_codes_that_no_trust_has(self, engine: Matchmaker, case: str, hints: list[str]) -> None:
        with pytest.raises(BadFile) as error:
            engine.with_data(CASES / f"{case}.csv")
        assert all(fault.remedy.endswith(hint) for fault, hint in zip(error.value.faults, hints, strict=True))
