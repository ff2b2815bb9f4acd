"""Pair features: what they say of a pair, what is unknown, and that none knows what came later."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from made_up import HARBOURS, made_up_profiles, made_up_snapshot

from matchmaker import Matchmaker, Snapshot
from matchmaker.errors import BadFile
from matchmaker.features.profiles import Profiles, profiles
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.models.learned.design_matrix import design_matrix
from matchmaker.models.learned.pair_features import FORMS, comparable_candidates, pair_features, pair_values
from matchmaker.sector import Sector, read_sector

DAY = date(2020, 6, 30)


def value(then: Profiles, name: str, recipient: str, candidate: str) -> float:
    """One pair feature of one pair."""
    inputs = pair_features(then.sector)
    at = [one.name for one in inputs].index(name)
    rows = np.array([then.position[recipient]])
    return float(pair_values(inputs, then, rows)[at, 0, then.position[candidate]])


def sentence(then: Profiles, name: str, recipient: str, candidate: str) -> str:
    one = next(one for one in pair_features(then.sector) if one.name == name)
    return one.describe(value(then, name, recipient, candidate), then)


def test_figures_are_what_they_say(harbour_engine: Matchmaker) -> None:
    """Eelhythe in June 2020; the table of figures stands in tests/sectors/harbours/README.md."""
    then = harbour_engine.profiles(DAY)

    def says(name: str, candidate: str) -> str:
        return sentence(then, name, "EEL", candidate)

    assert says("distance", "FAR") == "10 km away."
    assert says("distance", "COR") == "30 km away."
    assert says("nearer_harbours", "FAR") == "0 harbours are nearer."  # Dunlinmouth is as near
    assert says("nearer_harbours", "COR") == "2 harbours are nearer."
    assert says("size", "COR") == "2 times the size of the recipient."
    assert says("size", "FAR") == "0.25 times the size of the recipient."
    assert says("grade", "COR") == "Found exemplary."
    assert says("club", "BRI") == "In the pilots' club."
    assert says("club", "GUL") == "Not in the pilots' club."
    assert says("money", "BRI") == "Stronger in money than about 89 in 100 of its type."
    assert says("groundings", "GUL") == "More groundings than 0 in 100 of its type."
    assert says("groundings", "INK") == "More groundings than 89 in 100 of its type."
    assert says("same_bay", "BRI") == "Another bay."
    assert says("helped_before", "BRI") == "On record as having helped 1 harbour."
    assert says("helped_before", "AMB") == "On record as having helped 0 harbours."
    assert says("joint_work", "COR") == "Joint work is on record."
    assert says("joint_work", "BRI") == "No joint work on record."


def test_what_is_not_known_is_said_so(harbour_engine: Matchmaker) -> None:
    then = harbour_engine.profiles(DAY)
    assert np.isnan(value(then, "grade", "MEW", "NET"))
    assert np.isnan(value(then, "club", "EEL", "AMB"))
    distance = pair_features(then.sector)[0]
    assert distance.describe(None, then) == "Not known: distance."


def test_two_at_one_point_are_at_no_known_distance() -> None:
    then = made_up_profiles({code: {"berths": 10} for code in "ABC"}, km={"A": 0, "B": 0, "C": 5})
    assert np.isnan(value(then, "distance", "A", "B"))
    assert np.isnan(value(then, "nearer_harbours", "A", "B"))
    assert value(then, "nearer_harbours", "A", "C") == 0


def test_help_and_joint_leadership_are_counted_by_the_kinds_of_the_sector() -> None:
    """A takeover is no help; who was helped twice counts once."""
    rows = [
        {"recipient": "A", "partner": "C", "start": date(2015, 1, 1)},
        {"recipient": "A", "partner": "C", "start": date(2018, 1, 1)},
        {"recipient": "B", "partner": "C", "start": date(2018, 1, 1)},
        {"recipient": "B", "partner": "A", "start": date(2018, 1, 1), "kind": "takeover"},
        {"recipient": "B", "partner": "A", "start": date(2021, 1, 1)},
    ]
    figures = {code: {"berths": 10} for code in "ABC"}
    then = profiles(made_up_snapshot(figures, pairings=rows), DAY)
    assert [value(then, "helped_before", "B", code) for code in "ABC"] == [0, 0, 2]
    assert value(then, "joint_work", "A", "B") == value(then, "joint_work", "B", "A") == 1


def test_only_those_it_could_join_are_compared(harbour_engine: Matchmaker) -> None:
    """Fishing and ferry harbours may join each other, marinas only marinas."""
    then = harbour_engine.profiles(DAY)
    could = comparable_candidates(then, then.position["EEL"])
    assert not could[then.position["EEL"]]
    assert not could[then.types == "marina"].any()
    assert could[then.position["KIT"]]
    assert could.sum() == (then.types != "marina").sum() - 1


def test_of_many_recipients_are_those_of_each(harbour_engine: Matchmaker) -> None:
    then = harbour_engine.profiles(DAY)
    inputs = pair_features(then.sector)
    rows = np.arange(len(then.types))
    together = pair_values(inputs, then, rows)
    for row in rows:
        alone = pair_values(inputs, then, np.array([row]))
        assert alone[:, 0].tobytes() == np.ascontiguousarray(together[:, row]).tobytes()


def test_each_form_is_used_by_a_sector_of_the_tests(harbours: Sector, engine: Matchmaker) -> None:
    used = {one.form for sector in (harbours, engine.sector) for one in pair_features(sector)}
    assert used == set(FORMS)


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ('form = "moon"', "form: found 'moon'"),
        ('form = "same"', "the form same needs column"),
        ('form = "standing"\ndimension = "luck"', "found 'luck'; expected a dimension: size"),
        ('form = "distance"\nsays = ""', "says, or both says_no and says_yes, are needed"),
        ('form = "distance"\ncolour = "red"', "colour: found 'red'"),
    ],
)
def test_faults_of_the_definitions_are_named(wrong: str, expected: str, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(HARBOURS, tmp_path / "harbours", ignore=shutil.ignore_patterns("data")))
    says = "" if "says" in wrong else 'says = "{value}."\n'
    text = f'[wrong]\n{wrong}\n{says}label = "Wrong"\ndirection = 1\nsource = "none"\n'
    (folder / "pair_features.toml").write_text(text, "utf-8")
    with pytest.raises(BadFile) as error:
        pair_features(read_sector(folder))
    assert expected in error.value.message.replace("column ", "")


@pytest.mark.slow
def test_no_input_knows_what_came_later(snapshot: Snapshot, structural: Sequence[ChoiceSituation]) -> None:
    """Everything later is taken out of the snapshot, or turned upside down: no input moves."""
    choice = next(one for one in structural if one.pairing_id == "ACQ-RR1-RRK-2018")
    later = pl.col("known_from") > choice.day
    tables = {name: snapshot.table(name) for name in snapshot.manifest["tables"]}
    tables["pairings"] = tables["pairings"].filter(pl.col("start") <= choice.day)
    tables["groups"] = tables["groups"].filter(pl.col("as_of") <= choice.day)
    # published types are identities, which may be taken from later lists
    tables["attributes"] = tables["attributes"].filter(~later | (pl.col("attribute") != "trust_type_eric"))
    tables["measures"] = tables["measures"].with_columns(value=pl.when(later).then(1.0).otherwise("value"))
    other = Snapshot.of(tables, snapshot.manifest)
    assert other.hash != snapshot.hash
    same = design_matrix(profiles(other, choice.day), choice.row)
    assert np.array_equal(same, design_matrix(choice.profiles, choice.row), equal_nan=True)
    # The shared leadership before the acquisition is known, the acquisition is not.
    assert choice.chosen is not None
    led_together = [one.name for one in pair_features(snapshot.sector)].index("led_together")
    assert same[choice.chosen, led_together] == 1
    planted = snapshot.pairings.with_columns(start=pl.lit(date(2012, 1, 1)))
    leaky = Snapshot.of(tables | {"pairings": planted}, snapshot.manifest)
    assert not np.array_equal(same, design_matrix(profiles(leaky, choice.day), choice.row), equal_nan=True)


def test_figures_of_trusts_are_what_they_say(engine: Matchmaker) -> None:
    """Medway in June 2019 and three trusts that anyone can look up."""
    then = engine.profiles(date(2019, 6, 1))

    def says(name: str, candidate: str) -> str:
        return sentence(then, name, "RPA", candidate)

    assert says("distance", "RWF") == "12 km away."  # Maidstone and Tunbridge Wells
    assert says("nearer_trusts", "RXY") == "2 trusts are nearer."
    assert says("same_system", "RWF") == "The same local system."
    assert says("same_region", "RWF") == "The same region."
    assert says("same_kind", "RXY") == "Another kind of trust."
    assert says("teaching", "RJ1") == "A teaching trust."
    assert says("rating", "RWF") == "Rated requires improvement."
    assert says("helped_before", "RRK") == "On record as having helped 4 trusts."
