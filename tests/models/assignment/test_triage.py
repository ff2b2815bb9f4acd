"""Who is in need, and who most."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from made_up import HARBOURS, made_up_profiles

from matchmaker import Matchmaker
from matchmaker.errors import InvalidParameter
from matchmaker.features.profiles import Profiles
from matchmaker.models.assignment.triage import (
    by_need,
    in_need,
    need_known,
    of_regions,
    recipients_in_need,
)
from matchmaker.models.assignment.types import NeedKnown
from matchmaker.sector import Sector, read_sector

LEVELS = {
    "HAA": {"watch_level": 4, "inspection": 2},
    "HBB": {"watch_level": 3.9, "inspection": 1},
    "HCC": {"watch_level": 5, "inspection": 3},
    "HDD": {"watch_level": 4, "inspection": 1},
    "HEE": {"watch_level": 4},
    "HFF": {"inspection": 1},
    "HGG": {"watch_level": 4, "inspection": 1},
}


@pytest.fixture(scope="module")
def seen() -> Profiles:
    return made_up_profiles(LEVELS)


def test_of_how_many_of_each_type_the_need_is_known() -> None:
    figures = LEVELS | {"FAA": {}, "FBB": {"watch_level": 2}}
    mixed = made_up_profiles(figures, types={"FAA": "ferry", "FBB": "ferry"})
    assert need_known(mixed) == (NeedKnown("fishing", 6, 7), NeedKnown("ferry", 1, 2))
    assert [one.unknown for one in need_known(mixed)] == [1, 1]
    # A level too old to use is as good as none.
    old = made_up_profiles(figures, types={"FAA": "ferry", "FBB": "ferry"}, as_of=date(2040, 1, 1))
    assert need_known(old) == (NeedKnown("fishing", 0, 7), NeedKnown("ferry", 0, 2))


def changed(folder: Path, before: str, after: str) -> Sector:
    """Harbours with another `need`."""
    copy = Path(shutil.copytree(HARBOURS, folder / "harbours"))
    text = (copy / "sector.toml").read_text("utf-8")
    assert before in text
    (copy / "sector.toml").write_text(text.replace(before, after), "utf-8")
    return read_sector(copy)


def test_those_at_the_limit_or_beyond_the_greatest_need_first(seen: Profiles) -> None:
    """By watch level, then by inspection, then by code; what is unknown comes last."""
    assert [one.organisation.code for one in in_need(seen)] == ["HCC", "HDD", "HGG", "HAA", "HEE"]
    assert recipients_in_need(seen) == ("HAA", "HCC", "HDD", "HEE", "HGG")


def test_headline_features_stand_beside_each(seen: Profiles) -> None:
    first, *_, last = in_need(seen)
    assert [(one.feature, one.value, one.text) for one in first.headlines] == [
        ("watch_level", 5.0, "5 of 5"),
        ("inspection", 3.0, "Sound"),
    ]
    assert (last.headlines[1].value, last.headlines[1].text) == (None, "unknown")


def test_an_upper_limit(tmp_path: Path) -> None:
    sector = changed(tmp_path, "at_least = 4", "at_most = 4")
    sector_order = made_up_profiles(LEVELS, sector=sector)
    assert [one.organisation.code for one in in_need(sector_order)] == ["HBB", "HDD", "HGG", "HAA", "HEE"]


def test_where_nobody_is_in_need() -> None:
    calm = made_up_profiles({"HAA": {"watch_level": 1}})
    assert in_need(calm) == ()
    with pytest.raises(
        InvalidParameter, match="No harbour is known to be on watch level 4 or 5 on 30 June 2020"
    ):
        recipients_in_need(calm)


def test_a_sector_that_does_not_say_who_is_in_need(tmp_path: Path) -> None:
    text = (HARBOURS / "sector.toml").read_text("utf-8")
    need = text[text.index("[need]") : text.index("[interventions]")]
    seen = made_up_profiles(LEVELS, sector=changed(tmp_path, need, ""))
    assert in_need(seen) == ()
    assert by_need(seen, np.array([2, 0])).tolist() == [1, 0]
    with pytest.raises(InvalidParameter, match="no rule says which harbours are in need"):
        recipients_in_need(seen)


def test_regions_narrow_by_name_whatever_the_case(harbour_engine: Matchmaker) -> None:
    seen = harbour_engine.profiles()
    assert of_regions(seen, ("EEL", "OSP"), ["west COAST"]) == ("EEL",)
    with pytest.raises(InvalidParameter, match="There is no coast 'Mercia'"):
        of_regions(seen, ("EEL",), ["Mercia"])
    with pytest.raises(InvalidParameter, match="None of the recipients is in East coast"):
        of_regions(seen, ("EEL",), ["East coast"])


def test_trusts_in_greater_need_come_first(engine: Matchmaker) -> None:
    profiles = engine.profiles()
    rows = np.arange(len(profiles.types))
    order = by_need(profiles, rows)
    segment = profiles.values[order, profiles.column["oversight_segment"]]
    known = segment[~np.isnan(segment)]
    assert sorted(order.tolist()) == rows.tolist()
    assert (np.diff(known) <= 0).all()
    assert np.isnan(segment[len(known) :]).all()
    needing = in_need(profiles)
    assert len(needing) == (segment >= 4).sum() > 0
    assert all(one.headlines[0].value >= 4 for one in needing)
