"""What the NHS sector decides by its definitions: judgements that no figure can check."""

from __future__ import annotations

from matchmaker.sector import load_sector

NHS = load_sector("nhs")


def test_judgements_of_the_whole_and_what_no_partner_changes_are_no_area_to_work_on() -> None:
    judgements = {"cqc_overall", "cqc_safe", "cqc_well_led", "oversight_segment"}
    beyond_a_partner = {"pfi_share", "backlog_per_square_metre", "planned_surplus", "surplus_trend"}
    assert set(NHS.criteria.no_focus) == judgements | beyond_a_partner
    assert {name for name, one in NHS.dimensions.items() if one.focus} == {
        "finance",
        "quality",
        "performance",
        "workforce",
    }


def test_special_measures_without_a_known_end_last_36_months_or_12_from_when_they_were_seen() -> None:
    """The mean stay was 24 months (NHS Providers, 2017)."""
    assert NHS.interventions.open_end_months == 36
    assert NHS.interventions.still_seen_months == 12
    assert {name for name, one in NHS.interventions.regimes.items() if one.for_quality} == {"quality", "both"}


def test_no_two_places_in_england_are_further_apart() -> None:
    assert NHS.extent.max_km == 700


def test_in_need_are_oversight_segments_4_and_5() -> None:
    assert NHS.need is not None
    assert (NHS.need.feature, NHS.need.at_least, NHS.need.at_most) == ("oversight_segment", 4, None)


def test_one_local_system_is_worth_less_than_joint_work_and_more_than_neither() -> None:
    assert NHS.criteria.same_locality == 0.7
    assert NHS.criteria.peers == ("context", "size", "scale")
    assert NHS.criteria.joining_rule == "types_that_merge"


def test_help_is_buddying_contract_and_shared_leadership() -> None:
    assert {name for name, kind in NHS.pairing_kinds.items() if kind.is_help} == {
        "buddying",
        "management_contract",
        "shared_leadership",
    }
    assert {name for name, kind in NHS.pairing_kinds.items() if kind.is_absorption} == {
        "acquisition",
        "merger",
    }


def test_ambulance_trusts_join_only_their_like() -> None:
    assert NHS.types["ambulance"].joins == ()
    assert all("ambulance" not in one.joins for one in NHS.types.values())
