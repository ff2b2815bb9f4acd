"""Cancelled operations by quarter."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.errors import BadFile
from matchmaker.sector import load_sector
from matchmaker.sectors.nhs.sources import cancelled_operations
from matchmaker.sources.publication import measures


def assert_form(frame: pl.DataFrame) -> None:
    assert not frame.select("code", "measure", "period_start", "period_end").is_duplicated().any()
    for measure, low, high in (
        frame.group_by("measure").agg(pl.min("value").alias("low"), pl.max("value").alias("high")).iter_rows()
    ):
        limits = measures(load_sector("nhs"))[measure]
        assert limits.minimum is not None
        assert limits.maximum is not None
        assert limits.minimum <= low <= high <= limits.maximum


def value(frame: pl.DataFrame, code: str, measure: str, end: date) -> float:
    ((found,),) = frame.filter(code=code, measure=measure, period_end=end).select("value").iter_rows()
    return float(found)


FOLDER = "raw/nhse-cancelled-operations"
LATE = "cancelled_operations_not_rebooked_share"


@pytest.fixture(scope="module")
def frame(raw_data: Path) -> pl.DataFrame:
    return pl.concat(cancelled_operations.read(f) for f in sorted((raw_data / FOLDER).glob("*.xlsx")))


def test_cells(frame: pl.DataFrame) -> None:
    # Q1-2025-26 workbook (cells of the XML): R1H 382 and 79, RXL 206 and 28, RAS 19 and 0
    end = date(2025, 6, 30)
    assert value(frame, "R1H", "cancelled_operations", end) == 382
    assert value(frame, "R1H", LATE, end) == pytest.approx(79 / 382)
    assert value(frame, "RXL", LATE, end) == pytest.approx(28 / 206)
    assert value(frame, "RAS", LATE, end) == 0


def test_agrees_with_england(frame: pl.DataFrame) -> None:
    # The row "England (Excluding Independent Sector)" of each workbook; a few NHS bodies are no trusts.
    wide = frame.pivot("measure", index=["code", "period_end"], values="value").with_columns(
        late=pl.col("cancelled_operations") * pl.col(LATE)
    )
    sums = wide.group_by("period_end").agg(pl.sum("cancelled_operations", "late")).sort("period_end")
    england = [(21249, 4825), (22681, 4856), (21820, 5122), (19268, 4303)]
    for (_, cancelled, late), (all_cancelled, all_late) in zip(sums.iter_rows(), england, strict=True):
        assert all_cancelled * 0.998 <= cancelled <= all_cancelled
        assert all_late * 0.995 <= round(late) <= all_late


def test_periods_and_publication_days(frame: pl.DataFrame) -> None:
    days = frame.select("period_start", "period_end", "known_from").unique().sort("period_end").rows()
    assert days == [
        (date(2024, 7, 1), date(2024, 9, 30), date(2024, 11, 14)),
        (date(2024, 10, 1), date(2024, 12, 31), date(2025, 2, 13)),
        (date(2025, 1, 1), date(2025, 3, 31), date(2025, 5, 15)),
        (date(2025, 4, 1), date(2025, 6, 30), date(2025, 8, 14)),
    ]


def test_coverage_and_form(frame: pl.DataFrame) -> None:
    counts = frame.filter(measure="cancelled_operations").group_by("period_end").len().sort("period_end")
    assert counts["len"].to_list() == [138, 139, 136, 136]
    assert_form(frame)


def test_a_workbook_without_its_notes_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = pl.DataFrame({"c0": ["Title:"], "c1": ["Something else"]})
    monkeypatch.setattr(cancelled_operations.tabular, "cells", lambda *_: empty)
    with pytest.raises(BadFile, match="publication day"):
        cancelled_operations.read(tmp_path / "Q1.xlsx")
