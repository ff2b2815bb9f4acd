"""Contested pairings: is the actual partner ranked above the bidders that are known to have lost?

Scored apart, because the question is harder than to pick a partner from all, and because a
pairing counts here even if it was abandoned later: the choice was made.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from matchmaker.cache import cached
from matchmaker.evaluation.metrics import tied_rank
from matchmaker.evaluation.replay import EvaluatedMethod
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.sector import Definition, Sector, parse_definition
from matchmaker.training.choice_sets import WAIVABLE, build_choice_sets

if TYPE_CHECKING:
    from matchmaker.models.engine import Matchmaker

FILE = "contested_bids.toml"
CLAUSE = re.compile(r"\blosing\b[^;.]*", re.IGNORECASE)
CODE = re.compile(r"\(([A-Z0-9]+)\)")
COLUMNS = {
    "pairing_id": pl.String,
    "day": pl.Date,
    "winner": pl.String,
    "losers": pl.String,
    "method": pl.String,
    "bidders": pl.Int64,
    "first": pl.Float64,
    "by_chance": pl.Float64,
}


class Contest(Definition):
    """A contest whose losing bidders the notes of its pairing name without their codes."""

    losers: tuple[str, ...]
    says: str
    """What the source says of them."""


@dataclass(frozen=True, eq=False)
class ContestedPairing:
    """The pairing that came of a contest, and the codes of the bidders that lost."""

    choice: ChoiceSituation
    losers: tuple[str, ...]


def contested_pairings(engine: Matchmaker, pairings: pl.DataFrame | None = None) -> list[ContestedPairing]:
    """Every contest in which the winner and a loser were open organisations on the day.

    Args:
        engine: whose snapshot is used.
        pairings: in the form of the snapshot's table; by default that one.
    """
    table = engine.snapshot.pairings if pairings is None else pairings
    losers = {
        row["pairing_id"]: losing_bidders(engine.sector, row["pairing_id"], row["notes"])
        for row in table.iter_rows(named=True)
    }
    known = [pairing for pairing, codes in losers.items() if codes]
    choices, _ = build_choice_sets(engine, table.filter(pl.col("pairing_id").is_in(known)), waive=WAIVABLE)
    out = []
    for choice in choices:
        open_then = tuple(code for code in losers[choice.pairing_id] if code in choice.profiles.position)
        if choice.partner_row is not None and open_then:
            out.append(ContestedPairing(choice, open_then))
    return out


def losing_bidders(sector: Sector, pairing_id: str, notes: str | None) -> tuple[str, ...]:
    """The codes of the bidders that a pairing's notes ("Losing bidder: name (CODE)") name as losing."""
    if pairing_id in _contests(sector):
        return _contests(sector)[pairing_id].losers
    clause = CLAUSE.search(notes or "")
    return tuple(filter(sector.is_code, CODE.findall(clause[0]))) if clause else ()


def winner_ranks(contests: Sequence[ContestedPairing], methods: Sequence[EvaluatedMethod]) -> pl.DataFrame:
    """How each method ranks the winner among the bidders, whatever the rules say of them.

    Returns:
        One row per contest and method: pairing_id, day, winner, losers, method, bidders, first (the
        chance that the winner comes first, ties shared), by_chance. Methods that say nothing are left out.
    """
    rows = []
    for contest in contests:
        choice = contest.choice
        at = choice.partner_row
        if at is None:
            continue
        bidders = np.zeros(len(choice.eligible), dtype=bool)
        bidders[[at, *(choice.profiles.position[code] for code in contest.losers)]] = True
        among_bidders = replace(choice, eligible=bidders, why_not=None)
        for method in methods:
            scored = method.score(among_bidders)
            if scored is None:
                continue
            rank = tied_rank(*scored, bidders, at)
            rows.append(
                {
                    "pairing_id": choice.pairing_id,
                    "day": choice.day,
                    "winner": choice.partner,
                    "losers": " ".join(contest.losers),
                    "method": method.name,
                    "bidders": rank.among,
                    "first": 0.0 if rank.better else 1 / rank.tied,
                    "by_chance": 1 / rank.among,
                }
            )
    return pl.DataFrame(rows, schema=COLUMNS)


@cached
def _contests(sector: Sector) -> dict[str, Contest]:
    content = sector.toml(FILE)
    return {name: parse_definition(Contest, own, f"{FILE} [{name}]") for name, own in content.items()}
