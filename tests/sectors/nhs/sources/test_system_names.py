"""Names of health systems by code, against the official file that gives both."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest

from matchmaker.errors import BadFile
from matchmaker.sectors.nhs.sources import system_names
from matchmaker.snapshot import Snapshot

MAPPING = "raw/budget-galaxy-tac/nhs_icb_trust_mapping.json"


def test_names_are_those_of_the_official_waiting_list_file(raw_data: Path) -> None:
    (path,) = (raw_data / "raw" / "rtt-2026-04").glob("*.zip")
    with zipfile.ZipFile(path) as archive, archive.open(archive.namelist()[0]) as file:
        rows = csv.reader(io.TextIOWrapper(file, "utf-8-sig"))
        heading = next(rows)
        code, name = heading.index("Provider Parent Org Code"), heading.index("Provider Parent Name")
        official = {row[code]: row[name] for row in rows}
    frame = system_names.read(raw_data / MAPPING)
    codes = dict(frame.filter(attribute="system_code").select("code", "value").iter_rows())
    named = dict(frame.filter(attribute="system_official_name").select("code", "value").iter_rows())
    ours = {codes[code]: named[code] for code in codes}
    assert len(ours) == 36
    for code, name in ours.items():
        assert official[code] == f"NHS {name.upper()} INTEGRATED CARE BOARD"


@pytest.mark.parametrize(
    ("code", "locality"),
    [
        ("RYJ", "West and North London"),
        ("RAL", "West and North London"),
        ("RA2", "Surrey and Sussex"),
        ("RGR", "Norfolk and Suffolk"),
        ("RQW", "Essex"),
        ("RPA", "Kent and Medway"),
        ("TAJ", "Black Country"),
        ("REF", "Cornwall and the Isles of Scilly"),
    ],
)
def test_trusts_stand_under_the_systems_of_today(snapshot: Snapshot, code: str, locality: str) -> None:
    assert snapshot.organisations.filter(code=code)["locality"].item() == locality


def test_a_trust_without_its_board_is_told(tmp_path: Path) -> None:
    path = tmp_path / "nhs_icb_trust_mapping.json"
    path.write_text(json.dumps({"RPA": {"icb_code": "QKS", "icb_name": "Kent"}, "RVV": {}}), "utf-8")
    with pytest.raises(BadFile) as caught:
        system_names.read(path)
    assert [(fault.column, fault.value) for fault in caught.value.faults] == [
        ("RPA/icb_name", "Kent"),
        ("RVV/icb_name", "None"),
    ]
