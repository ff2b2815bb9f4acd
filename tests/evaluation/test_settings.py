"""`evaluation.toml`: every part optional, and faults named."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from matchmaker import Matchmaker
from matchmaker.errors import BadFile
from matchmaker.evaluation.settings import FILE, evaluation_settings, report_families
from matchmaker.features import features
from matchmaker.models.arrangement import arrangement
from matchmaker.models.registry import methods
from matchmaker.sector import Sector, read_sector


def with_text(sector: Sector, folder: Path, text: str | None) -> Sector:
    copy = Path(shutil.copytree(str(sector.folder), folder / "harbours"))
    (copy / FILE).unlink()
    if text is not None:
        (copy / FILE).write_text(text, "utf-8")
    return read_sector(copy)


def test_a_sector_needs_no_such_file(harbours: Sector, tmp_path: Path) -> None:
    settings = evaluation_settings(with_text(harbours, tmp_path, None))
    assert (settings.eras, settings.targets, settings.lookahead, settings.outcomes) == ((), (), None, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            '[families.Marriage]\nphrase = "past marriages"\n',
            "found 'Marriage'; expected a family of pairings",
        ),
        ('[[targets]]\nfamily = "Tides"\nmetric = "hit@5"\nvalue = 0.5\n', "found 'Tides'"),
        ("[[eras]]\nsince = 2020-01-01\n", "eras.0.label"),
        ("[lookahead]\nknown_on = 2020-01-01\ncolour = 1\n", "lookahead.colour"),
    ],
)
def test_faults_are_named(text: str, expected: str, harbours: Sector, tmp_path: Path) -> None:
    with pytest.raises(BadFile) as error:
        evaluation_settings(with_text(harbours, tmp_path, text))
    assert expected in error.value.message


def test_families_come_in_the_order_of_their_kinds(harbours: Sector, engine: Matchmaker) -> None:
    assert report_families(harbours) == ["Mentoring", "Takeover"]
    assert report_families(engine.sector) == [
        "Buddying",
        "Structural",
        "Shared leadership",
        "Management contract",
    ]


def test_what_the_sectors_name_is_there(harbours: Sector, engine: Matchmaker) -> None:
    for sector in (harbours, engine.sector):
        settings = evaluation_settings(sector)
        assert settings.lookahead is not None
        assert set(settings.lookahead.methods) <= set(methods(sector))
        study = settings.outcomes
        assert study is not None
        criteria = {one.name for one in arrangement(sector, study.arrangement).criteria}
        assert {one.criterion for one in study.exposures} - {""} <= criteria
        assert study.rating is not None
        unit = next(one.unit for one in features(sector) if one.name == study.rating.feature)
        assert unit in sector.display.scales
        days = [era.since for era in settings.eras]
        assert days == sorted(days)
        assert days[0] == date.min
