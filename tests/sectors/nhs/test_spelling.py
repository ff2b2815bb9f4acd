"""Names in capitals as people write them."""

from __future__ import annotations

import pytest

from matchmaker.sectors.nhs.spelling import tidy_name


@pytest.mark.parametrize(
    ("printed", "written"),
    [
        ("MEDWAY NHS FOUNDATION TRUST", "Medway NHS Foundation Trust"),
        ("GUY'S AND ST THOMAS' NHS FOUNDATION TRUST", "Guy's and St Thomas' NHS Foundation Trust"),
        ("THE NEWCASTLE UPON TYNE HOSPITALS", "The Newcastle upon Tyne Hospitals"),
        ("STOKE-ON-TRENT", "Stoke-on-Trent"),
        ("Queen Mary'S Hospital", "Queen Mary's Hospital"),
    ],
)
def test_as_people_write(printed: str, written: str) -> None:
    assert tidy_name(printed) == written
