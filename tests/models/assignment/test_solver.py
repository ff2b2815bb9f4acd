"""Assignments: by hand on harbours, honest about rules and capacity, the same whatever the order asked in."""

from __future__ import annotations

import itertools
import math
import pickle
from datetime import date

import pytest
from pydantic import TypeAdapter

from matchmaker import Matchmaker
from matchmaker.errors import InvalidParameter
from matchmaker.models.arrangement import arrangement
from matchmaker.models.assignment import FLOOR
from matchmaker.models.assignment.solver import assign, with_capacity
from matchmaker.models.assignment.triage import recipients_in_need
from matchmaker.models.assignment.types import Assignment
from matchmaker.models.scoring.weighted_sum import BASE_VALUE


def proposed(answer: Assignment) -> dict[str, str]:
    """Recipient -> its partner."""
    return {pair.recipient.code: pair.partner.code for pair in answer.pairs}


def test_harbours_in_need_by_hand(harbour_engine: Matchmaker) -> None:
    """EEL fits FAR best (0.8245), INK fits GUL (0.7280) and OSP fits KIT (0.5174); see test_harbours.py."""
    answer = harbour_engine.assign()
    assert proposed(answer) == {"EEL": "FAR", "INK": "GUL", "OSP": "KIT"}
    assert answer.total == pytest.approx(sum(pair.fit for pair in answer.pairs))
    assert [pair.helped_by and pair.helped_by[0].code for pair in answer.pairs] == [(), "AMB", ()]
    assert (answer.capacity, answer.floor, answer.greedy_pairs, answer.max_pairs) == (1, 0.5, 3, 3)


@pytest.mark.parametrize("capacity", [1, 2])
@pytest.mark.parametrize("recipients", [("DUN", "EEL", "INK"), ("BRI", "DUN", "HER", "INK"), ("EEL", "OSP")])
def test_the_most_total_fit_by_brute_force(
    harbour_engine: Matchmaker, recipients: tuple[str, ...], capacity: int
) -> None:
    answer = harbour_engine.assign(recipients, capacity=capacity, floor=0.3, n_draws=0)
    parameters = {"not_already_helping": {"at_most": capacity}}
    choices = []
    for code in recipients:
        options = harbour_engine.shortlist(code, parameters=parameters, limit=50, n_draws=0).options
        fine = [one for one in options if one.fit >= 0.3 and one.coverage >= 0.5]
        choices.append(
            [(None, 0.0)]
            + [(one.organisation.code, one.fit) for one in fine if one.organisation.code not in recipients]
        )
    free = dict.fromkeys((code for options in choices for code, _ in options if code), capacity)
    free["AMB"] = capacity - 1  # it helps INK

    def possible(way: tuple[tuple[str | None, float], ...]) -> bool:
        codes = [code for at, (code, _) in enumerate(way) if (recipients[at], code) != ("INK", "AMB")]
        return all(codes.count(code) <= free[code] for code in codes if code)

    best = max(sum(fit for _, fit in way) for way in itertools.product(*choices) if possible(way))
    assert answer.total == pytest.approx(best)


def test_no_pair_below_the_floor(harbour_engine: Matchmaker) -> None:
    """Without its first three, EEL is left with BRI, whose fit is 0.4779."""
    without = {"leave_out": {"codes": ["FAR", "GUL", "COR"]}}
    (none,) = harbour_engine.assign(["EEL"], parameters=without, n_draws=0).unmatched
    assert none.reason == "below_floor"
    assert none.first_choice_fit == pytest.approx(0.4779, abs=1e-4)
    assert FLOOR == BASE_VALUE  # where, on balance, nothing speaks for a candidate or against it
    at_it = harbour_engine.assign(["EEL"], parameters=without, floor=none.first_choice_fit or 0, n_draws=0)
    assert proposed(at_it) == {"EEL": "BRI"}


def test_no_pair_of_which_too_little_is_known(harbour_engine: Matchmaker) -> None:
    """NET is on the list of OSP, but only a fifth of what is weighed is known of it."""
    without = {"leave_out": {"codes": ["KIT", "LAN"]}}
    (none,) = harbour_engine.assign(["OSP"], parameters=without, n_draws=0).unmatched
    assert (none.reason, none.eligible, none.first_choice and none.first_choice.code) == (
        "too_little_known",
        1,
        "NET",
    )


def test_the_capacity_sets_the_rule_on_those_that_help_already(harbour_engine: Matchmaker) -> None:
    mentoring = arrangement(harbour_engine.sector, "mentoring")
    assert with_capacity(mentoring, 2) == {"not_already_helping": {"at_most": 2}}
    assert with_capacity(mentoring, 2, ["not_already_helping"]) == {}
    assert with_capacity(mentoring, 2, parameters={"within_km": {"km": 5}}) == {
        "within_km": {"km": 5},
        "not_already_helping": {"at_most": 2},
    }
    assert with_capacity(arrangement(harbour_engine.sector, "takeover"), 2) == {}
    only = {"leave_out": {"codes": ["FAR", "GUL", "COR", "BRI"]}}
    one, two = (
        harbour_engine.assign(["EEL", "DUN"], capacity=capacity, floor=0, parameters=only, n_draws=0)
        for capacity in (1, 2)
    )
    assert proposed(one) == {}
    assert list(proposed(two).values()) == ["AMB"]  # it helps INK, so it has room for one


