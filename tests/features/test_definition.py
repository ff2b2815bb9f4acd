"""Definitions of features: what a sector's files say, and what is said of broken ones."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from made_up import HARBOURS

from matchmaker.errors import BadFile
from matchmaker.features import features
from matchmaker.sector import Sector, read_sector

GOOD = """
[berths]
label = "Berths"
unit = "berths"
from = ["berths"]
why = "A partner needs room to spare."
"""
BROKEN = {
    "size.toml": """
[berths]
label = "Berths"
unit = "berths"
from = ["births"]
why = "A partner needs room to spare."

[staff]
label = "Staff"
unit = "people"
from = ["staff"]
direction = "up"
why = "Staff are what a partner can lend."

[passengers]
label = "Passengers"
unit = "passengers"
from = ["passengers"]
types = ["airport"]
why = "Of a type that there is not."

[income]
label = "Income"
unit = "GBP"
from = ["income"]
""",
    "money.toml": """
stray = 3

[berths]
label = "Berths"
unit = "berths"
from = ["berths"]
over = "population"
why = "The same name once more."

[fact]
label = "A fact"
unit = "yes or no"
from = ["fact.interim"]
how = "mean"
why = "A derived figure has no mean."

[debt]
label = "Debt"
unit = "share"
from = ["debt_share"]
years = 2
why = "Years say something of trends only."
""",
    "setting.toml": "[tides\n",
    "colour.toml": GOOD,
}
Make = Callable[[dict[str, str]], Sector]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """The harbours with other definitions of features."""

    def made(files: dict[str, str]) -> Sector:
        folder = Path(shutil.copytree(HARBOURS, tmp_path / "harbours"))
        shutil.rmtree(folder / "features")
        (folder / "features").mkdir()
        for name, text in files.items():
            (folder / "features" / name).write_text(text, "utf-8")
        return read_sector(folder)

    return made


def test_every_fault_is_told_at_once(make: Make) -> None:
    with pytest.raises(BadFile) as error:
        features(make(BROKEN))
    issues = {(issue.file, issue.column, issue.value) for issue in error.value.faults}
    assert issues == {
        ("size.toml", None, "births"),
        ("size.toml", "staff.direction", "up"),
        ("size.toml", None, "airport"),
        ("size.toml", "income.why", None),
        ("money.toml", "stray", "3"),
        ("money.toml", None, "berths"),
        ("money.toml", None, "population"),
        ("money.toml", "fact", None),
        ("money.toml", "debt", None),
        ("setting.toml", None, None),
        ("features/colour.toml", None, None),
    }
    assert str(error.value).startswith("11 faults in features/colour.toml, money.toml,")
    assert "'higher' or 'lower'" in str(error.value)
    assert "a file named after a dimension: size, setting, money" in str(error.value)
    assert error.value.next_step


def test_defaults(make: Make) -> None:
    (berths,) = features(make({"size.toml": GOOD}))
    assert (berths.name, berths.dimension, berths.sources) == ("berths", "size", ("berths",))
    assert (berths.how, berths.direction, berths.stale_after_months) == ("latest", "none", 36)
    assert (berths.transform, berths.similar, berths.types, berths.takes_log) == ("none", True, (), False)


def test_features_stand_in_the_order_of_the_dimensions_and_of_their_files(harbours: Sector) -> None:
    assert [feature.name for feature in features(harbours)] == [
        *("berths", "staff", "passengers"),
        *("tidal_range", "summer_share", "fog_days"),
        *("surplus_share", "debt_share", "surplus_trend"),
        *("inspection", "groundings"),
        "on_time",
        "watch_level",
    ]


def test_a_sector_may_define_none(make: Make) -> None:
    assert features(make({})) == ()
