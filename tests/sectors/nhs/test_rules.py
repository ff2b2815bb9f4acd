"""The rules of the NHS on real trusts: each excludes one with its reason, and spares another."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from matchmaker import Matchmaker, Snapshot
from matchmaker.features.profiles import profiles as profiles_as_of
from matchmaker.models.arrangement import Rule, arrangement
from matchmaker.models.eligibility.rules import apply_rule, rules
from matchmaker.models.recommender import Recommender
from matchmaker.sector import load_sector

THEN = date(2016, 7, 1)
"""A past day, on which a new month of data changes nothing."""


def with_one_rule(engine: Matchmaker, name: str, **parameters: Any) -> Recommender:
    alone = arrangement(engine.sector, "buddying").model_copy(update={"rules": ()})
    return engine.recommender(alone, THEN, parameters={name: parameters})


EXAMPLES: dict[str, list[tuple[dict[str, Any], str, str, str]]] = {
    "same_type": [({}, "RXY", "It is of another kind (mental health) than the recipient (acute).", "RD8")],
    "types_that_merge": [({}, "RRU", "It is of another kind (ambulance) than the recipient (acute).", "RXY")],
    "not_in_special_measures": [
        ({}, "R1H", "It was reported to be in special measures since 17 March 2015 (ntda.nhs.uk).", "RD8")
    ],
    "rated_good_or_better": [({}, "RGT", "CQC rated it inadequate overall on 22 September 2015.", "RTP")],
    "rated_better_than_inadequate": [
        ({}, "RGT", "CQC rated it inadequate overall on 22 September 2015.", "RAN")
    ],
    "size_ratio": [
        ({"lowest": 0.4}, "RAN", "It is too small: N times the size of the recipient.", "RR1"),
        ({"highest": 2}, "RR1", "It is too large: N times the size of the recipient.", "RAN"),
    ],
    "within_km": [({"km": 120}, "R1A", "It is 209 km away, more than 120 km.", "RGT")],
    "not_already_helping": [({"at_most": 1}, "RDD", "It already helps RQ8.", "RD8")],
    "in_region": [({"regions": ["south east"]}, "RGT", "Its region is East of England.", "RXC")],
    "leave_out": [({"codes": ["RD8", "RXC"]}, "RXC", "The question leaves it out.", "RGT")],
}
"""Rule -> its parameters, a trust that it excludes on `THEN`, the reason, and one that it spares."""
ELSEWHERE = {
    "in_locality",
    "oversight_segment",
    "not_being_absorbed",
    "outside_group",
    "runs_service",
    "runs_service_or_own",
}


def test_every_rule_is_tested() -> None:
    assert EXAMPLES.keys() | ELSEWHERE == rules(load_sector("nhs")).keys()


@pytest.mark.parametrize(
    ("rule", "parameters", "excluded", "reason", "spared"),
    [(rule, *example) for rule, examples in EXAMPLES.items() for example in examples],
)
def test_each_rule_excludes_with_its_reason(
    engine: Matchmaker, rule: str, parameters: dict[str, Any], excluded: str, reason: str, spared: str
) -> None:
    answer = with_one_rule(engine, rule, **parameters).shortlist("RPA", limit=1000, n_draws=0)
    found = {one.organisation.code: one for one in answer.excluded}
    assert found[excluded].rules == (rule,)
    assert [re.sub(r"[\d.]+ times", "N times", said) for said in found[excluded].reasons] == [reason]
    assert spared in {option.organisation.code for option in answer.options}
    assert answer.eligible + len(found) + 1 == len(engine.profiles(THEN).organisations)
    assert [(one.rule, one.excluded, one.alone) for one in answer.rule_effects] == [
        (rule, len(found), len(found))
    ]


def test_a_system_holds_all_options(engine: Matchmaker) -> None:
    organisations = engine.profiles(THEN).organisations
    localities = dict(organisations.select("code", "locality").iter_rows())
    recommender = with_one_rule(engine, "in_locality", localities=[localities["RXC"].upper()])
    answer = recommender.shortlist("RPA", 1000, n_draws=0)
    inside = {code for code, locality in localities.items() if locality == localities["RXC"]}
    assert {option.organisation.code for option in answer.options} == inside - {"RPA"}
    found = {one.organisation.code: one.reasons for one in answer.excluded}
    assert found["RGT"] == (f"Its integrated care board is {localities['RGT']}.",)


def test_the_oversight_segment_excludes_above_its_limit(engine: Matchmaker) -> None:
    profiles = engine.profiles()
    segment = profiles.values[:, profiles.column["oversight_segment"]]
    for highest in (1, 3):
        rule = Rule(name="oversight_segment", parameters={"highest": highest}, why="")
        found = apply_rule(rule, profiles, 0)
        assert found.excluded.tolist() == (segment > highest).tolist()
        at = int(np.flatnonzero(found.excluded)[0])
        said = rf"It is in oversight segment {segment[at]:.0f} \(quarter to \d+ \w+ 20\d\d\)\."
        assert re.fullmatch(said, found.reason(at))


def test_one_about_to_join_another_is_excluded(engine: Matchmaker) -> None:
    joining = engine.snapshot.pairings.filter(
        (engine.snapshot.pairings["status"] == "ongoing")
        & engine.snapshot.pairings["kind"].is_in(["acquisition", "merger"])
    )
    profiles = engine.profiles()
    rule = apply_rule(Rule(name="not_being_absorbed", why=""), profiles, 0)
    expected = {code for code in joining["recipient"] if code in profiles.position}
    found = {profiles.organisations["code"][int(at)] for at in np.flatnonzero(rule.excluded)}
    assert found == expected
    assert all("about to join" in rule.reason(profiles.position[code]) for code in found)


def test_what_is_unknown_excludes_nobody(engine: Matchmaker, changed: Callable[..., Snapshot]) -> None:
    profiles = engine.profiles()
    for feature, name, parameters in (
        ("cqc_overall", "rated_good_or_better", {}),
        ("cqc_overall", "rated_better_than_inadequate", {}),
        ("oversight_segment", "oversight_segment", {"highest": 1}),
    ):
        unknown = np.isnan(profiles.values[:, profiles.column[feature]])
        assert unknown.any()
        assert (
            not apply_rule(Rule(name=name, parameters=parameters, why=""), profiles, 0)
            .excluded[unknown]
            .any()
        )
    snapshot = changed(
        engine.snapshot,
        organisations=engine.snapshot.organisations.with_columns(
            pl.when(pl.col("code") != "RXC").then(pl.col("latitude", "longitude")).name.keep()
        ),
        places=engine.snapshot.places.filter(pl.col("code") != "RXC"),
    )
    profiles = profiles_as_of(snapshot, THEN)
    near = Rule(name="within_km", parameters={"km": 1}, why="")
    nowhere = profiles.organisations["latitude"].is_null().to_numpy()
    assert profiles.organisations.filter(pl.Series(nowhere))["code"].to_list() == ["RXC"]
    assert not apply_rule(near, profiles, 0).excluded[nowhere].any()
    (at,) = np.flatnonzero(nowhere).tolist()  # of a recipient without a place, no distance is known
    assert not apply_rule(near, profiles, at).excluded.any()
