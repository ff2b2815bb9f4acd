"""What the report says of rank intervals."""

from __future__ import annotations

from matchmaker import Matchmaker
from matchmaker.evaluation.report.document import Table
from matchmaker.evaluation.report.intervals import interval_sections
from matchmaker.models.arrangement import arrangements


def test_every_arrangement_tells_how_often_its_intervals_held(engine: Matchmaker) -> None:
    (section,) = interval_sections(engine.sector)
    (table,) = (block for block in section.blocks if isinstance(block, Table))
    assert {row[0].lower() for row in table.rows} == set(arrangements(engine.sector))
    assert all("%" in cell for row in table.rows for cell in row[1:])


def test_a_sector_without_intervals_has_no_section(harbour_engine: Matchmaker) -> None:
    assert interval_sections(harbour_engine.sector) == []
