"""Competitions with known losers: does a method put the winner before those who really were in the race?

Scored apart, because the question is harder than to pick a partner from all trusts, and because a
pairing counts here even if it was abandoned later: the choice was made.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from matchmaker.evaluation.metrics import tied_rank
from matchmaker.evaluation.replay import EvaluatedMethod
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.training.choice_sets import LEFT_OUT_BY, build_choice_sets

if TYPE_CHECKING:
    from matchmaker.models.engine import Matchmaker

CLAUSE = re.compile(r"\blosing\b[^;.]*", re.IGNORECASE)
CODE = re.compile(r"\(([A-Z0-9]{3,5})\)")
WAIVED = LEFT_OUT_BY[:3]


@dataclass(frozen=True, eq=False)
class ChoiceSet:
    """A competition: the pairing that came of it, and the codes of those that lost."""

    choice: ChoiceSituation
    losers: tuple[str, ...]


def contested_bids(engine: Matchmaker, pairings: pl.DataFrame | None = None) -> list[ChoiceSet]:
    """Every competition in which the winner and a loser were open organisations on the day.

    Args:
        engine: whose snapshot is used.
        pairings: in the form of the snapshot's table; by default that one.
    """
    table = engine.snapshot.pairings if pairings is None else pairings
    named = {
        row["pairing_id"]: losers(row["pairing_id"], row["notes"]) for row in table.iter_rows(named=True)
    }
    known = [pairing for pairing, codes in named.items() if codes]
    made, _ = build_choice_sets(engine, table.filter(pl.col("pairing_id").is_in(known)), waive=WAIVED)
    found = []
    for one in made:
        open_then = tuple(code for code in named[one.pairing_id] if code in one.profiles.position)
        if one.partner_row is not None and open_then:
            found.append(ChoiceSet(one, open_then))
    return found


def losers(pairing_id: str, notes: str | None) -> tuple[str, ...]:
    """The codes of the bidders that a pairing's notes name as losing."""
    if pairing_id in _curated():
        return _curated()[pairing_id]
    clause = CLAUSE.search(notes or "")
    return tuple(CODE.findall(clause[0])) if clause else ()


def placed(sets: Sequence[ChoiceSet], contenders: Sequence[EvaluatedMethod]) -> pl.DataFrame:
    """Where each method puts the winner among the bidders, whatever the rules say of them.

    Returns:
        One row per competition and method: pairing_id, day, winner, losers, method, bidders, first (the
        chance that the winner comes first, ties shared), by_chance. Methods that say nothing are left out.
    """
    rows = []
    for one in sets:
        choice = one.choice
        at = choice.partner_row
        if at is None:
            continue
        bidders = np.zeros(len(choice.eligible), dtype=bool)
        bidders[[at, *(choice.profiles.position[code] for code in one.losers)]] = True
        for method in contenders:
            scored = method.score(choice)
            if scored is None:
                continue
            found = tied_rank(*scored, bidders, at)
            rows.append(
                {
                    "pairing_id": choice.pairing_id,
                    "day": choice.day,
                    "winner": choice.partner,
                    "losers": " ".join(one.losers),
                    "method": method.name,
                    "bidders": found.among,
                    "first": 0.0 if found.better else 1 / found.tied,
                    "by_chance": 1 / found.among,
                }
            )
    return pl.DataFrame(rows)


@cache
def _curated() -> dict[str, tuple[str, ...]]:
    content = tomllib.loads((files("matchmaker.sectors.nhs") / "contested_bids.toml").read_text("utf-8"))
    return {pairing: tuple(one["losers"]) for pairing, one in content.items()}
