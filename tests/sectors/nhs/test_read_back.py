"""Numbers read back: cells of profiles against figures read by hand in the source files."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from matchmaker.features import features
from matchmaker.features.profiles import Profiles, profiles
from matchmaker.sector import load_sector

if TYPE_CHECKING:
    from matchmaker import Snapshot

CELLS = tomllib.loads(Path(__file__).with_name("read_back.toml").read_text("utf-8"))["cell"]


@pytest.fixture(scope="module")
def on(snapshot: Snapshot) -> Callable[[date], Profiles]:
    return cache(lambda day: profiles(snapshot, day))


def by_hand(cell: dict[str, Any]) -> float:
    """The value that the file's figures make."""
    if "value" in cell:
        return float(cell["value"])
    days = cell.get("days", [1] * len(cell["above"]))
    above = sum(figure * weight for figure, weight in zip(cell["above"], days, strict=True))
    return float(above / sum(cell.get("below", days)))


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: f"{cell['feature']}-{cell['code']}-{cell['day']:%Y}")
def test_a_cell_says_what_its_file_says(on: Callable[[date], Profiles], cell: dict[str, Any]) -> None:
    cells = on(cell["day"]).cells
    row = cells.filter(pl.col("code") == cell["code"], pl.col("feature") == cell["feature"]).row(
        0, named=True
    )
    assert row["value"] == pytest.approx(by_hand(cell), rel=1e-9)
    assert row["period_end"] == cell["period_end"]
    assert row["known_from"] <= cell["day"]
    # Facts of boards name the paper that told them as their source, and no file.
    assert row["file"] == ("" if cell["file"].startswith("board/") else f"raw/{cell['file']}")


def test_cells_of_every_dimension_and_of_many_years_were_read() -> None:
    sector = load_sector("nhs")
    dimension = {feature.name: feature.dimension for feature in features(sector)}
    assert len(CELLS) >= 20
    assert {dimension[cell["feature"]] for cell in CELLS} == set(sector.dimensions)
    assert len({cell["day"].year for cell in CELLS}) >= 7
