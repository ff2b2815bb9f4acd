"""What differs from a published arrangement is told in every answer."""

from __future__ import annotations

import pytest

from matchmaker import Matchmaker
from matchmaker.errors import BadFile
from matchmaker.models.arrangement import own_copy, parse_arrangement
from matchmaker.models.arrangement_changes import changes
from matchmaker.sector import Sector


def test_a_published_arrangement_changes_nothing(harbour_engine: Matchmaker) -> None:
    answer = harbour_engine.shortlist("EEL", n_draws=0)
    assert answer.changes == ()
    assert "+changed" not in answer.version


def test_what_a_question_changes_is_told(harbour_engine: Matchmaker) -> None:
    answer = harbour_engine.shortlist(
        "EEL",
        weights={"safety": 0.5},
        relax=["watch_level"],
        parameters={"within_km": {"km": 35}},
        n_draws=0,
    )
    assert answer.changes == (
        "Safety weighs 0.5 in place of 0.2.",
        "The rule “Within a distance” is added (km 35).",
        "The rule “Watch level” is not applied.",
    )
    assert answer.version.endswith("+changed")


def test_a_copy_answers_as_the_original_under_its_own_name(harbour_engine: Matchmaker) -> None:
    sector = harbour_engine.sector
    own = parse_arrangement("mine.toml", own_copy(sector, "mentoring"), sector)
    assert (own.name, own.based_on) == ("my_mentoring", "mentoring")
    assert changes(own, sector) == (
        "Mentoring (my_mentoring) is an arrangement of your own, based on mentoring.",
    )
    mine, published = (harbour_engine.shortlist("EEL", how, n_draws=0) for how in (own, "mentoring"))
    assert [one.fit for one in mine.options] == [one.fit for one in published.options]
    assert mine.arrangement == "my_mentoring"


def test_a_criterion_left_out_or_added_is_told(harbours: Sector) -> None:
    text = own_copy(harbours, "mentoring").replace("[criteria.nearness]", "[criteria.near]", 1)
    own = parse_arrangement("mine.toml", text, harbours)
    told = " ".join(changes(own, harbours))
    assert "is weighed too (0.1)." in told
    assert "is not weighed." in told


@pytest.mark.parametrize(
    ("found", "wrong", "near"),
    [
        ("half_km", "halfkm", "Did you mean 'half_km'?"),
        ('based_on = "mentoring"', 'based_on = "mentorin"', "Did you mean 'mentoring'?"),
        ("\nhalf_km", "\nhalfkms", "Did you mean 'half_km'?"),
    ],
)
def test_a_name_that_is_not_known_is_told_with_the_nearest(
    harbours: Sector, found: str, wrong: str, near: str
) -> None:
    text = own_copy(harbours, "mentoring")
    assert found in text
    with pytest.raises(BadFile) as told:
        parse_arrangement("mine.toml", text.replace(found, wrong, 1), harbours)
    assert near in str(told.value) + " ".join(map(str, told.value.faults))


def test_evidence_that_is_not_known_is_told_with_its_place(harbours: Sector) -> None:
    text = own_copy(harbours, "mentoring") + '\n[rules.extra]\nwhy = "."\nevidence = ["E99"]\n'
    with pytest.raises(BadFile) as told:
        parse_arrangement("mine.toml", text, harbours)
    assert [one.column for one in told.value.faults] == ["rules.extra.evidence"]
