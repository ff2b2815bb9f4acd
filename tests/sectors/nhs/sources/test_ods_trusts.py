"""The ODS list of trusts: every edition against its own lines, and lists that are not what they should be."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from matchmaker.errors import BadFile
from matchmaker.sectors.nhs.sources import ods_trusts

FIELDS = 27


def line(**said: str) -> str:
    """One line in the layout without headings."""
    cells = [""] * FIELDS
    usual = {
        "code": "RPA",
        "name": "MEDWAY NHS FOUNDATION TRUST",
        "postcode": "ME7 5NY",
        "opened": "19930401",
    }
    for name, value in (usual | said).items():
        cells[ods_trusts.PLACES[name]] = value
    return ",".join(f'"{cell}"' for cell in cells)


def listed(folder: Path, *lines: str) -> Path:
    path = folder / "etr_2026-08.csv"
    path.write_text("\n".join(lines), "utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "day", "trusts", "closed"),
    [
        ("etr_2022-03.csv", date(2022, 3, 1), 215, 6),
        ("etr_2026-04.csv", date(2026, 4, 1), 271, 71),
        ("etr_2026-07.csv", date(2026, 7, 1), 271, 72),
    ],
)
def test_editions(raw_data: Path, name: str, day: date, trusts: int, closed: int) -> None:
    frame = ods_trusts.read(raw_data / "raw" / "ods-etr" / name)
    assert frame["edition"].unique().to_list() == [day]
    assert (frame.height, frame["closed"].drop_nulls().len()) == (trusts, closed)
    assert not set(frame["code"]) & set(ods_trusts.WELSH)


def test_a_line_of_the_list_of_july_2026(raw_data: Path) -> None:
    frame = ods_trusts.read(raw_data / "raw" / "ods-etr" / "etr_2026-07.csv")
    (online,) = frame.filter(code="K0N6A").iter_rows(named=True)
    assert (online["name"], online["region_code"], online["locality_code"]) == (
        "THE ONLINE NHS TRUST",
        "Y56",
        "QKK",
    )
    assert (online["postcode"], online["opened"], online["closed"]) == ("SE1 8UG", date(2026, 6, 1), None)
    (yeovil,) = frame.filter(code="RA4").iter_rows(named=True)
    assert yeovil["closed"] == date(2023, 3, 31)


def test_editions_to_which_headings_were_added(raw_data: Path) -> None:
    frame = ods_trusts.read_historic(raw_data / "raw" / "thf-trust-reference" / "etr_2016.csv")
    assert frame["edition"].unique().to_list() == [date(2016, 12, 1)]
    (heart,) = frame.filter(code="RR1").iter_rows(named=True)
    assert (heart["postcode"], heart["opened"]) == ("B9 5ST", date(1996, 4, 1))


def test_a_code_of_a_new_form_is_a_trust_all_the_same(tmp_path: Path) -> None:
    frame = ods_trusts.read(listed(tmp_path, line(), line(code="A1B2C"), line(code="RQF")))
    assert frame.select("row", "code").rows() == [(1, "RPA"), (2, "A1B2C")]


@pytest.mark.parametrize(
    ("said", "column", "expected"),
    [
        ({"opened": "1 April 1993"}, "opened", "a date as YYYYMMDD"),
        ({"closed": "20260231"}, "closed", "a date as YYYYMMDD"),
        ({"postcode": "GILLINGHAM"}, "postcode", "a postcode"),
        ({"region_code": "KENT"}, "region_code", "a region's code, such as Y56"),
        ({"locality_code": "ME7 5NY"}, "locality_code", "a system's code, such as QKK or Z9B2Z"),
        ({"code": "Medway"}, "code", "the code of an organisation"),
    ],
)
def test_a_field_that_is_not_what_it_should_be(
    tmp_path: Path, said: dict[str, str], column: str, expected: str
) -> None:
    with pytest.raises(BadFile) as caught:
        ods_trusts.read(listed(tmp_path, line(), line(**said)))
    (fault,) = caught.value.faults
    assert (fault.row, fault.column, fault.expected) == (2, column, expected)
    assert fault.value == next(iter(said.values()))


def test_another_layout_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="layout of 27 columns without a heading"):
        ods_trusts.read(listed(tmp_path, "RPA,Medway,1"))
    with pytest.raises(BadFile, match="codes of NHS trusts in the first column"):
        ods_trusts.read(listed(tmp_path, line(code="")))
