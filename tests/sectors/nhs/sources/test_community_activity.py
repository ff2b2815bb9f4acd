"""Community services, against fields of the files."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.sectors.nhs.sources import community_activity


@pytest.fixture(scope="module")
def contacts(raw_data: Path) -> pl.DataFrame:
    return community_activity.read_contacts(raw_data / "raw/activity-2024-25/csds-mar-2025.json")


@pytest.fixture(scope="module")
def waiting(raw_data: Path) -> pl.DataFrame:
    return community_activity.read_waiting(raw_data / "raw/activity-2024-25/community-waits-2024-25.json")


def test_contacts(contacts: pl.DataFrame) -> None:
    found = dict(contacts.select("code", "value").iter_rows())
    assert (found["RCF"], found["RY6"], found["RDR"]) == (11_930, 89_910, 273_540)
    assert "RYW" not in found  # sent nothing: unknown, not zero
    assert len(found) == 113
    assert set(contacts["measure"]) == {"community_care_contacts"}
    assert 0.7 < sum(found.values()) / 8_581_110 < 1  # England, other providers included


def test_waiting(waiting: pl.DataFrame) -> None:
    found = dict(waiting.select("code", "value").iter_rows())
    assert (found["RCF"], found["RYW"], found["RDR"]) == (5_140, 39_695, 27_650)
    assert len(found) == 122
    assert 0.7 < sum(found.values()) / 1_090_356 < 1


def test_month(contacts: pl.DataFrame, waiting: pl.DataFrame) -> None:
    for rows in (contacts, waiting):
        assert rows.select("period_start", "period_end").unique().rows() == [
            (date(2025, 3, 1), date(2025, 3, 31))
        ]
