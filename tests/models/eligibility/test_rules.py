"""Rules: reasons on real trusts, relaxing by name, bounds, unknowns, contradictions, nobody left."""

from __future__ import annotations

import re
from datetime import date
from itertools import product
from typing import Any

import numpy as np
import pytest

from matchmaker import Matchmaker
from matchmaker.errors import InvalidParameter
from matchmaker.models.arrangement import Rule, arrangements
from matchmaker.models.eligibility.rules import RULES, apply_rule, check_parameters
from matchmaker.models.recommender import Recommender

THEN = date(2016, 7, 1)
"""A past day, on which a new month of data changes nothing."""


def asked(engine: Matchmaker, name: str, **bounds: Any) -> Recommender:
    """A matcher with one rule only."""
    alone = arrangements()["buddying"].model_copy(update={"rules": ()})
    return engine.recommender(alone, THEN, bounds={name: bounds})


EXAMPLES: dict[str, list[tuple[dict[str, Any], str, str, str]]] = {
    "same_type": [({}, "RXY", "It is of another kind (mental health) than the recipient (acute).", "RD8")],
    "types_that_merge": [({}, "RRU", "It is of another kind (ambulance) than the recipient (acute).", "RXY")],
    "not_in_special_measures": [({}, "R1H", "It is in special measures since 17 March 2015.", "RD8")],
    "rated_good_or_better": [
        ({}, "RAN", "CQC rated it requires improvement overall on 15 August 2014.", "RTP")
    ],
    "rated_better_than_inadequate": [
        ({}, "RGT", "CQC rated it inadequate overall on 22 September 2015.", "RAN")
    ],
    "size_ratio": [
        ({"lowest": 0.4}, "RAN", "It is too small: N times the size of the recipient.", "RR1"),
        ({"highest": 2}, "RR1", "It is too large: N times the size of the recipient.", "RAN"),
        (
            {"lowest": 0.4, "highest": 2},
            "RR1",
            "It is too large: N times the size of the recipient.",
            "RD8",
        ),
    ],
    "within_km": [({"km": 120}, "R1A", "It is 208 km away, more than 120 km.", "RGT")],
    "not_already_helping": [({"at_most": 1}, "RDD", "It already helps RQ8.", "RD8")],
    "in_region": [({"regions": ["south east"]}, "RGT", "Its region is East of England.", "RXC")],
    "leave_out": [({"codes": ["RD8", "RXC"]}, "RXC", "The question leaves it out.", "RGT")],
}
"""Rule -> its bounds, a trust that it excludes on `THEN`, the reason, and one that it spares."""
ELSEWHERE = {"in_locality", "oversight_segment", "not_being_absorbed"}


def test_every_rule_is_tested() -> None:
    assert EXAMPLES.keys() | ELSEWHERE == RULES.keys()


@pytest.mark.parametrize(
    ("rule", "bounds", "excluded", "reason", "spared"),
    [(rule, *example) for rule, examples in EXAMPLES.items() for example in examples],
)
def test_each_rule_excludes_with_its_reason(
    engine: Matchmaker, rule: str, bounds: dict[str, Any], excluded: str, reason: str, spared: str
) -> None:
    answer = asked(engine, rule, **bounds).shortlist("RPA", limit=1000, draws=0)
    told = {one.trust.code: one for one in answer.excluded}
    assert told[excluded].rules == (rule,)
    assert [re.sub(r"[\d.]+ times", "N times", said) for said in told[excluded].reasons] == [reason]
    assert spared in {option.trust.code for option in answer.options}
    assert answer.eligible + len(told) + 1 == len(engine.profiles(THEN).organisations)
    assert [(one.rule, one.excluded, one.alone) for one in answer.rule_effects] == [
        (rule, len(told), len(told))
    ]


def test_a_system_holds_all_options(engine: Matchmaker) -> None:
    organisations = engine.profiles(THEN).organisations
    localities = dict(organisations.select("code", "locality").iter_rows())
    answer = asked(engine, "in_locality", localities=[localities["RXC"].upper()]).shortlist(
        "RPA", 1000, draws=0
    )
    inside = {code for code, locality in localities.items() if locality == localities["RXC"]}
    assert {option.trust.code for option in answer.options} == inside - {"RPA"}
    told = {one.trust.code: one.reasons for one in answer.excluded}
    assert told["RGT"] == (f"Its system is {localities['RGT']}.",)


