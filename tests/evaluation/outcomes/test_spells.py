"""Outcomes: who counts as helped, from when time runs, and what counts as an end."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import polars as pl
import pytest

from matchmaker import Matchmaker
from matchmaker.evaluation.outcomes.spells import (
    DAYS_A_MONTH,
    HELP,
    RATED_FROM,
    RATED_UNTIL,
    REGIMES,
    exits,
    middle,
    quality_spells,
    ratings,
)


@pytest.fixture(scope="module")
def left(engine: Matchmaker) -> pl.DataFrame:
    return exits(engine)


@pytest.fixture(scope="module")
def rated(engine: Matchmaker) -> pl.DataFrame:
    return ratings(engine)


def test_a_date_counts_as_the_middle_of_what_it_can_mean() -> None:
    assert middle(date(2016, 3, 9), "day") == date(2016, 3, 9)
    assert middle(date(2016, 3, 1), "month") == date(2016, 3, 15)
    assert middle(date(2016, 1, 1), "year") == date(2016, 6, 30)


def test_only_spells_for_quality_with_a_known_entry_count(engine: Matchmaker) -> None:
    spells = quality_spells(engine)
    known = engine.snapshot.interventions.filter(
        pl.col("regime").is_in(REGIMES) & pl.col("entry").is_not_null()
    )
    assert {one["spell_id"] for one in spells} == set(known["spell_id"])
    assert all(one["until"] >= one["entry"] for one in spells)
    assert [one["entry"] for one in spells] == sorted(one["entry"] for one in spells)


def test_a_trust_that_was_taken_over_is_not_seen_to_leave(engine: Matchmaker) -> None:
    """Heatherwood and Wexham Park joined Frimley in October 2014, in special measures."""
    (spell,) = (one for one in quality_spells(engine) if one["code"] == "RD7")
    assert not spell["left"]


def test_time_runs_from_entry_or_help_whichever_is_later(left: pl.DataFrame, engine: Matchmaker) -> None:
    table = engine.snapshot.pairings.select("pairing_id", "start", "start_precision")
    start = {pairing: middle(day, precision) for pairing, day, precision in table.iter_rows()}
    until = {one["spell_id"]: one["until"] for one in quality_spells(engine)}
    for row in left.iter_rows(named=True):
        assert row["begin"] == max(row["entry"], start[row["pairing_id"]])
        assert row["months"] * DAYS_A_MONTH == pytest.approx((until[row["spell_id"]] - row["begin"]).days)
    assert left["spell_id"].is_unique().all()


def test_only_named_buddies_count_unless_other_help_is_asked_for(
    left: pl.DataFrame, engine: Matchmaker
) -> None:
    assert set(left["kind"]) == {"buddying"}
    wider = exits(engine, HELP)
    assert set(left["spell_id"]) < set(wider["spell_id"])


def test_a_rating_after_is_24_to_96_months_from_the_start(rated: pl.DataFrame, engine: Matchmaker) -> None:
    """From the middle of the year where only the year is known: else one of 20 months would count."""
    assert rated["months"].is_between(RATED_FROM - 0.02, RATED_UNTIL + 0.02).all()
    table = engine.snapshot.pairings.select("pairing_id", "start", "start_precision")
    start = {pairing: middle(day, precision) for pairing, day, precision in table.iter_rows()}
    days = engine.snapshot.measures.filter(pl.col("measure") == "cqc_overall")
    for row in rated.iter_rows(named=True):
        on = start[row["pairing_id"]] + timedelta(days=round(row["months"] * DAYS_A_MONTH))
        own = days.filter((pl.col("code") == row["recipient"]) & (pl.col("known_from") == on))
        assert row["after"] in own["value"].to_list()


def test_the_rating_before_was_known_on_the_day(rated: pl.DataFrame, engine: Matchmaker) -> None:
    ratings_of = engine.snapshot.measures.filter(pl.col("measure") == "cqc_overall").sort("known_from")
    for row in rated.iter_rows(named=True):
        own = ratings_of.filter((pl.col("code") == row["recipient"]) & (pl.col("known_from") <= row["day"]))
        assert row["before"] == (own["value"][-1] if own.height else None)


def test_what_the_report_says_of_the_trusts_is_so(left: pl.DataFrame, engine: Matchmaker) -> None:
    """Numbers that stand in the list of what else could explain it."""
    from matchmaker.evaluation.report.outcomes import CONFOUNDERS

    told = " ".join(CONFOUNDERS)
    july = [one for one in quality_spells(engine) if (one["entry"].year, one["entry"].month) == (2013, 7)]
    assert len(july) == 11
    assert "eleven trusts of July 2013" in told
    twice = [trust for trust, n in Counter(left["recipient"]).items() if n == 2]
    assert len(twice) == 3
    assert "three trusts were helped in two spells each" in told
    assert max(Counter(left["partner"]).values()) > 1
