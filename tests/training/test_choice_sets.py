"""Past pairings as choice sets: each counts or has a reason, and nothing of it is known on its day."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from made_up import made_up_snapshot

from matchmaker import Matchmaker
from matchmaker.errors import InvalidParameter
from matchmaker.models.arrangement import arrangement
from matchmaker.models.ties import known_pairings
from matchmaker.sector import Sector
from matchmaker.training.choice_sets import (
    build_choice_sets,
    day_before,
    eligible_candidates,
    replay_arrangement,
)

IN_ORDER = ["M1", "T1", "M2", "M3", "M4", "M5", "T2", "M6", "M7", "M9", "T3"]
"""Pairings of the harbours by day, but for one that was abandoned."""


def one(engine: Matchmaker, on_record: str, **changed: Any) -> pl.DataFrame:
    """One pairing on record, with some cells changed."""
    row = engine.snapshot.pairings.filter(pl.col("pairing_id") == on_record)
    assert row.height == 1
    return row.with_columns(
        pl.lit(value).cast(row.schema[name]).alias(name) for name, value in changed.items()
    )


def mentoring(engine: Matchmaker, **changed: Any) -> pl.DataFrame:
    """The mentoring of Dunlinmouth by Brineham from June 2017, with some cells changed."""
    return one(engine, "M1", **changed)


def rules(engine: Matchmaker, *rows: pl.DataFrame, **how: Any) -> list[str]:
    """The rules that leave pairings out."""
    _, left_out = build_choice_sets(engine, pl.concat(rows), **how)
    return [pairing.rule for pairing in left_out]


def test_every_pairing_counts_or_has_a_reason(harbour_engine: Matchmaker) -> None:
    choices, left_out = build_choice_sets(harbour_engine)
    assert [choice.pairing_id for choice in choices] == [
        "M1",
        "T1",
        "M2",
        "M3",
        "M4",
        "M5",
        "T2",
        "M6",
        "M7",
        "M9",
        "T3",
    ]
    ((pairing_id, rule, why),) = [(out.pairing_id, out.rule, out.why) for out in left_out]
    assert (pairing_id, rule, why) == ("M8", "abandoned", "It never came about.")
    some, _ = build_choice_sets(harbour_engine, kinds=["takeover"])
    assert [choice.pairing_id for choice in some] == ["T1", "T2", "T3"]


def test_a_choice_is_made_from_the_candidates_of_the_day_before(harbour_engine: Matchmaker) -> None:
    choice = build_choice_sets(harbour_engine, kinds=["mentoring"])[0][0]
    assert (choice.recipient, choice.partner, choice.day) == ("DUN", "BRI", date(2017, 5, 31))
    assert choice.profiles.as_of == choice.day
    codes = list(choice.profiles.position)
    # Inkwell Bay is on level 4, Pebblecombe and Staithe are under notice or not sound.
    assert [codes[row] for row in choice.candidates] == ["AMB", "BRI", "COR", "EEL", "FAR", "GUL", "HER"]
    assert codes[choice.row] == "DUN"
    assert choice.chosen == choice.partner_row == choice.profiles.position["BRI"]


def test_nothing_of_a_pairing_is_known_on_its_day(harbour_engine: Matchmaker) -> None:
    starts = dict(harbour_engine.snapshot.pairings.select("pairing_id", "start").iter_rows())
    for choice in build_choice_sets(harbour_engine)[0]:
        assert choice.day < starts[choice.pairing_id]
        known = known_pairings(harbour_engine.snapshot, choice.day)
        assert choice.pairing_id not in known["pairing_id"]


@pytest.mark.parametrize(
    ("precision", "day"),
    [("day", date(2015, 6, 14)), ("month", date(2015, 5, 31)), ("year", date(2014, 12, 31))],
)
def test_the_day_is_before_the_first_that_the_start_can_mean(precision: str, day: date) -> None:
    assert day_before(date(2015, 6, 15), precision) == day


def test_a_kind_is_held_to_the_rules_that_the_sector_names(harbours: Sector) -> None:
    whole = {rule.name for rule in arrangement(harbours, "takeover").rules}
    held_to = {rule.name for rule in replay_arrangement(harbours, "takeover").rules}
    assert whole - held_to == {"size_ratio"}


def test_an_arrangement_that_is_given_holds_with_all_its_rules(harbour_engine: Matchmaker) -> None:
    """Farrowness and Mewsborough are no larger than Pebblecombe."""
    large = arrangement(harbour_engine.sector, "takeover").with_rules((), {"size_ratio": {"lowest": 1.5}})
    usual = build_choice_sets(harbour_engine, kinds=["takeover"])[0][0]
    held = build_choice_sets(harbour_engine, kinds=["takeover"], arrangements={"takeover": large})[0][0]
    codes = list(usual.profiles.position)
    assert set(usual.candidates) > set(held.candidates)
    left_out = {codes[row] for row in usual.candidates} - {codes[row] for row in held.candidates}
    assert left_out == {"FAR", "MEW"}


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"scope": "service"}, "service"),
        ({"scope": "part"}, "service"),
        ({"scope": "one_leader"}, "service"),
        ({"status": "abandoned"}, "abandoned"),
        ({"confidence": "low"}, "low confidence"),
        ({"code_confidence": "low"}, "low confidence"),
    ],
)
def test_a_rule_leaves_a_pairing_out_unless_it_is_waived(
    harbour_engine: Matchmaker, changed: dict[str, str], rule: str
) -> None:
    row = mentoring(harbour_engine, **changed)
    assert rules(harbour_engine, row) == [rule]
    assert rules(harbour_engine, row, waive=[rule]) == []
    assert rules(harbour_engine, mentoring(harbour_engine)) == []


def test_the_reason_speaks_of_the_sector(harbour_engine: Matchmaker) -> None:
    _, (left_out,) = build_choice_sets(harbour_engine, mentoring(harbour_engine, scope="one_leader"))
    assert left_out.why == "Its scope is not a whole harbour (one leader)."


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"start": date(2016, 3, 31)}, "too early"),
        ({"recipient": "XYZ"}, "not open"),
        ({"partner": "DUN"}, "same body"),
        ({"start": date(2019, 6, 1), "recipient": "PEB", "partner": "COR"}, "same body"),
    ],
)
def test_what_could_be_no_choice_is_left_out(
    harbour_engine: Matchmaker, changed: dict[str, Any], rule: str
) -> None:
    assert rules(harbour_engine, mentoring(harbour_engine, **changed)) == [rule]


def test_the_first_day_on_which_anything_was_known_is_early_enough(harbour_engine: Matchmaker) -> None:
    assert rules(harbour_engine, mentoring(harbour_engine, start=date(2016, 4, 1))) == []


def test_the_same_two_in_the_same_way_count_once_within_two_years(harbour_engine: Matchmaker) -> None:
    def again(**changed: Any) -> pl.DataFrame:
        return mentoring(harbour_engine, pairing_id="AGAIN", **changed)

    first = mentoring(harbour_engine)
    assert rules(harbour_engine, again(start=date(2019, 6, 1)), first) == ["duplicate"]
    assert rules(harbour_engine, again(recipient="BRI", partner="DUN"), first) == ["duplicate"]
    assert rules(harbour_engine, again(start=date(2019, 6, 2)), first) == []
    assert rules(harbour_engine, again(kind="takeover"), first) == []
    assert rules(harbour_engine, again(partner="GUL"), first) == []


def test_codes_mean_the_body_of_the_day(harbour_engine: Matchmaker) -> None:
    """Pebblecombe joined Corvesand in 2018."""
    row = mentoring(harbour_engine, recipient="PEB", start=date(2019, 6, 1))
    (choice,), _ = build_choice_sets(harbour_engine, row)
    assert choice.recipient == "COR"


def test_a_code_that_opened_later_means_its_only_predecessor() -> None:
    snapshot = made_up_snapshot(
        {code: {"berths": 10} for code in ("ANK", "BOB", "CAP", "NEW")},
        km={"ANK": 0, "BOB": 5, "CAP": 9, "NEW": 0},
        closed={"ANK": date(2019, 3, 31)},
        successions=[("ANK", "NEW")],
        pairings=[{"recipient": "NEW", "partner": "BOB", "start": date(2018, 1, 1)}],
    )
    opened = snapshot.organisations.with_columns(
        opened=pl.when(pl.col("code") == "NEW").then(date(2019, 4, 1)).otherwise("opened")
    )
    tables = {name: snapshot.table(name) for name in snapshot.manifest["tables"]} | {"organisations": opened}
    engine = Matchmaker(type(snapshot).of(tables, snapshot.manifest, snapshot.sector))
    (choice,), _ = build_choice_sets(engine)
    assert choice.recipient == "ANK"


def test_a_partner_that_was_not_open_has_no_row(harbour_engine: Matchmaker) -> None:
    (choice,), _ = build_choice_sets(harbour_engine, mentoring(harbour_engine, partner="XYZ"))
    assert choice.partner_row is None
    assert choice.chosen is None
    assert choice.why_not == "The partner (XYZ) was no open organisation on the day before."


def test_a_partner_that_a_rule_excludes_stays_with_the_reason(harbour_engine: Matchmaker) -> None:
    (choice,), _ = build_choice_sets(harbour_engine, mentoring(harbour_engine, partner="KIT"))
    assert choice.partner_row is not None
    assert choice.chosen is None
    assert choice.why_not is not None
    assert "ferry" in choice.why_not
    assert not choice.eligible[choice.partner_row]


def test_the_eligible_are_those_of_a_shortlist(harbour_engine: Matchmaker) -> None:
    for choice in build_choice_sets(harbour_engine)[0]:
        how = replay_arrangement(harbour_engine.sector, choice.kind)
        recommender = harbour_engine.recommender(how, choice.day)
        assert np.array_equal(choice.eligible, recommender.eligible(choice.row))
        assert np.array_equal(choice.eligible, eligible_candidates(choice.profiles, how, choice.row))


def test_a_pandas_frame_will_do(harbour_engine: Matchmaker) -> None:
    table = harbour_engine.snapshot.pairings
    (choices, left_out), (same, same_left_out) = (
        build_choice_sets(harbour_engine, pairings) for pairings in (table.to_pandas(), table)
    )
    assert [(one.pairing_id, one.day) for one in choices] == [(one.pairing_id, one.day) for one in same]
    assert left_out == same_left_out


def test_kinds_and_waivers_that_do_not_exist_are_refused(harbour_engine: Matchmaker) -> None:
    with pytest.raises(InvalidParameter, match="Choose from mentoring, takeover"):
        build_choice_sets(harbour_engine, kinds=["marriage"])
    with pytest.raises(InvalidParameter, match="Choose from service, abandoned, low confidence"):
        build_choice_sets(harbour_engine, waive=["not open"])


@pytest.mark.slow
def test_every_pairing_of_the_snapshot_counts_or_has_a_reason(engine: Matchmaker) -> None:
    choices, left_out = build_choice_sets(engine)
    names = Counter([one.pairing_id for one in (*choices, *left_out)])
    assert names == Counter(engine.snapshot.pairings["pairing_id"].to_list())
    assert {one.kind for one in choices} == set(engine.sector.pairing_kinds)
    assert all(one.why.endswith(".") for one in left_out)
    assert all(one.chosen is not None for one in choices if one.kind == "shared_leadership")


def test_services_that_went_to_two_trusts_leave_none_to_be_helped(engine: Matchmaker) -> None:
    row = one(engine, "BUD-RDD-RAL-2013", start=date(2023, 6, 1), recipient="RW6")
    assert rules(engine, row) == ["not open"]
