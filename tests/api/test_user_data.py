"""Figures of a caller's own change one answer and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from fastapi.testclient import TestClient

from matchmaker import Matchmaker
from matchmaker.api.user_data import MAX_COLUMNS, MAX_ROWS, REMEMBERED, with_text

ROWS = [{"ods": "RPA", "staff_fte": 9500, "cqc_overall": "Good"}, {"ods": "RVV", "staff_fte": 7000.5}]
TEXT = "ods,staff_fte,cqc_overall\nRPA,9500,Good\nRVV,7000.5,\n"
CSV = {"Content-Type": "text/csv"}


@pytest.fixture(scope="module")
def own(engine: Matchmaker) -> Any:
    """What the models say with the same figures."""
    frame = pl.DataFrame(
        {"cqc_overall": ["Good", None], "ods": ["RPA", "RVV"], "staff_fte": [9500.0, 7000.5]}
    )
    return engine.with_data(frame).shortlist("RPA", limit=2)


def test_rows_text_and_file_say_the_same(client: TestClient, own: Any, engine: Matchmaker) -> None:
    question = {"recipients": ["RPA"], "limit": 2}
    before = client.get("/v1/nhs/organisations/RPA/shortlist?limit=2").content
    answers = [
        client.post("/v1/nhs/shortlists", json={**question, "data": ROWS}).json()["shortlists"][0],
        client.post("/v1/nhs/shortlists", json={**question, "data": TEXT}).json()["shortlists"][0],
        client.post("/v1/nhs/organisations/RPA/shortlist?limit=2", content=TEXT, headers=CSV).json(),
    ]
    for answer in answers:
        assert answer["snapshot"] != engine.snapshot.hash
        assert [one["fit"] for one in answer["options"]] == [one.fit for one in own.options]
        assert any("were not published" in note for note in answer["notes"])
    assert client.get("/v1/nhs/organisations/RPA/shortlist?limit=2").content == before


def test_faults_of_rows_are_placed(client: TestClient) -> None:
    rows = [{"ods": "RPA", "staff_fte": "lots"}, {"ods": "RPA2", "staff_fte": 3}]
    answer = client.post("/v1/nhs/shortlists", json={"recipients": ["RPA"], "data": rows})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/bad-file")
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/data/0/staff_fte", "/data/1/ods"]


def test_faults_of_a_file_are_told_by_row_and_column(client: TestClient) -> None:
    answer = client.post(
        "/v1/nhs/organisations/RPA/shortlist", content="ods,staff_fte\nRPA,lots\n", headers=CSV
    )
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/bad-file")
    (fault,) = answer.json()["errors"]
    assert (fault["part"], fault["pointer"]) == ("table", "/2/staff_fte")
    assert "/tmp" not in answer.text


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\xff\xfe",
        b"\xff\xfe\x00o",
        b"PK\x03\x04" + b"\x00" * 500,
        b"ods\n" + b"RPA\n" * (MAX_ROWS + 1),
        b"," * (MAX_COLUMNS + 1),
        b'"' * 999,
        b"=cmd()\n1\n",
    ],
)
def test_files_that_are_no_table(client: TestClient, content: bytes) -> None:
    answer = client.post("/v1/nhs/organisations/RPA/shortlist", content=content, headers=CSV)
    assert answer.status_code in (400, 415, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_nothing_is_left_on_disk(client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for content in (TEXT, "ods,staff_fte\nRPA,lots\n"):
        client.post("/v1/nhs/organisations/RPA/shortlist", content=content, headers=CSV)
    assert not list(tmp_path.iterdir())


def test_the_same_table_is_laid_over_once_and_for_the_snapshot_in_use(
    engine: Matchmaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    laid = []

    def counted(given: Matchmaker, data: Any) -> Matchmaker:
        laid.append(data)
        return with_data(given, data)

    with_data = Matchmaker.with_data
    monkeypatch.setattr(Matchmaker, "with_data", counted)
    one, other = Matchmaker(engine.snapshot), Matchmaker(engine.snapshot)
    table = "ods,staff_fte\nRPA,9501\n"
    assert with_text(one, table) is with_text(one, table)
    assert len(laid) == 1
    assert with_text(one, table.replace("9501", "9502")) is not with_text(one, table)
    assert with_text(other, table) is not with_text(one, table)
    for number in range(REMEMBERED):
        with_text(one, table.replace("9501", str(9600 + number)))
    before = len(laid)
    with_text(one, table)
    assert len(laid) == before + 1
