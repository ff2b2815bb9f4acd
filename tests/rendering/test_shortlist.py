"""What is shown of a shortlist follows from the answer."""

from __future__ import annotations

from dataclasses import replace

from matchmaker import Matchmaker
from matchmaker.rendering.environment import differing
from matchmaker.rendering.shortlist import arrangements_in_order, rule_label, shortlist_view

COMPARED = ("setting-only", "most-berths")


def test_tags_and_agreements_are_those_of_the_answer(harbour_engine: Matchmaker) -> None:
    sector = harbour_engine.sector
    relax = ["inspected_sound", "watch_level"]
    answer = harbour_engine.shortlist("EEL", relax=relax, compare_with=COMPARED)
    view = shortlist_view(answer, harbour_engine.recommender(relax=relax).arrangement, sector)
    broken = 0
    for option, tags in zip(answer.options, view["tags"], strict=True):
        texts = [text for text, _ in tags]
        assert any(text.startswith("Would be left out") for text in texts) == bool(option.violated_rules)
        same_bay = option.organisation.locality == answer.recipient.locality
        assert ("Same bay" in texts) == same_bay
        assert ("Same coast" in texts) == (not same_bay)
        assert any(text.endswith("of what is weighed is known") for text in texts) == (
            option.coverage < 0.995
        )
        broken += bool(option.violated_rules)
    assert broken
    for one, name in zip(view["agreements"], COMPARED, strict=True):
        assert list(one.ranks) == [option.ranks_by_method[name] for option in answer.options]
        assert one.shared == sum(rank <= len(answer.options) for rank in one.ranks)
        assert (one.first is None) == (one.ranks[0] == 1)
    assert [one.label for one in view["agreements"]] == ["Most similar setting", "Most berths"]


def test_what_could_not_be_checked_is_a_tag(harbour_engine: Matchmaker) -> None:
    sector, answer = harbour_engine.sector, harbour_engine.shortlist("EEL")
    unsure = replace(answer.options[0], unchecked=("inspected_sound", "watch_level"))
    shown = replace(answer, options=(unsure, *answer.options[1:]))
    tags = shortlist_view(shown, harbour_engine.recommender().arrangement, sector)["tags"]
    assert isinstance(tags, list)
    assert ("Could not be checked: inspected as sound, watch level", "yellow") in tags[0]
    assert not any(text.startswith("Could not be checked") for text, _ in tags[1])


def test_the_left_out_are_told_apart_by_type(harbour_engine: Matchmaker) -> None:
    answer = harbour_engine.shortlist("EEL")
    view = shortlist_view(answer, harbour_engine.recommender().arrangement, harbour_engine.sector)
    assert {one.organisation.type for one in view["same_type"]} == {"fishing"}
    assert {one.organisation.type for one in view["other_types"]} == {"ferry", "marina"}
    assert len(view["same_type"]) + len(view["other_types"]) == len(answer.excluded)


def test_another_method_is_named_by_its_label(harbour_engine: Matchmaker) -> None:
    answer = harbour_engine.shortlist("EEL", method="nearest")
    view = shortlist_view(answer, harbour_engine.recommender().arrangement, harbour_engine.sector)
    assert (view["method"].label, view["by_evidence"]) == ("Nearest", False)


def test_labels_are_those_of_the_sector(harbour_engine: Matchmaker) -> None:
    assert rule_label("within_km", harbour_engine.sector) == "Within a distance"
    assert [one.name for one in arrangements_in_order(harbour_engine.sector)] == [
        "mentoring",
        "takeover",
        "joint_watch",
    ]


def test_facts_that_rest_on_the_same_thing_for_all_say_so_once() -> None:
    answer = Matchmaker(sector="nhs").shortlist("RPA", n_draws=0)
    assert "mortality" not in differing(answer, "basis")
    facts = tuple(
        replace(fact, basis="another") if fact.key == "mortality" else fact
        for fact in answer.options[0].facts
    )
    assert "mortality" in differing(
        replace(answer, options=(replace(answer.options[0], facts=facts),)), "basis"
    )
