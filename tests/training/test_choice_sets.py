"""Past pairings as choices: every one counts or is told why not, and nothing of it is known on its day."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from matchmaker import Matchmaker
from matchmaker.errors import InvalidParameter
from matchmaker.models.arrangement import arrangement
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.models.scoring.records import known_pairings
from matchmaker.training.choice_sets import (
    ARRANGEMENT_OF,
    KINDS,
    ExcludedPairing,
    build_choice_sets,
    day_before,
    eligibility,
)

Told = tuple[list[ChoiceSituation], list[ExcludedPairing]]


@pytest.fixture(scope="module")
def told(engine: Matchmaker) -> Told:
    return build_choice_sets(engine)


def one(engine: Matchmaker, **changed: Any) -> pl.DataFrame:
    """The buddying of Basildon and Thurrock by the Royal Free, with some cells changed."""
    row = engine.snapshot.pairings.filter(pl.col("pairing_id") == "BUD-RDD-RAL-2013")
    return row.with_columns(
        pl.lit(value).cast(row.schema[name]).alias(name) for name, value in changed.items()
    )


def why_skipped(engine: Matchmaker, *rows: pl.DataFrame, **how: Any) -> list[str]:
    _, skipped = build_choice_sets(engine, pl.concat(rows), **how)
    return [one.rule for one in skipped]


def test_every_pairing_counts_or_is_told_why_not(engine: Matchmaker, told: Told) -> None:
    made, skipped = told
    names = Counter([one.pairing_id for one in (*made, *skipped)])
    assert names == Counter(engine.snapshot.pairings["pairing_id"].to_list())
    assert {one.kind for one in made} == set(KINDS)
    assert all(one.why.endswith(".") for one in skipped)
    assert [(one.day, one.pairing_id) for one in made] == sorted((one.day, one.pairing_id) for one in made)


def test_nothing_of_a_pairing_is_known_on_its_day(engine: Matchmaker, told: Told) -> None:
    starts = dict(engine.snapshot.pairings.select("pairing_id", "start").iter_rows())
    for choice in told[0]:
        assert choice.day < starts[choice.pairing_id]
        assert choice.profiles.as_of == choice.day
        known = known_pairings(engine.snapshot, choice.day)
        assert choice.pairing_id not in known["pairing_id"]


@pytest.mark.parametrize(
    ("precision", "day"),
    [("day", date(2015, 6, 14)), ("month", date(2015, 5, 31)), ("year", date(2014, 12, 31))],
)
def test_the_day_is_before_the_first_that_the_start_can_mean(precision: str, day: date) -> None:
    assert day_before(date(2015, 6, 15), precision) == day


def test_who_was_eligible_is_what_the_rules_say(engine: Matchmaker, told: Told) -> None:
    for choice in told[0]:
        matcher = engine.recommender(eligibility(choice.kind), choice.day)
        assert np.array_equal(choice.eligible, matcher.eligible(choice.row))
        assert choice.profiles.organisations.item(choice.row, "code") == choice.recipient
        assert choice.candidates.tolist() == np.flatnonzero(choice.eligible).tolist()
        if choice.why_not is None:
            assert choice.chosen == choice.partner_row == choice.profiles.position[choice.partner]
            assert choice.eligible[choice.chosen]
        else:
            assert choice.chosen is None
            assert choice.partner_row is None or not choice.eligible[choice.partner_row]


def test_shared_leadership_is_not_held_to_the_rules_on_taking_over(engine: Matchmaker, told: Told) -> None:
    merged = {rule.name for rule in arrangement(ARRANGEMENT_OF["shared_leadership"]).rules}
    assert {rule.name for rule in eligibility("shared_leadership").rules} < merged
    assert all(one.chosen is not None for one in told[0] if one.kind == "shared_leadership")
    strict = {"shared_leadership": arrangement("merger")}
    held, _ = build_choice_sets(engine, kinds=["shared_leadership"], arrangements=strict)
    assert any(one.chosen is None for one in held)


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
    engine: Matchmaker, changed: dict[str, str], rule: str
) -> None:
    row = one(engine, **changed)
    assert why_skipped(engine, row) == [rule]
    assert why_skipped(engine, row, waive=[rule]) == []
    assert why_skipped(engine, one(engine)) == []


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"start": date(2009, 6, 1)}, "too early"),
        ({"recipient": "XYZ"}, "not open"),
        ({"start": date(2023, 6, 1), "recipient": "RW6"}, "not open"),  # its services went to two trusts
        ({"partner": "RDD"}, "same body"),
        ({"start": date(2022, 6, 1), "recipient": "RDD", "partner": "RAJ"}, "same body"),
    ],
)
def test_what_could_be_no_choice_is_left_out(engine: Matchmaker, changed: dict[str, Any], rule: str) -> None:
    assert why_skipped(engine, one(engine, **changed)) == [rule]


def test_the_same_two_in_the_same_way_count_once_within_two_years(engine: Matchmaker) -> None:
    def again(**changed: Any) -> pl.DataFrame:
        return one(engine, pairing_id="AGAIN", **changed)

    first = one(engine)
    assert why_skipped(engine, again(start=date(2015, 9, 1)), first) == ["duplicate"]
    assert why_skipped(engine, again(recipient="RAL", partner="RDD"), first) == ["duplicate"]
    assert why_skipped(engine, again(start=date(2015, 10, 1)), first) == []
    assert why_skipped(engine, again(kind="merger"), first) == []
    assert why_skipped(engine, again(partner="RRK"), first) == []


def test_codes_mean_the_body_of_the_day(engine: Matchmaker) -> None:
    (later,), _ = build_choice_sets(engine, one(engine, recipient="RDD", start=date(2021, 1, 1)))
    assert later.recipient == "RAJ"  # Basildon had joined Mid and South Essex
    (earlier,), _ = build_choice_sets(engine, one(engine, partner="R1L", start=date(2018, 1, 1)))
    assert earlier.partner == "R1L"
    (unknown,), _ = build_choice_sets(engine, one(engine, partner="R1L"))  # opened in 2017, of two trusts
    assert unknown.partner_row is None
    assert unknown.why_not == "The partner (R1L) was no open organisation on the day before."


def test_a_partner_that_a_rule_excludes_is_kept_with_the_reason(engine: Matchmaker) -> None:
    (choice,), _ = build_choice_sets(engine, one(engine, partner="RWK"))
    assert choice.partner_row is not None
    assert choice.chosen is None
    assert choice.why_not == "It is of another kind (mental health) than the recipient (acute)."


def test_a_pandas_frame_will_do(engine: Matchmaker) -> None:
    (made, skipped), (same, left_out) = (
        build_choice_sets(engine, table, ["buddying"])
        for table in (engine.snapshot.pairings.to_pandas(), engine.snapshot.pairings)
    )
    assert [(one.pairing_id, one.day) for one in made] == [(one.pairing_id, one.day) for one in same]
    assert len(made) > 10
    assert skipped == left_out


def test_kinds_and_waivers_that_do_not_exist_are_refused(engine: Matchmaker) -> None:
    with pytest.raises(InvalidParameter, match="Choose from buddying"):
        build_choice_sets(engine, kinds=["marriage"])
    with pytest.raises(InvalidParameter, match="Choose from service, abandoned, low confidence"):
        build_choice_sets(engine, waive=["not open"])
