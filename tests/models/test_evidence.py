"""Findings, and the publications they were read in."""

from __future__ import annotations

from matchmaker.models.evidence import findings
from matchmaker.sector import Sector


def test_findings_by_their_id(harbours: Sector) -> None:
    found = findings(harbours)
    assert list(found) == ["E1", "E2", "E3", "E4"]
    assert found["E2"].says == "A small harbour could not carry a large one."
    assert found["E2"].source.startswith("The Pilots' Society")
