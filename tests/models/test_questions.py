"""What a question may say of weights, focus areas, limits and trusts, and how it is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from matchmaker import Matchmaker
from matchmaker.errors import BadFile, InvalidParameter, MatchmakerError, UnknownOrganisation
from matchmaker.models.arrangement import arrangements, read_arrangement
from matchmaker.models.recommender import Recommender
from matchmaker.models.scoring import focus_areas

NOTHING = {criterion.name: 0 for criterion in arrangements()["buddying"].criteria}


@pytest.mark.parametrize(
    ("question", "error", "said"),
    [
        ({"weights": NOTHING}, InvalidParameter, "These weights add up to 0, so there is nothing to rank by. Give"),
        ({"weights": {"context": -0.1}}, InvalidParameter, "The weight -0.1 of 'context' is not 0 or more."),
        ({"weights": {"context": float("nan")}}, InvalidParameter, "The weight nan of 'context' is not 0 or more."),
        ({"weights": {"context": float("inf")}}, InvalidParameter, "The weight inf of 'context' is not 0 or more."),
        ({"weights": {"charm": 1}}, InvalidParameter, "'charm' is no criterion of buddying. The criteria"),
        ({"weights": {"": 1}}, InvalidParameter, "'' is no criterion of buddying."),
        ({"weights": {"p": 1}}, InvalidParameter, "'p' means several criteria of buddying. The criteria are:"),
        ({"focus": ["charm"]}, InvalidParameter, "'charm' can't be a focus area. Choose from: "),
        ({"focus": ["staff"]}, InvalidParameter, "'staff' can't be a focus area. Choose from: "),
        ({"focus": ["surplus_share", "mortality", "cqc_overall", "sickness_absence"]}, InvalidParameter, "4 focus"),
        ({"for_": "adoption"}, InvalidParameter, "There is no arrangement 'adoption'. Choose one of acquisition"),
        ({"method": "guess"}, InvalidParameter, "There is no method 'guess'. Choose one of evidence, "),
        ({"beside": ["guess"]}, InvalidParameter, "There is no method 'guess'."),
        ({"limit": 0}, InvalidParameter, "A shortlist of 0 holds nothing. Ask for 1 option or more."),
        ({"recipient": "XYZ9"}, UnknownOrganisation, "No organisation has the code or name 'XYZ9'."),
    ],
)  # fmt: skip
def test_what_can_not_be_asked(
    engine: Matchmaker, question: dict[str, Any], error: type[MatchmakerError], said: str
) -> None:
    with pytest.raises(error) as refusal:
        engine.shortlist(**{"recipient": "RPA"} | question)
    assert said in str(refusal.value)
    assert refusal.value.next_step


def test_a_matcher_knows_only_codes_that_are_open_on_its_day(engine: Matchmaker) -> None:
    with pytest.raises(UnknownOrganisation, match="No organisation with the code 'RA4' is open on 22 Aug"):
        engine.recommender().shortlist("RA4")  # Yeovil, closed in 2023


def test_a_weight_is_named_by_its_beginning(engine: Matchmaker) -> None:
    whole, short, spaced = (
        engine.recommender(weights={name: 0.4}).arrangement
        for name in ("context_similarity", "context", "Context Similarity")
    )
    assert whole == short == spaced
    assert {c.name: c.weight for c in whole.criteria}["context_similarity"] == 0.4


def test_a_weight_moves_those_who_are_strong_in_it(engine: Matchmaker) -> None:
    near = engine.shortlist("RPA", weights={"proximity": 5}, draws=0, limit=5).options
    usual = engine.shortlist("RPA", draws=0, limit=5).options
    assert sum(one.distance_km for one in near) < sum(one.distance_km for one in usual)


def test_weights_that_are_the_preset_change_nothing(engine: Matchmaker) -> None:
    preset = {criterion.name: criterion.weight for criterion in arrangements()["merger"].criteria}
    assert engine.shortlist("RPA", "merger", weights=preset) == engine.shortlist("RPA", "merger")


def test_focus_areas_are_the_weakest_unless_named(engine: Matchmaker) -> None:
    profiles = engine.profiles()
    own = profiles.standings[profiles.position["RPA"]]
    usual = engine.shortlist("RPA", draws=0)
    columns = focus_areas.weakest_areas(profiles, profiles.position["RPA"])
    assert usual.focus == tuple(profiles.features[at].label for at in columns)
    assert 0 < len(columns) <= focus_areas.MAX_AREAS
    others = [
        own[at]
        for at, feature in enumerate(profiles.features)
        if feature.dimension in focus_areas.DIMENSIONS
        and feature.name not in focus_areas.SUMMARIES
        and at not in columns
    ]
    assert max(own[list(columns)]) <= min(one for one in others if one == one)
    named = engine.shortlist("RPA", focus=["mortality"], draws=0)
    assert named.focus == (profiles.features[profiles.column["mortality"]].label,)
    strengths = [
        next(row.value for row in option.rows if row.name == "complementary_strength")
        for option in named.options
    ]
    standing = profiles.standings[:, profiles.column["mortality"]]
    expected = [standing[profiles.position[option.trust.code]] for option in named.options]
    assert strengths == [None if one != one else one for one in expected]


def test_an_area_named_twice_counts_once(engine: Matchmaker) -> None:
    once, twice = (engine.shortlist("RPA", focus=["mortality"] * times, draws=0) for times in (1, 2))
    assert once.options == twice.options


def test_one_with_no_weak_area_is_told_so(engine: Matchmaker) -> None:
    profiles = engine.profiles()
    rows = [row for row in range(len(profiles.types)) if not focus_areas.weakest_areas(profiles, row)]
    assert rows
    answer = engine.shortlist(profiles.organisations["code"][rows[0]], "service", draws=0)
    assert answer.focus == ()
    for option in answer.options:
        row = next(row for row in option.rows if row.name == "complementary_strength")
        assert (row.value, row.contribution) == (None, 0)
        assert row.sentence == "No focus area is known of both, or the recipient is weak in none."


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("weight = 0.26", "weight = -1", "greater than or equal to 0"),
        ("weight = 0.26", "weight = nan", "finite number"),
        ("weight = 0.26", 'weight = "much"', "valid number"),
        ('kind = "proximity"', 'kind = "charm"', "'similarity', 'standing'"),
        ('dimension = "context"', 'dimension = "charm"', "a similarity needs a dimension, one of size"),
        ('name = "buddying"', "", "Field required"),
        ("[criteria.proximity]", "[criteria.proximity", "TOML"),
    ],
)
def test_a_file_of_ones_own_is_refused_with_its_faults(tmp_path: Path, old: str, new: str, said: str) -> None:
    shipped = Path(read_arrangement.__code__.co_filename).parent / "arrangements" / "buddying.toml"
    text = shipped.read_text("utf-8")
    assert old in text
    own = tmp_path / "own.toml"
    own.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(BadFile) as refusal:
        read_arrangement(own)
    assert said in str(refusal.value)
    assert "own.toml" in str(refusal.value)


def test_a_file_of_ones_own_is_used_like_any_other(engine: Matchmaker, tmp_path: Path) -> None:
    own = tmp_path / "near.toml"
    own.write_text(
        """
        name = "near"
        label = "Near"
        partner = "neighbour"
        version = 3
        nature = "voluntary"
        scale = "individual"
        summary = "Only distance counts."

        [criteria.proximity]
        label = "Distance"
        kind = "proximity"
        weight = 1
        why = "Staff must be able to visit."
        """,
        "utf-8",
    )
    answer = engine.shortlist("RPA", read_arrangement(own), draws=0)
    assert answer.arrangement == "near"
    assert answer.version.endswith("near-3")
    distances = [option.distance_km for option in answer.options]
    assert distances == sorted(distances)
    assert isinstance(engine.recommender(read_arrangement(own)), Recommender)
