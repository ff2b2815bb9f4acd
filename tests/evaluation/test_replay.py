"""Replays: the same candidates for all, the day before, misses counted."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from matchmaker import Matchmaker
from matchmaker.evaluation.metrics import METRICS, MISSED
from matchmaker.evaluation.replay import (
    CHANCE,
    NEAREST,
    NOT_ELIGIBLE,
    NOTHING,
    RESULTS,
    SCORED,
    EvaluatedMethod,
    family_of,
    method_of_form,
    replay,
)
from matchmaker.models.learned import choice_set
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.sector import Sector
from matchmaker.typing import Floats

CONSTANT = EvaluatedMethod(
    "constant",
    "Constant",
    "Can't tell any two apart.",
    "baseline",
    lambda one: (np.full(len(one.eligible), 0.3),) * 2,
)


def knows(code: Callable[[ChoiceSituation], str]) -> EvaluatedMethod:
    """A method that puts one code first."""

    def score(choice: ChoiceSituation) -> tuple[Floats, Floats]:
        codes = choice.profiles.organisations["code"].to_numpy()
        return (codes == code(choice)).astype(float), np.ones(len(codes))

    return EvaluatedMethod("knows", "Knows", "Knows.", "baseline", score)


@pytest.fixture(scope="module")
def results(
    harbour_engine: Matchmaker,
    mentors: list[ChoiceSituation],
    excluded: ChoiceSituation,
    by_name: dict[str, EvaluatedMethod],
) -> pl.DataFrame:
    methods = [by_name["evidence"], by_name["nearest"], by_name["random"], CONSTANT]
    return replay([*mentors, excluded], methods, harbour_engine.registry.latest)


def test_replays_need_no_profiles_once_the_figures_of_a_day_are_worked_out(
    harbour_engine: Matchmaker,
    mentors: list[ChoiceSituation],
    by_name: dict[str, EvaluatedMethod],
    results: pl.DataFrame,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent = [one.without_profiles for one in mentors]  # their figures, of `results`, go along

    def refuse(*_: object) -> None:
        raise AssertionError("profiles were made again")

    monkeypatch.setattr(choice_set, "profiles_on", refuse)
    methods = [by_name["evidence"], by_name["nearest"], by_name["random"], CONSTANT]
    found = replay(sent, methods, harbour_engine.registry.latest)
    assert found.equals(results.filter(pl.col("pairing_id") != "OUT"))


def test_each_pairing_and_method_has_a_row(results: pl.DataFrame, mentors: list[ChoiceSituation]) -> None:
    assert results.height == 4 * (len(mentors) + 1)
    assert results.group_by("pairing_id").agg(pl.col("candidates").n_unique())["candidates"].max() == 1
    assert dict(results.schema) == RESULTS


def test_the_rank_of_the_partner_by_hand(results: pl.DataFrame) -> None:
    """Dunlinmouth is at 40 km: Eelhythe at 50, then Corvesand and Farrowness at 20 away, Brineham at 30."""
    row = results.row(
        by_predicate=(pl.col("pairing_id") == "M1") & (pl.col("method") == "nearest"), named=True
    )
    assert (row["recipient"], row["partner"], row["family"]) == ("DUN", "BRI", "Mentoring")
    assert (row["better"], row["tied"], row["candidates"]) == (3, 1, 7)
    assert (row["hit@3"], row["hit@5"], row["mrr"]) == (0, 1, 0.25)
    assert row["percentile"] == pytest.approx(3 / 6)
    assert row["coverage"] == 1


def test_the_recipient_is_no_candidate(past: list[ChoiceSituation]) -> None:
    assert not any(choice.eligible[choice.row] for choice in past)


def test_a_constant_method_scores_like_chance(results: pl.DataFrame) -> None:
    """Although its coverage is thin and the codes stand in an order."""
    constant, chance = (
        results.filter(pl.col("method") == name).select("pairing_id", *METRICS)
        for name in ("constant", "random")
    )
    assert constant.equals(chance)
    scored = results.filter((pl.col("method") == "constant") & (pl.col("counted") == SCORED))
    assert scored["percentile"].to_list() == [0.5] * scored.height
    assert scored["hit@3"].to_list() == pytest.approx([3 / n for n in scored["candidates"]])


def test_a_method_that_knows_the_partner_has_them_all(
    harbour_engine: Matchmaker, mentors: list[ChoiceSituation]
) -> None:
    found = replay(mentors, [knows(lambda choice: choice.partner)], harbour_engine.registry.latest)
    assert found["hit@1"].to_list() == [1.0] * len(mentors)


def test_a_partner_that_is_not_eligible_is_missed(results: pl.DataFrame) -> None:
    missed = results.filter(pl.col("counted") == NOT_ELIGIBLE)
    assert set(missed["pairing_id"]) == {"OUT"}
    for name, value in MISSED.items():
        assert missed[name].to_list() == [value] * missed.height


def test_a_method_that_says_nothing_is_not_counted(
    harbour_engine: Matchmaker, mentors: list[ChoiceSituation]
) -> None:
    silent = EvaluatedMethod("silent", "Silent", "", "practice", lambda one: None)
    found = replay(mentors, [silent, CONSTANT], harbour_engine.registry.latest)
    assert set(found.filter(pl.col("method") == "silent")["counted"]) == {NOTHING}
    assert found.filter(pl.col("method") == "silent")["hit@5"].null_count() == len(mentors)


def test_recipients_under_two_codes_are_one_organisation(
    harbour_engine: Matchmaker, past: list[ChoiceSituation]
) -> None:
    """Pebblecombe has become Corvesand."""
    found = replay(past, [CONSTANT], harbour_engine.registry.latest)
    (row,) = found.filter(pl.col("recipient") == "PEB").iter_rows(named=True)
    assert row["organisation"] == "COR"


def test_methods_to_be_held_against_are_found_by_their_form(harbours: Sector) -> None:
    assert method_of_form(harbours, CHANCE) == "random"
    assert method_of_form(harbours, NEAREST) == "nearest"
    assert method_of_form(harbours, "lambdarank") is None


def test_a_choice_is_reported_under_the_heading_of_its_kind(past: list[ChoiceSituation]) -> None:
    assert {(choice.kind, family_of(choice)) for choice in past} == {
        ("mentoring", "Mentoring"),
        ("takeover", "Takeover"),
    }
