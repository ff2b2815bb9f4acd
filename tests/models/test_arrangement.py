"""Arrangements as data: parsed with every fault, changed by weights and rules."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from made_up import HARBOURS

from matchmaker.errors import BadFile, InvalidParameter
from matchmaker.models.arrangement import (
    Arrangement,
    arrangement,
    arrangements,
    parse_arrangement,
    read_arrangement,
)
from matchmaker.sector import Sector, read_sector

TEXT = (HARBOURS / "arrangements" / "mentoring.toml").read_text("utf-8")


@pytest.fixture(scope="module")
def mentoring(harbours: Sector) -> Arrangement:
    return arrangement(harbours, "mentoring")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("weight = 0.4", "weight = -1", "criteria.setting_similarity.weight: found '-1'; expected input"),
        ("weight = 0.4", "weight = nan", "finite number"),
        ("weight = 0.4", 'weight = "much"', "valid number"),
        ('form = "proximity"', 'form = "charm"', "'similarity', 'standing'"),
        ('dimension = "setting"', 'dimension = "charm"', "setting_similarity.dimension: found 'charm'; "
            "expected one of size, setting"),
        ('dimension = "setting"', "", "a similarity needs a dimension"),
        ("half_km = 20", "half_km = 0", "greater than 0"),
        ("half_km = 20", "ratios = [2.0, 0.5]", "the ratio worth 0 must be below the ratio worth 1"),
        ('evidence = ["E1"]', 'evidence = ["Miller"]', "should match pattern"),
        ('name = "mentoring"', "", "column name: expected this field. Add name"),
        ('name = "mentoring"', 'name = "mentoring"\ncolour = "red"', "column colour: found 'colour'"),
        ("[criteria.nearness]", "[criteria.nearness", "TOML"),
    ],
)  # fmt: skip
def test_a_file_is_refused_with_its_faults(
    tmp_path: Path, harbours: Sector, old: str, new: str, says: str
) -> None:
    assert old in TEXT
    own = tmp_path / "own.toml"
    own.write_text(TEXT.replace(old, new, 1), "utf-8")
    with pytest.raises(BadFile) as refusal:
        read_arrangement(own, harbours)
    assert says in str(refusal.value)
    assert "own.toml" in str(refusal.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path, harbours: Sector) -> None:
    with pytest.raises(BadFile, match="a readable text file"):
        read_arrangement(tmp_path / "none.toml", harbours)


def test_without_criteria_or_weights_there_is_nothing_to_rank_by(harbours: Sector) -> None:
    with pytest.raises(BadFile, match="a table 'criteria'"):
        parse_arrangement("own.toml", TEXT.split("[criteria")[0], harbours)
    with pytest.raises(BadFile, match="the weights add up to nothing"):
        parse_arrangement("own.toml", _without_weights(TEXT), harbours)


def _without_weights(text: str) -> str:
    return "\n".join("weight = 0" if line.startswith("weight") else line for line in text.splitlines())


def test_the_faults_of_all_files_of_a_sector_are_told_together(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(HARBOURS, tmp_path / "harbours"))
    for name in ("mentoring", "takeover"):
        file = folder / "arrangements" / f"{name}.toml"
        file.write_text(file.read_text("utf-8").replace("version = ", "version = -"), "utf-8")
    with pytest.raises(BadFile, match=r"2 faults in mentoring\.toml, takeover\.toml"):
        arrangements(read_sector(folder))


def test_an_unknown_name_is_answered_with_the_known(harbours: Sector) -> None:
    with pytest.raises(InvalidParameter, match="Choose one of joint_watch, mentoring, takeover") as error:
        arrangement(harbours, "adoption")
    assert error.value.loc == ("arrangement",)


def test_weights_are_changed_by_name(mentoring: Arrangement) -> None:
    changed = mentoring.with_weights({"nearness": 0.5, "Joint work": 0})
    weights = {one.name: one.weight for one in changed.criteria}
    assert weights["nearness"] == 0.5 and weights["joint_work"] == 0
    assert mentoring.with_weights({}) == mentoring


def test_rules_are_left_out_added_and_set(mentoring: Arrangement) -> None:
    changed = mentoring.with_rules(("Same type",), {"watch_level": {"highest": 2}, "within_km": {"km": 5}})
    rules = {rule.name: dict(rule.parameters) for rule in changed.rules}
    assert "same_type" not in rules
    assert rules["watch_level"] == {"highest": 2}
    assert rules["within_km"] == {"km": 5}
    assert changed.rules[-1].why == "Asked for in the question."
    with pytest.raises(InvalidParameter, match="is both relaxed and set"):
        mentoring.with_rules(("watch_level",), {"watch_level": {"highest": 2}})


def test_the_same_rules_written_otherwise_are_equal(mentoring: Arrangement) -> None:
    one = mentoring.with_rules(
        (), {"in_region": {"regions": ["A", "B"]}, "size_ratio": {"lowest": 1, "highest": 2}}
    )
    other = mentoring.with_rules(
        (), {"in_region": {"regions": ("A", "B")}, "size_ratio": {"highest": 2, "lowest": 1}}
    )
    assert one == other and hash(one) == hash(other)