def test_fits_of_other_methods_cannot_be_added_up(harbour_engine: Matchmaker) -> None:
    with pytest.raises(InvalidParameter, match="Leave the method out"):
        assign(harbour_engine.recommender(method="nearest"), ["EEL"])


def test_a_table_with_the_same_columns_in_every_row(harbour_engine: Matchmaker) -> None:
    answer = harbour_engine.assign(floor=0.6)
    rows = answer.to_rows()
    assert [row["recipient"] for row in rows] == ["EEL", "INK", "OSP"]
    assert len({tuple(row) for row in rows}) == 1
    assert (rows[0]["partner"], rows[0]["why_unmatched"]) == ("FAR", None)
    assert (rows[2]["partner"], rows[2]["first_choice"]) == (None, "KIT")
    assert rows[2]["why_unmatched"].startswith("None fits well enough")
    assert answer.to_polars().height == len(answer.to_pandas()) == 3
    assert repr(answer) == "<Assignment mentoring: 2 of 3 recipients, as of 2025-06-30>"
    assert pickle.loads(pickle.dumps(answer)) == answer


# On the figures of the NHS


@pytest.fixture(scope="module")
def answer(engine: Matchmaker) -> Assignment:
    return engine.assign()


def test_all_trusts_in_need_are_answered_once(engine: Matchmaker, answer: Assignment) -> None:
    told = [one.recipient.code for one in (*answer.pairs, *answer.unmatched)]
    assert sorted(told) == list(recipients_in_need(engine.profiles()))
    assert len(told) > 20


def test_pairs_keep_to_rules_capacity_and_floor(engine: Matchmaker, answer: Assignment) -> None:
    matcher = engine.recommender("buddying")
    position, recipients = matcher.profiles.position, {pair.recipient.code for pair in answer.pairs}
    for pair in answer.pairs:
        eligible = matcher.eligible(position[pair.recipient.code])
        assert eligible[position[pair.partner.code]]
        assert pair.fit >= answer.floor
        assert pair.coverage >= 0.5
        assert pair.partner.code not in recipients
    partners = [pair.partner.code for pair in answer.pairs]
    assert len(set(partners)) == len(partners)


def test_a_pair_says_what_the_shortlist_says(engine: Matchmaker, answer: Assignment) -> None:
    for pair in answer.pairs[:5]:
        # an assignment gives nobody a second recipient, so it asks that nobody has one
        none_yet = {"not_already_helping": {"at_most": 1}}
        alone = engine.shortlist(pair.recipient.code, parameters=none_yet, limit=200, n_draws=0)
        option = alone.options[pair.rank - 1]
        assert option.organisation == pair.partner
        assert option.fit == pair.fit
        assert option.reasons_for == pair.reasons_for
        assert option.reasons_against == pair.reasons_against
        assert option.unknowns == pair.unknowns
        assert alone.options[0].organisation == pair.first_choice
        assert pair.regret == pytest.approx(alone.options[0].fit - pair.fit)
        assert pair.regret >= 0


def test_the_total_is_more_than_by_turns_and_adds_up(answer: Assignment) -> None:
    assert answer.total == pytest.approx(sum(pair.fit for pair in answer.pairs))
    assert answer.greedy_total < answer.total
    assert answer.max_pairs >= len(answer.pairs) >= answer.greedy_pairs
    assert all(
        0 <= pair.selection_frequency <= 1 for pair in answer.pairs if pair.selection_frequency is not None
    )


def test_blocking_pairs_and_what_they_would_cost(answer: Assignment) -> None:
    fits = {pair.recipient.code: pair for pair in answer.pairs}
    assert answer.blocking_pairs
    for one in answer.blocking_pairs:
        assert one.fit > (one.current_fit or 0)
        assert one.displaced is not None and one.displaced_fit is not None
        assert one.fit > one.displaced_fit
        assert fits[one.displaced.code].partner == one.partner
        assert one.total_loss >= 0
    assert [one.total_loss for one in answer.blocking_pairs] == sorted(
        one.total_loss for one in answer.blocking_pairs
    )


def test_the_order_of_the_question_does_not_matter(engine: Matchmaker) -> None:
    one, other = (
        engine.assign(codes, n_draws=20) for codes in (["RPA", "RVV", "RXN"], ["RXN", "RPA", "RVV", "Medway"])
    )
    form = TypeAdapter(Assignment)
    assert form.dump_json(one) == form.dump_json(other)


