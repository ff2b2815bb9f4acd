"""Measures of a catalogue: what breaks their form is told with its file and field."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from matchmaker.errors import BadFile
from matchmaker.sector import read_sector
from matchmaker.sources.publication import measures

HARBOURS = Path(__file__).parents[1] / "sectors" / "harbours"


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ('[berths]\nlabl = "Berths"\nunit = "berths"', {"berths.labl": "labl", "berths.label": None}),
        ('berths = "many"', {"berths": "many"}),
        ("[berths", {None: None}),
    ],
    ids=["misspelt", "no table", "no TOML"],
)
def test_a_fault_is_told_with_its_file_and_field(
    text: str, faults: dict[str | None, str | None], tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(HARBOURS, tmp_path / "harbours"))
    (folder / "measures" / "size.toml").write_text(text, "utf-8")
    with pytest.raises(BadFile) as error:
        measures(read_sector(folder))
    assert {issue.column: issue.value for issue in error.value.faults} == faults
    assert {issue.file for issue in error.value.faults} == {"measures/size.toml"}
