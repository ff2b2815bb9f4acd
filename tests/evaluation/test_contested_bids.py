"""Contested pairings: losers from notes or by hand, and the winner ranked among real bidders only."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from matchmaker import Matchmaker, Snapshot
from matchmaker.evaluation.contested_bids import (
    FILE,
    ContestedPairing,
    contested_pairings,
    losing_bidders,
    winner_ranks,
)
from matchmaker.evaluation.replay import EvaluatedMethod
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.sector import Sector, read_sector
from matchmaker.typing import Floats


def with_notes(engine: Matchmaker, **notes: str) -> pl.DataFrame:
    """The pairings on record of which there are notes."""
    table = engine.snapshot.pairings.filter(pl.col("pairing_id").is_in(list(notes)))
    return table.with_columns(notes=pl.col("pairing_id").replace_strict(notes, return_dtype=pl.String))


@pytest.fixture(scope="module")
def contests(harbour_engine: Matchmaker) -> list[ContestedPairing]:
    notes = {"M1": "Losing bidders: Gullstead (GUL) and Corvesand (COR).", "M8": "Losing: Ferrow (FAR)."}
    return contested_pairings(harbour_engine, with_notes(harbour_engine, **notes))


@pytest.mark.parametrize(
    ("notes", "codes"),
    [
        ("Losing bidders: Amberwick (AMB) and Brineham (BRI); priced low.", ("AMB", "BRI")),
        ("losing party Corvesand (COR). Later joined Gullstead (GUL).", ("COR",)),
        ("Losing: the board (R2), said to be (all) too small (TOOLONG).", ()),
        ("Chosen over Derby; merger with (AMB) called off.", ()),
        ("Nobody was losing", ()),
        (None, ()),
    ],
)
def test_losers_are_read_from_the_clause_that_names_them(
    notes: str | None, codes: tuple[str, ...], harbours: Sector
) -> None:
    assert losing_bidders(harbours, "NEW-1", notes) == codes


def test_what_was_read_by_hand_comes_first(harbours: Sector, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(str(harbours.folder), tmp_path / "harbours"))
    (folder / FILE).write_text('[M1]\nlosers = ["COR"]\nsays = "Chosen over Corvesand."\n', "utf-8")
    assert losing_bidders(read_sector(folder), "M1", "Losing: Nobody (GUL)") == ("COR",)


def test_a_contest_has_a_winner_and_losers_that_were_open(contests: list[ContestedPairing]) -> None:
    first, second = contests
    assert (first.choice.partner, first.losers) == ("BRI", ("GUL", "COR"))
    assert second.losers == ("FAR",)


def test_an_abandoned_pairing_counts_since_the_choice_was_made(
    contests: list[ContestedPairing], past: list[ChoiceSituation]
) -> None:
    assert contests[1].choice.pairing_id == "M8"
    assert "M8" not in {one.pairing_id for one in past}


def test_losers_that_were_not_open_are_passed_over(harbour_engine: Matchmaker) -> None:
    """Pebblecombe closed in 2018."""
    table = with_notes(harbour_engine, M2="Losing: (PEB), (GUL)", M3="Losing: (PEB)")
    (contest,) = contested_pairings(harbour_engine, table)
    assert (contest.choice.pairing_id, contest.losers) == ("M2", ("GUL",))


def test_without_notes_there_is_no_contest(harbour_engine: Matchmaker) -> None:
    assert contested_pairings(harbour_engine) == []


def planted(contest: ContestedPairing, winner: float, losers: float, others: float) -> EvaluatedMethod:
    def score(choice: ChoiceSituation) -> tuple[Floats, Floats]:
        out = np.full(len(choice.eligible), others)
        out[[choice.profiles.position[code] for code in contest.losers]] = losers
        out[contest.choice.partner_row] = winner
        return out, np.ones(len(out))

    return EvaluatedMethod("planted", "Planted", "", "baseline", score)


def test_only_bidders_are_compared(contests: list[ContestedPairing]) -> None:
    for contest in contests:
        by_chance = 1 / (1 + len(contest.losers))
        for winner, loser, first in ((0.6, 0.5, 1.0), (0.5, 0.6, 0.0), (0.5, 0.5, by_chance)):
            (row,) = winner_ranks([contest], [planted(contest, winner, loser, 0.9)]).iter_rows(named=True)
            assert row["first"] == pytest.approx(first)
            assert row["by_chance"] == pytest.approx(by_chance)
            assert row["bidders"] == 1 + len(contest.losers)


def test_methods_that_say_nothing_are_left_out(contests: list[ContestedPairing]) -> None:
    silent = EvaluatedMethod("silent", "Silent", "", "practice", lambda one: None)
    assert winner_ranks(contests, [silent]).is_empty()
    assert winner_ranks([], [silent]).columns == winner_ranks(contests, [silent]).columns


def test_what_was_read_by_hand_is_of_the_snapshot(engine: Matchmaker, snapshot: Snapshot) -> None:
    by_hand = engine.sector.toml(FILE)
    assert set(by_hand) <= set(snapshot.pairings["pairing_id"])
    codes = set(snapshot.organisations["code"])
    assert all(set(one["losers"]) <= codes for one in by_hand.values())
    assert len(contested_pairings(engine)) >= 4