def test_relaxed_rules_that_mattered_are_told(engine: Matchmaker) -> None:
    answer = engine.assign(relax=["rated_good_or_better"], n_draws=0)
    broken = [pair for pair in answer.pairs if pair.violated_rules]
    assert 0 < len(broken) < len(answer.pairs)
    assert {pair.violated_rules for pair in broken} == {("rated_good_or_better",)}
    assert any(note.startswith(f"{len(broken)} of the pairs break rules") for note in answer.notes)


def test_one_recipient_gets_its_first_option(engine: Matchmaker) -> None:
    (pair,) = engine.assign(["RPA"], n_draws=0).pairs
    assert pair.partner == engine.shortlist("RPA", limit=1, n_draws=0).options[0].organisation
    assert (pair.rank, pair.regret, pair.selection_frequency) == (1, 0.0, None)


def test_more_capacity(engine: Matchmaker, answer: Assignment) -> None:
    wider = engine.assign(capacity=3, n_draws=0)
    assert wider.total > answer.total
    loads = [pair.partner.code for pair in wider.pairs]
    assert 1 < max(loads.count(code) for code in loads) <= 3


def test_a_floor_leaves_out_and_says_why(engine: Matchmaker, answer: Assignment) -> None:
    strict = engine.assign(floor=0.7, n_draws=0)
    assert 0 < len(strict.pairs) < len(answer.pairs)
    assert all(pair.fit >= 0.7 for pair in strict.pairs)
    whys = {one.reason for one in strict.unmatched}
    assert {"below_floor", "all_taken"} <= whys
    for one in strict.unmatched:
        if one.reason == "below_floor":
            assert "comes closest" in one.sentence
        if one.reason == "all_taken":
            assert "All are taken" in one.sentence


def test_nobody_eligible_names_the_rules(engine: Matchmaker) -> None:
    (one,) = engine.assign(["RPA"], parameters={"within_km": {"km": 1}}, n_draws=0).unmatched
    assert one.reason == "nobody_eligible"
    assert (one.eligible, one.first_choice) == (0, None)
    assert "within_km" in one.sentence


def test_recipients_that_all_exclude_each_other_are_told(engine: Matchmaker) -> None:
    every = engine.profiles().organisations
    answer = engine.assign(every.filter(every["type"] == "ambulance")["code"].to_list(), n_draws=0)
    assert not answer.pairs
    assert {one.reason for one in answer.unmatched} == {"only_recipients"}
    assert answer.summary == ("No pair can be made: each recipient says why.",)


def test_a_closed_recipient_is_answered_through_its_successor(engine: Matchmaker) -> None:
    answer = engine.assign(["RVJ"], n_draws=0)
    assert [one.code for one in answer.via] == ["RVJ"]


def test_a_table_for_pandas(answer: Assignment) -> None:
    table = answer.to_pandas()
    assert len(table) == len(answer.pairs) + len(answer.unmatched)
    assert table["recipient"].is_monotonic_increasing
    assert {"partner", "fit", "rank", "regret", "why_unmatched"} <= set(table)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ({"capacity": 0}, "Give 1 or more"),
        ({"floor": 1.5}, "from 0 to 1"),
        ({"floor": math.nan}, "from 0 to 1"),
        ({"regions": ["Mercia"]}, "The regions are"),
        ({"recipients": ["RPA"], "regions": ["London"]}, "None of the recipients is in London"),
        ({"as_of": "2016-01-01"}, "Name the recipients"),
    ],
)
def test_bad_questions_say_what_to_do(engine: Matchmaker, question: dict, words: str) -> None:
    if "as_of" in question:
        question = {"as_of": date.fromisoformat(question["as_of"])}
    with pytest.raises(InvalidParameter, match=words):
        engine.assign(**question)


def test_no_pair_is_further_apart_than_the_sector_says_and_who_has_none_near_is_told(
    engine: Matchmaker, answer: Assignment
) -> None:
    assert answer.max_km == engine.sector.criteria.max_pair_km == 150
    assert max(pair.distance_km or 0.0 for pair in answer.pairs) <= 150
    assert all(pair.partner.type == pair.recipient.type for pair in answer.pairs)
    (south_west,) = engine.assign(["RYF"], n_draws=0).unmatched  # ambulances: neighbours are far off
    assert south_west.reason == "too_far"
    assert "within 150 km" in south_west.sentence
    assert any("No pair is more than 150 km apart" in note for note in answer.notes)
    assert {row["max_km"] for row in answer.to_rows()} == {150}


def test_a_question_widens_the_distance(engine: Matchmaker) -> None:
    wider = engine.assign(["RYF"], parameters={"within_km": {"km": 400}}, floor=0.4, n_draws=0)
    assert wider.max_km == 400
    assert 150 < (wider.pairs[0].distance_km or 0.0) <= 400


def test_one_recipient_is_counted_as_one(engine: Matchmaker) -> None:
    text = " ".join(engine.assign(["RPA"]).summary)
    assert text.startswith("The trust has an option to consider")
    assert "1 trusts" not in text
    assert "1 of" not in text