def test_the_oversight_segment_excludes_above_its_bound(engine: Matchmaker) -> None:
    profiles = engine.profiles()
    segment = profiles.values[:, profiles.column["oversight_segment"]]
    for highest in (1, 3):
        verdict = apply_rule(Rule(name="oversight_segment", bounds={"highest": highest}, why=""), profiles, 0)
        assert verdict.excluded.tolist() == (segment > highest).tolist()
        at = int(np.flatnonzero(verdict.excluded)[0])
        said = rf"It is in oversight segment {segment[at]:.0f} \(quarter to \d+ \w+ 20\d\d\)\."
        assert re.fullmatch(said, verdict.reason(at))


def test_one_about_to_join_another_is_excluded(engine: Matchmaker) -> None:
    joining = engine.snapshot.pairings.filter(
        (engine.snapshot.pairings["status"] == "ongoing")
        & engine.snapshot.pairings["kind"].is_in(["acquisition", "merger"])
    )
    profiles = engine.profiles()
    verdict = apply_rule(Rule(name="not_being_absorbed", why=""), profiles, 0)
    expected = {code for code in joining["recipient"] if code in profiles.position}
    found = {profiles.organisations["code"][int(at)] for at in np.flatnonzero(verdict.excluded)}
    assert found == expected
    assert all("about to join" in verdict.reason(profiles.position[code]) for code in found)


def test_a_trust_is_never_its_own_partner(engine: Matchmaker) -> None:
    bare = arrangements()["merger"].model_copy(update={"rules": ()})
    answer = engine.shortlist("RPA", bare, limit=1000, draws=0)
    assert answer.eligible == len(engine.profiles().organisations) - 1
    assert "RPA" not in {option.trust.code for option in answer.options}
    assert answer.excluded == answer.rule_effects == ()


def test_relaxing_a_rule_brings_back_exactly_those_that_it_alone_excludes(engine: Matchmaker) -> None:
    brought_back = 0
    for arrangement, code in product(arrangements().values(), ("RPA", "RXY", "RYA")):
        before = engine.shortlist(code, arrangement, limit=1000, draws=0)
        for name in (rule.name for rule in arrangement.rules):
            after = engine.shortlist(code, arrangement, limit=1000, draws=0, relax=(name,))
            alone = {one.trust.code for one in before.excluded if one.rules == (name,)}
            told = next(one for one in before.rule_effects if one.rule == name)
            assert told.alone == len(alone)
            assert told.excluded == sum(name in one.rules for one in before.excluded)
            own, new = ({option.trust.code for option in one.options} for one in (before, after))
            assert new == own | alone
            assert after.eligible == before.eligible + told.alone
            assert after.relaxed == (name,)
            assert name not in {one.rule for one in after.rule_effects}
            assert {one.trust.code for one in after.options if one.violated_rules == (name,)} == alone
            count = f"{len(alone)} of the {after.eligible} eligible, {len(alone)} of them shown"
            assert f"Relaxed: {name}. This brought back {count}." in after.notes
            brought_back += len(alone)
    assert brought_back > 500


def test_the_order_of_the_others_stays_when_a_rule_is_relaxed(engine: Matchmaker) -> None:
    before = engine.shortlist("RPA", limit=1000, draws=0)
    after = engine.shortlist("RPA", limit=1000, draws=0, relax=("rated_good_or_better", "same_type"))
    kept = [option.trust.code for option in after.options if not option.violated_rules]
    assert kept == [option.trust.code for option in before.options]
    assert after.relaxed == ("same_type", "rated_good_or_better")


def test_what_is_unknown_excludes_nobody(engine: Matchmaker) -> None:
    profiles = engine.profiles()
    for feature, name, bounds in (
        ("cqc_overall", "rated_good_or_better", {}),
        ("cqc_overall", "rated_better_than_inadequate", {}),
        ("oversight_segment", "oversight_segment", {"highest": 1}),
    ):
        unknown = np.isnan(profiles.values[:, profiles.column[feature]])
        verdict = apply_rule(Rule(name=name, bounds=bounds, why=""), profiles, 0)
        assert unknown.any()
        assert not verdict.excluded[unknown].any()
    profiles = engine.profiles(THEN)
    near = Rule(name="within_km", bounds={"km": 1}, why="")
    nowhere = profiles.organisations["latitude"].is_null().to_numpy()
    assert nowhere.any()
    assert not apply_rule(near, profiles, 0).excluded[nowhere].any()
    for at in np.flatnonzero(nowhere).tolist():  # of a recipient without a place, no distance is known
        assert not apply_rule(near, profiles, at).excluded.any()


