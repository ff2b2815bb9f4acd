"""Shortlists: the evidence fit, what an answer holds, thin coverage, past days, the same bytes twice."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from matchmaker import Matchmaker
from matchmaker.models.arrangement import arrangements
from matchmaker.models.eligibility.rules import TYPE_LABELS
from matchmaker.models.evidence import findings
from matchmaker.models.ranking import MIN_COVERAGE, outranks, rank_candidates
from matchmaker.models.recommender import Recommender
from matchmaker.models.scoring import focus_areas
from matchmaker.models.scoring.weighted_sum import BASE_VALUE, weighted_sum

UNKNOWN = float("nan")


@pytest.fixture(scope="module")
def matcher(engine: Matchmaker) -> Recommender:
    return engine.recommender("buddying")


def test_the_fit_is_the_weighted_mean_of_the_known_criteria(matcher: Recommender) -> None:
    for option in matcher.shortlist("RPA", limit=1000, draws=0).options:
        known = [(row.weight, row.value) for row in option.rows[1:-1] if row.value is not None]
        weight = sum(w for w, _ in known)
        assert option.fit == pytest.approx(sum(w * v for w, v in known) / weight, abs=1e-12)
        assert option.coverage == pytest.approx(weight / sum(row.weight for row in option.rows[1:-1]))
        assert option.rows[0].contribution == BASE_VALUE


def test_two_runs_give_the_same_bytes() -> None:
    command = [sys.executable, "-m", "matchmaker", "shortlist", "RPA", "--for", "buddying", "--json"]
    first, second = (subprocess.run(command, capture_output=True, check=True).stdout for _ in range(2))
    assert first == second
    assert len(first) > 10_000


def test_no_option_is_rated_below_good_or_of_another_kind(matcher: Recommender) -> None:
    rating = matcher.profiles.values[:, matcher.profiles.column["cqc_overall"]]
    for row, order in enumerate(matcher.ranking(np.arange(len(rating)))):
        assert not (rating[order] < 3).any()
        assert (matcher.profiles.types[order] == matcher.profiles.types[row]).all()


def test_figures_behind_a_criterion_are_those_of_the_profiles(matcher: Recommender) -> None:
    profiles = matcher.profiles
    answer = matcher.shortlist("RPA", limit=3, draws=0)
    own = profiles.position["RPA"]
    for option in answer.options:
        at = profiles.position[option.trust.code]
        rows = {row.name: row for row in option.rows}
        assert tuple(figure.label for figure in rows["complementary_strength"].figures) == answer.focus
        for row in option.rows:
            for figure in row.figures:
                column = profiles.column[figure.feature]
                for told, of in ((figure.recipient, own), (figure.candidate, at)):
                    shown = profiles.shown[of, column]
                    assert told == (None if math.isnan(shown) else shown)
                if figure.candidate is not None:
                    assert figure.source is not None
        assert len(rows["context_similarity"].figures) == len(profiles.of_dimension("context"))


def test_distance_size_and_official_peers_stand_beside_each_option(engine: Matchmaker) -> None:
    answer = engine.shortlist("RPA", limit=1000, draws=0)
    listed = engine.snapshot.official_peers
    peers = set(listed.filter(listed["code"] == "RPA")["peer"])
    told = {option.trust.code for option in answer.options if option.benchmark_peer}
    open_now = set(engine.profiles().position)
    excluded = {one.trust.code for one in answer.excluded}
    assert peers
    assert peers & open_now <= told | excluded
    for option in answer.options:
        assert 0 < option.distance_km < 700
        assert 0 < option.size_ratio < 10
    before = engine.shortlist("RPA", as_of=answer.as_of.replace(year=2017), draws=0)
    assert {option.benchmark_peer for option in before.options} == {None}


def test_a_structural_partner_much_smaller_than_the_recipient_is_warned_of(engine: Matchmaker) -> None:
    warned = 0
    for option in engine.shortlist("R0A", "acquisition", limit=1000, draws=0).options:
        told = any("The recipient is large beside it" in reason for reason in option.reasons_against)
        assert told == (option.size_ratio < 0.8)
        warned += told
    assert warned > 0


def test_reasons_are_sorted_by_what_they_weigh(matcher: Recommender) -> None:
    for option in matcher.shortlist("RPA", limit=1000, draws=0).options:
        contribution = {row.sentence: row.contribution for row in option.rows[1:-1]}
        for reasons in (option.reasons_for, option.reasons_against):
            sizes = [abs(contribution[reason]) for reason in reasons]
            assert sizes == sorted(sizes, reverse=True)
        assert all(contribution[reason] > 0 for reason in option.reasons_for)
        assert all(contribution[reason] < 0 for reason in option.reasons_against)
        unknown = {row.sentence for row in option.rows[1:-1] if row.value is None}
        assert set(option.unknowns) == unknown


def test_thin_coverage_comes_last_and_is_said(engine: Matchmaker) -> None:
    # Board facts are no census: weighed this much, those of whom nothing is known have thin coverage.
    answer = engine.shortlist("RPA", limit=1000, weights={"board": 1.2})
    thin = [option.coverage < 0.5 for option in answer.options]
    assert thin == sorted(thin)
    assert 0 < sum(thin) < len(thin)
    first = 1 + thin.index(True)
    assert f"From place {first} on, less than half of what is weighed is known." in answer.notes
    for part in (answer.options[: first - 1], answer.options[first - 1 :]):
        assert [one.fit for one in part] == sorted((one.fit for one in part), reverse=True)
    assert all(one.uncertainty.rank_low >= first for one in answer.options[first - 1 :])
    short = engine.shortlist("RPA", limit=first - 1, weights={"board": 1.2}, draws=0)
    assert not any("less than half" in note.casefold() for note in short.notes)


def test_thin_coverage_of_all_is_said_first(engine: Matchmaker) -> None:
    # Of a trust that is weak in nothing, nobody can be strong where it is weak.
    profiles = engine.profiles()
    row = next(row for row in range(len(profiles.types)) if not focus_areas.weakest_areas(profiles, row))
    code = profiles.organisations["code"][row]
    answer = engine.shortlist(code, "contract", weights={"complementary": 2}, draws=0)
    assert answer.options[0].coverage < 0.5
    said = "Less than half of what is weighed is known of any candidate: do not rely on the order."
    assert said in answer.notes


def test_half_is_enough_however_it_was_rounded() -> None:
    weights = np.array([0.26, 0.18, 0.06, 0.34, 0.16])
    values = np.array([[0.6], [0.6], [0.6], [UNKNOWN], [UNKNOWN]])[:, None]
    assert weighted_sum(values, weights).coverage[0, 0] >= MIN_COVERAGE


values_of_four = arrays(float, (4, 1, 6), elements=st.one_of(st.floats(0, 1), st.just(UNKNOWN)))
four_weights = arrays(float, 4, elements=st.floats(0.01, 1))
in_steps = st.integers(0, 20).map(lambda step: step / 20)
coarse_values = arrays(float, (4, 1, 6), elements=st.one_of(in_steps, st.just(UNKNOWN)))


def order_of(values: np.ndarray, weights: np.ndarray) -> list[int]:
    fit = weighted_sum(values, weights)
    return rank_candidates(fit.score[0], fit.coverage[0], np.ones(values.shape[2], dtype=bool)).tolist()


@given(values_of_four, four_weights)
def test_parts_always_add_up(values: np.ndarray, weights: np.ndarray) -> None:
    fit = weighted_sum(values, weights)
    for candidate in range(6):
        added = math.fsum([BASE_VALUE, *fit.contributions[:, 0, candidate]])
        assert abs(added - fit.score[0, candidate]) < 1e-12
    assert ((fit.coverage >= 0) & (fit.coverage <= 1 + 1e-12)).all()
    assert (fit.contributions[np.isnan(values)] == 0).all()


@given(values_of_four, four_weights, st.integers(0, 3), st.floats(0, 1))
def test_a_better_criterion_never_lowers_the_fit(
    values: np.ndarray, weights: np.ndarray, which: int, better: float
) -> None:
    if np.isnan(values[which, 0, 0]):
        return
    improved = values.copy()
    improved[which, 0, 0] = max(values[which, 0, 0], better)
    before, after = (weighted_sum(given, weights).score[0, 0] for given in (values, improved))
    assert after >= before - 1e-12


@given(coarse_values, four_weights, st.integers(0, 3), in_steps)
def test_a_better_criterion_never_costs_a_place_and_moves_nobody_else(
    values: np.ndarray, weights: np.ndarray, which: int, better: float
) -> None:
    if np.isnan(values[which, 0, 0]) or better <= values[which, 0, 0]:
        return
    improved = values.copy()
    improved[which, 0, 0] = better
    before, after = order_of(values, weights), order_of(improved, weights)
    assert after.index(0) <= before.index(0)
    assert [one for one in after if one] == [one for one in before if one]


@given(coarse_values, four_weights, st.integers(0, 5))
def test_removing_a_candidate_changes_no_other_place(
    values: np.ndarray, weights: np.ndarray, gone: int
) -> None:
    left = [one for one in range(6) if one != gone]
    after = [left[at] for at in order_of(values[:, :, left], weights)]
    assert after == [one for one in order_of(values, weights) if one != gone]


@given(coarse_values, four_weights, st.integers(0, 5), st.integers(0, 3))
def test_a_worse_double_stands_behind_and_changes_no_other_place(
    values: np.ndarray, weights: np.ndarray, whose: int, which: int
) -> None:
    double = values[:, :, [whose]].copy()
    double[which] = np.where(np.isnan(double[which]), UNKNOWN, 0.0)
    with_it = order_of(np.concatenate([values, double], axis=2), weights)
    assert with_it.index(6) > with_it.index(whose)
    assert [one for one in with_it if one != 6] == order_of(values, weights)


@given(coarse_values, four_weights, st.sampled_from([2.0, 8.0, 0.25]))
def test_only_the_proportions_of_weights_matter(
    values: np.ndarray, weights: np.ndarray, factor: float
) -> None:
    one, other = weighted_sum(values, weights), weighted_sum(values, weights * factor)
    assert one.score.tobytes() == other.score.tobytes()
    assert order_of(values, weights) == order_of(values, weights * factor)


@given(values_of_four, four_weights, arrays(float, 4, elements=st.floats(-1e-6, 1e-6)))
def test_a_tiny_change_of_weights_changes_a_fit_by_little(
    values: np.ndarray, weights: np.ndarray, change: np.ndarray
) -> None:
    one, other = weighted_sum(values, weights), weighted_sum(values, weights + change)
    # A fit is a weighted mean, so it moves by at most twice the change beside the weight that is known.
    assert np.abs(one.score - other.score).max() <= 2 * np.abs(change).sum() / (weights.min() - 1e-6)


@given(values_of_four, four_weights)
def test_a_weight_of_nothing_is_as_good_as_no_criterion(values: np.ndarray, weights: np.ndarray) -> None:
    without = weighted_sum(values[:3], weights[:3])
    weights[3] = 0.0
    zeroed = weighted_sum(values, weights)
    assert zeroed.score.tobytes() == without.score.tobytes()
    assert zeroed.coverage.tobytes() == without.coverage.tobytes()


@given(coarse_values, four_weights, st.integers(0, 5))
def test_those_ahead_of_one_are_those_before_it_in_order(
    values: np.ndarray, weights: np.ndarray, at: int
) -> None:
    fit = weighted_sum(values, weights)
    order = order_of(values, weights)
    ahead = np.flatnonzero(outranks(fit.score[0], fit.coverage[0], at))
    assert ahead.tolist() == sorted(order[: order.index(at)])


def test_every_arrangement_names_its_evidence() -> None:
    assert set(arrangements()) == {"buddying", "acquisition", "merger", "service", "contract"}
    for arrangement in arrangements().values():
        assert all(criterion.evidence and criterion.why for criterion in arrangement.criteria)
        assert all(rule.why for rule in arrangement.rules)
        assert arrangement.checklist
        assert "E24" in arrangement.first_step
        for part in (*arrangement.criteria, *arrangement.rules):
            assert set(part.evidence) <= findings().keys()


def test_the_day_asked_about_decides(engine: Matchmaker) -> None:
    then = engine.shortlist("RPA", as_of=engine.snapshot.as_of.replace(year=2017), draws=0)
    now = engine.shortlist("RPA", draws=0)
    assert then.as_of.year == 2017
    assert [o.trust.code for o in then.options] != [o.trust.code for o in now.options]
    for option in then.options:
        for row in option.rows:
            assert all(f.period_end is None or f.period_end <= then.as_of for f in row.figures)


def test_a_standing_is_told_among_the_kind_it_was_measured_among(engine: Matchmaker) -> None:
    options = engine.shortlist("RPA", "acquisition", limit=1000, draws=0).options
    assert {option.trust.type for option in options} > {"acute", "mental_health"}
    for option in options:
        for row in option.rows:
            if row.name in {"finance_strength", "quality_standing", "complementary_strength"}:
                org_type = TYPE_LABELS[option.trust.type]
                assert row.value is None or f"in 100 {org_type} trusts" in row.sentence


def test_a_partner_of_another_kind_is_told_against_where_two_become_one(engine: Matchmaker) -> None:
    for how, structural in (("acquisition", True), ("merger", True), ("service", False)):
        for option in engine.shortlist("RPA", how, limit=1000, draws=0).options:
            told = any(reason.startswith("It is of another kind") for reason in option.reasons_against)
            assert told == (structural and option.trust.type != "acute")
