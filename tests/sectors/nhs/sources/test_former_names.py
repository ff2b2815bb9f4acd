"""Names that trusts had, by their estates returns."""

from __future__ import annotations

from pathlib import Path

from matchmaker.sectors.nhs.sources.former_names import PUBLICATIONS, read


def test_names_of_2013(raw_data: Path) -> None:
    (pattern,) = PUBLICATIONS[0].files
    files = sorted((raw_data / "raw").glob(pattern))
    assert len(files) == 4
    names = dict(read(files[0]).select("code", "name").iter_rows())
    assert names["TAJ"] == "BLACK COUNTRY PARTNERSHIP NHS FOUNDATION TRUST"
    assert names["RA9"] == "SOUTH DEVON HEALTH CARE NHS FOUNDATION TRUST"
    assert all(len(read(file)) > 230 for file in files)
