"""Competitions: losers from notes or by hand, and the winner placed among real bidders only."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from matchmaker import Matchmaker, Snapshot
from matchmaker.evaluation.contested_bids import ChoiceSet, _curated, contested_bids, losers, placed
from matchmaker.evaluation.replay import EvaluatedMethod
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.typing import Floats


@pytest.fixture(scope="module")
def sets(engine: Matchmaker) -> list[ChoiceSet]:
    return contested_bids(engine)


@pytest.mark.parametrize(
    ("notes", "codes"),
    [
        ("Losing bidders: South London (RV5) and Kent (RXY); priced low.", ("RV5", "RXY")),
        ("losing party Pennine Care (RT2). Later joined Bolton (RMC).", ("RT2",)),
        ("Chosen over Derby; merger with (RTG) called off.", ()),
        ("Nobody was losing", ()),
        (None, ()),
    ],
)
def test_losers_are_read_from_the_clause_that_names_them(notes: str | None, codes: tuple[str, ...]) -> None:
    assert losers("NEW-1", notes) == codes


def test_what_was_read_by_hand_comes_first(snapshot: Snapshot) -> None:
    assert losers("ACQ-TAE-RXV-2017", "Losing: Nobody (RMC)") == ("RT2",)
    assert set(_curated()) <= set(snapshot.pairings["pairing_id"]), "each is a pairing of the snapshot"
    codes = set(snapshot.organisations["code"])
    assert all(set(named) <= codes for named in _curated().values())


def test_every_competition_has_a_winner_and_a_loser_that_were_open(sets: list[ChoiceSet]) -> None:
    assert len(sets) >= 4
    for one in sets:
        assert one.losers
        assert one.choice.partner_row is not None
        assert one.choice.partner not in one.losers
        assert set(one.losers) <= set(one.choice.profiles.position)


def test_an_abandoned_pairing_counts_since_the_choice_was_made(
    sets: list[ChoiceSet], past: list[ChoiceSituation]
) -> None:
    replayed = {one.pairing_id for one in past}
    assert any(one.choice.pairing_id not in replayed for one in sets)


def test_own_pairings_bring_their_own_competitions(engine: Matchmaker, snapshot: Snapshot) -> None:
    """By their notes, under names of their own."""
    one = snapshot.pairings.filter(pl.col("pairing_id") == "BUD-RJF-RRK-2013").with_columns(
        pairing_id=pl.lit("mine"), notes=pl.lit("Losing: Heart of England (RR1); closed (RXX).")
    )
    (found,) = contested_bids(engine, one)
    assert (found.choice.pairing_id, found.losers) == ("mine", ("RR1",))
    assert contested_bids(engine, one.with_columns(notes=pl.lit(None, pl.String))) == []


def scores(one: ChoiceSet, of_winner: float, of_losers: float, of_others: float) -> EvaluatedMethod:
    def score(choice: ChoiceSituation) -> tuple[Floats, Floats]:
        out = np.full(len(choice.eligible), of_others)
        out[[choice.profiles.position[code] for code in one.losers]] = of_losers
        out[one.choice.partner_row] = of_winner
        return out, np.ones(len(out))

    return EvaluatedMethod("planted", "", "baseline", score)


def test_only_bidders_are_compared(sets: list[ChoiceSet]) -> None:
    for one in sets:
        by_chance = 1 / (1 + len(set(one.losers)))
        for winner, loser, first in ((0.6, 0.5, 1.0), (0.5, 0.6, 0.0), (0.5, 0.5, by_chance)):
            (row,) = placed([one], [scores(one, winner, loser, 0.9)]).iter_rows(named=True)
            assert row["first"] == pytest.approx(first)
            assert row["by_chance"] == pytest.approx(by_chance)


def test_methods_that_say_nothing_are_left_out(sets: list[ChoiceSet]) -> None:
    silent = EvaluatedMethod("silent", "", "practice", lambda one: None)
    assert placed(sets, [silent]).is_empty()
    assert placed([], [silent]).is_empty()
