"""What the pages say of trusts is what the figures and the record say."""

from __future__ import annotations

import pytest

from matchmaker import Matchmaker
from matchmaker.features.profiles import KNOWN
from matchmaker.models.assignment.triage import IN_NEED
from matchmaker.web.presenters.organisations import matching, needing
from matchmaker.web.presenters.overview import absorbed, dimensions, partnerships
from matchmaker.web.presenters.shortlist import BESIDE, agreements, left_out, tags


@pytest.mark.parametrize(
    ("search", "first", "only"),
    [
        ("RPA", "RPA", True),
        ("rpa ", "RPA", True),
        ("medway", "RPA", False),
        ("kent", "RVV", False),
        ("Heatherwood and Wexham Park", "RDU", False),
        ("RA4", "RH5", False),
        ("Brightn and Susex", "RYR", False),
    ],
)
def test_a_search_finds_what_is_meant(engine: Matchmaker, search: str, first: str, only: bool) -> None:
    hits = matching(engine, search)
    assert hits.trusts[0].code == first
    assert (hits.only is not None) == only


def test_a_search_for_nothing_there_says_so(engine: Matchmaker) -> None:
    hits = matching(engine, "qqqq zzzz")
    assert hits.trusts == ()
    assert hits.told


def test_all_trusts_in_need_are_told_and_no_other(engine: Matchmaker) -> None:
    profiles = engine.profiles()
    segment = profiles.values[:, profiles.column["oversight_segment"]]
    expected = {code for code, row in profiles.position.items() if segment[row] >= IN_NEED}
    assert {one.trust.code for one in needing(profiles)} == expected != set()
    segments = [one.segment for one in needing(profiles)]
    assert segments == sorted(segments, reverse=True)


def test_every_known_figure_is_in_one_dimension(engine: Matchmaker) -> None:
    profile = engine.profile("RPA")
    told = [cell for one in dimensions(profile) for cell in one.cells]
    assert len(told) == len(profile.in_state(KNOWN))
    assert set(told) == set(profile.in_state(KNOWN))


def test_past_partnerships_include_those_of_trusts_that_it_followed(engine: Matchmaker) -> None:
    day = engine.snapshot.as_of
    found = partnerships(engine.directory, "RM3", day)
    assert any(one.other.startswith("Pennine Acute") and one.role == "took over" for one in found)
    began = engine.snapshot.pairings.filter(engine.snapshot.pairings["partner"] == "RM3")["start"]
    early = partnerships(engine.directory, "RM3", began.sort()[0].replace(year=2012))
    assert early == []
    assert any("(RXH)" in name for name in absorbed(engine.directory, "RYR", day))


def test_tags_and_agreement_are_those_of_the_answer(engine: Matchmaker) -> None:
    answer = engine.shortlist("RPA", beside=BESIDE, relax=["rated_good_or_better"], limit=20)
    for option in answer.options:
        words = [word for word, _ in tags(option, answer)]
        assert any(word.startswith("Would be left out") for word in words) == bool(option.violated_rules)
        assert ("Same local system" in words) == (option.trust.locality == answer.recipient.locality)
    for one, name in zip(agreements(answer), BESIDE, strict=True):
        assert list(one.places) == [option.ranks_by_method[name] for option in answer.options]
        assert one.shared == sum(place <= 20 for place in one.places)
        assert (one.first is None) == (one.places[0] == 1)
    same, other = left_out(answer)
    assert len(same) + len(other) == len(answer.excluded)
    assert {one.trust.kind for one in same} == {"acute"}