def test_bounds_change_a_rule_and_add_one(engine: Matchmaker) -> None:
    wide, narrow = (
        engine.shortlist("RPA", "acquisition", draws=0, bounds={"within_km": {"km": km}}).eligible
        for km in (500, 60)
    )
    assert wide > engine.shortlist("RPA", "acquisition", draws=0).eligible > narrow
    assert "within_km" not in {rule.name for rule in arrangements()["buddying"].rules}
    near = engine.shortlist("RPA", bounds={"within_km": {"km": 100}}, limit=1000, draws=0)
    assert 0 < near.eligible < engine.shortlist("RPA", draws=0).eligible
    assert max(option.distance_km or 0 for option in near.options) <= 100


def test_a_region_holds_all_options(engine: Matchmaker) -> None:
    answer = engine.shortlist("RPA", bounds={"in_region": {"regions": ["LONDON"]}}, limit=1000, draws=0)
    assert {option.trust.region for option in answer.options} == {"London"}


@pytest.mark.parametrize(
    ("relax", "bounds", "said"),
    [
        (("same_sort",), {}, "'same_sort' is no rule of buddying. The rules are: not_already_helping"),
        (("within_km",), {}, "'within_km' is no rule of buddying."),
        (("not_itself",), {}, "'not_itself' is no rule of buddying."),
        (("same_type",), {"same_type": {}}, "The rule 'same_type' is both relaxed and set. Do one"),
        ((), {"near": {"km": 3}}, "There is no rule 'near'. The rules are: same_type"),
        ((), {"within_km": {}}, "The rule 'within_km' can't be set so. Its bounds are: km."),
        ((), {"within_km": {"km": 3, "miles": 2}}, "Its bounds are: km."),
        ((), {"same_type": {"type": "acute"}}, "Its bounds are: none."),
        ((), {"within_km": {"km": float("nan")}}, "The bound km of the rule 'within_km' can't be nan."),
        ((), {"within_km": {"km": -1}}, "can't be -1. Give a number, 0 or more."),
        ((), {"within_km": {"km": "60"}}, "can't be '60'. Give a number"),
        ((), {"size_ratio": {"lowest": 2, "highest": 1}}, "No size is both above 2 and below 1 times"),
        ((), {"in_region": {"regions": []}}, "The bound regions of the rule 'in_region' can't be ()."),
        ((), {"in_region": {"regions": "London"}}, "can't be 'London'. Give one or more."),
        ((), {"in_region": {"regions": ["Atlantis"]}}, "There is no region 'Atlantis'. The regions are:"),
        ((), {"in_locality": {"localities": ["Kent"]}}, "There is no system 'Kent'. The systems are: "),
    ],
)  # fmt: skip
def test_what_rules_can_not_be_told(
    engine: Matchmaker, relax: tuple[str, ...], bounds: dict[str, Any], said: str
) -> None:
    with pytest.raises(InvalidParameter) as refusal:
        engine.shortlist("RPA", relax=relax, bounds=bounds)
    assert said in str(refusal.value)


def test_a_rule_that_is_relaxed_is_checked_too(engine: Matchmaker) -> None:
    own = arrangements()["buddying"].model_copy(update={"rules": (Rule(name="nice", why="Why not."),)})
    with pytest.raises(InvalidParameter, match="There is no rule 'nice'"):
        engine.shortlist("RPA", own, relax=("nice",))
    with pytest.raises(InvalidParameter, match="There is no rule 'nice'"):
        check_parameters(own.rules[0])


def test_nobody_eligible_says_why_and_what_relaxing_would_bring(engine: Matchmaker) -> None:
    answer = engine.shortlist("RPA", bounds={"within_km": {"km": 1}})
    assert (answer.eligible, answer.options, answer.verdict) == (0, (), None)
    counts, back = answer.notes[1], answer.notes[2]
    assert counts.startswith("No candidate is eligible. Rules and how many each excludes: ")
    assert back.startswith("Relaxing one alone would bring back: ")
    for one in answer.rule_effects:
        assert (f"{one.rule} ({one.excluded})" in counts) == (one.excluded > 0)
        assert (f"{one.rule} ({one.alone})" in back) == (one.alone > 0)
    without = engine.shortlist("RPA", draws=0)
    assert f"within_km ({without.eligible})" in back


def test_nobody_eligible_where_no_single_rule_is_enough(engine: Matchmaker) -> None:
    everyone = tuple(engine.profiles().organisations["code"])
    bounds = {"within_km": {"km": 1}, "leave_out": {"codes": everyone}}
    answer = engine.shortlist("RPA", bounds=bounds)
    assert answer.eligible == 0
    assert answer.notes[2] == "No single rule is enough to relax: each candidate breaks two or more."
