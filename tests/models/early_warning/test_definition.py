"""Definitions of signs: checked together, and none where a sector has no file."""

from __future__ import annotations

import tomllib

import pytest

from matchmaker.errors import BadFile
from matchmaker.models.early_warning.definition import early_warning, parse, regime_label, signs
from matchmaker.models.evidence import findings
from matchmaker.sector import Sector, load_sector

from .conftest import SIGNS


def test_signs_are_read_in_the_order_of_the_file(watched: Sector) -> None:
    assert [sign.name for sign in signs(watched)] == ["groundings", "lateness", "deficit", "inspection"]
    assert signs(watched)[2].sources == ("surplus_share", "debt_share")


def test_a_sector_without_the_file_has_no_signs(harbours: Sector) -> None:
    assert early_warning(harbours) is None
    assert signs(harbours) == ()


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            'from = ["groundings"]',
            'from = ["berths"]',
            "groundings.from.* berths is not a feature with a direction",
        ),
        ('from = ["groundings"]', 'from = ["nonsense"]', "nonsense is not a feature with a direction"),
        ('label = "Many groundings"', 'label = ""', "groundings.label"),
        ('label = "Many groundings"', 'label = "Many groundings"\ncolour = 1', "groundings.colour"),
        ('base_rates = "notice"', 'base_rates = "other"', "base_rates is not one of notice, administration"),
        ('notice = ["notice"]', 'notice = ["arrest"]', "arrest is not a regime: notice, administration"),
        ("within_years = 2", "within_years = 0", "validation.within_years"),
        ('warning = "Most of these are false alarms."', "", "warning"),
    ],
)
def test_a_fault_is_named(harbours: Sector, before: str, after: str, expected: str) -> None:
    assert before in SIGNS
    with pytest.raises(BadFile, match=f"(?s){expected}"):
        parse(tomllib.loads(SIGNS.replace(before, after)), harbours)


def test_all_faults_are_named_together(harbours: Sector) -> None:
    text = SIGNS.replace('from = ["groundings"]', 'from = ["berths"]').replace('"Few calls on time"', '""')
    with pytest.raises(BadFile) as caught:
        parse(tomllib.loads(text), harbours)
    assert len(caught.value.faults) == 2


def test_a_regime_has_its_own_words_in_reports(harbours: Sector) -> None:
    assert regime_label(harbours, "notice") == "a safety notice"
    assert regime_label(harbours, "house_arrest") == "house arrest"
    nhs = load_sector("nhs")
    assert regime_label(nhs, "quality") == "special measures for quality"
    assert regime_label(nhs, "both") == "special measures"


def test_signs_of_the_nhs_rest_on_evidence() -> None:
    nhs = load_sector("nhs")
    assert 5 <= len(signs(nhs)) <= 8
    for sign in signs(nhs):
        assert "E22" in sign.evidence
        assert set(sign.evidence) <= findings(nhs).keys()
