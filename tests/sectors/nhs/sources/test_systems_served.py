"""The effective number of systems, worked by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import polars as pl
import pyreadr
import pytest

from matchmaker.errors import BadFile
from matchmaker.sectors.nhs.sources import systems_served


@pytest.fixture(scope="module")
def rows(raw_data: Path) -> pl.DataFrame:
    return systems_served.read(raw_data / "raw/geographr/lookup_nhs_trusts22_icb22.rda")


def test_values(rows: pl.DataFrame) -> None:
    found = dict(rows.select("code", "value").iter_rows())
    # Airedale: 87.8, 11.9 and 0.3 per cent of its catchment
    assert found["RCF"] == pytest.approx(1 / (0.878115**2 + 0.119276**2 + 0.002609**2), abs=0.0001)
    assert found["RP4"] == pytest.approx(7.972297, abs=0.00001)  # Great Ormond Street draws on all
    assert found["R0A"] == pytest.approx(1.190315, abs=0.00001)
    assert len(found) == 138
    assert min(found.values()) >= 1


def test_dates(rows: pl.DataFrame) -> None:
    dates = rows.select("period_start", "period_end", "known_from").unique().rows()
    assert dates == [(date(2011, 1, 1), date(2020, 12, 31), date(2022, 10, 18))]


def test_shares_must_add_up(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"nhs_trust22_code": ["RCF", "RCF"], "proportion_trust_came_from_icb": [0.5, 0.4]},
    )
    pyreadr.write_rdata(tmp_path / "shares.rda", frame)
    with pytest.raises(BadFile, match="RCF that add up to 1"):
        systems_served.read(tmp_path / "shares.rda")
