"""The current roster: care trusts, words on every trust, and the mergers of 2024 to 2026."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from matchmaker.errors import BadFile
from matchmaker.sectors.nhs.sources import trust_roster

HEADINGS = "ods_code,name,alt_names,type,region,ics"


@pytest.fixture(scope="module")
def roster(raw_data: Path) -> Path:
    return raw_data / "raw" / "trust-reference-2026" / "trust_urls.csv"


def test_care_trusts_which_the_list_of_trusts_leaves_out(roster: Path) -> None:
    frame = trust_roster.read_organisations(roster)
    assert frame["code"].sort().to_list() == ["TAD", "TAH", "TAJ"]
    assert frame.filter(code="TAJ")["name"].item() == "BLACK COUNTRY HEALTHCARE NHS FOUNDATION TRUST"


def test_words_on_a_trust(roster: Path) -> None:
    frame = trust_roster.read_attributes(roster)
    said = dict(frame.filter(code="RPA").select("attribute", "value").iter_rows())
    assert said["display_name"] == "Medway NHS Foundation Trust"
    assert said["system_name"] == "Kent and Medway"
    assert said["trust_type_roster"].startswith("Acute")
    assert frame["known_from"].unique().to_list() == [trust_roster.ROSTER_DAY]


def test_empty_words_are_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "trust_urls.csv"
    path.write_text(f"{HEADINGS}\nRPA,Medway,,Acute,South East,\n", "utf-8")
    frame = trust_roster.read_attributes(path)
    assert set(frame["attribute"]) == {"display_name", "trust_type_roster", "region_name"}


def test_mergers(raw_data: Path) -> None:
    folder = raw_data / "raw" / "trust-reference-2026"
    frame = trust_roster.read_successions(folder / "ods_reconciliation_report.json")
    report = json.loads((folder / "ods_reconciliation_report.json").read_text("utf-8"))
    assert frame.height == len(report["resolved"]["merges"])
    assert ("R1C", "RW1", date(2024, 10, 1)) in frame.select("old", "new", "date").rows()


@pytest.mark.parametrize("content", ["not json", "{}", '{"resolved": {"merges": [{"removed": "R1C"}]}}'])
def test_another_report_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "ods_reconciliation_report.json"
    path.write_text(content, "utf-8")
    with pytest.raises(BadFile, match=r"ods_reconciliation_report\.json.*resolved\.merges"):
        trust_roster.read_successions(path)
