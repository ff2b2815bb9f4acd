"""JSON extracts: what is read, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from matchmaker.errors import BadFile
from matchmaker.sources import json_records

RECORDS = [
    {"code": "RCF", "a": {"count": 3}},
    {"code": "RJ1-X", "a": {"count": None}},
    {"code": "NAX03", "a": {"count": 9}},
]


def test_codes_and_numbers() -> None:
    found = json_records.table(Path("x.json"), RECORDS, {"n": "a/count"}, strip="-X")
    assert found.select("code", "n").rows() == [("RCF", 3.0), ("RJ1", None), ("NAX03", 9.0)]


@pytest.mark.parametrize("count", ["12", "*", True, {"b": 1}])
def test_anything_but_a_number_is_a_fault(count: object) -> None:
    with pytest.raises(BadFile, match="a number or null"):
        json_records.table(Path("x.json"), [{"code": "RCF", "a": {"count": count}}], {"n": "a/count"})


def test_a_field_that_is_not_there_is_a_fault() -> None:
    with pytest.raises(BadFile, match="no such field"):
        json_records.table(Path("x.json"), RECORDS, {"n": "a/total"})


def test_another_edition_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"period": "2023-24"}))
    with pytest.raises(BadFile, match="2024-25"):
        json_records.content(path, {"period": "2024-25"})
    path.write_text("[1, 2")
    with pytest.raises(BadFile, match="JSON file"):
        json_records.content(path, {})
