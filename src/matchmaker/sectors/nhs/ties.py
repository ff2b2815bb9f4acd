"""Joint posts: trusts that have one chief executive or one chair, from the facts of tenure.

The facts hold no names. Two trusts share a post where both have a joint one and one source reports both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import combinations
from typing import Any

import polars as pl

from matchmaker.dates import last_day
from matchmaker.models.ties import Tie
from matchmaker.snapshot import Snapshot

SHARED: dict[str, str] = {"chief_executive": "shared_chief_executive", "chair": "shared_chair"}
"""Post -> the kind of tie that a joint one makes."""
ABOVE = "above trust chief executives"
"""How a source says that a joint post stands above a trust's own holder of it."""
_NOTE = re.compile(r"\([^()]*\)")


def joint_posts(snapshot: Snapshot, day: date) -> Iterator[tuple[str, str, Tie]]:
    """Every two trusts that were known by a day to share, or to have shared, a post."""
    known = snapshot.board_tenure.filter(
        (pl.col("as_of") <= day) & pl.col("role").str.contains("joint") & (last_day("start") <= day)
    )
    for post, kind in SHARED.items():
        held = known.filter(pl.col("role").str.starts_with(post)).sort("code", "start", "as_of", "source")
        facts = [(fact, _references(fact["source"])) for fact in held.to_dicts()]
        for (one, by_one), (other, by_other) in combinations(facts, 2):
            if one["code"] != other["code"] and not by_one.isdisjoint(by_other):
                tie = _tie(one, other, kind, day)
                if tie is not None:
                    yield one["code"], other["code"], tie


def _references(source: str) -> frozenset[str]:
    """The sources that a fact names, without the notes on them."""
    return frozenset(part.strip() for part in _NOTE.sub("", source).split(";") if part.strip())


def _tie(one: dict[str, Any], other: dict[str, Any], kind: str, day: date) -> Tie | None:
    later = max(one, other, key=lambda fact: fact["start"])
    until = min((fact["end"] for fact in (one, other) if fact["end"] is not None), default=None)
    if until is not None and until <= later["start"]:
        return None  # spells of two holders, one after the other
    ended = until is not None and until <= day
    return Tie(
        kind=kind,
        state="ended" if ended else "in_force",
        since=later["start"],
        since_precision=later["start_precision"],
        until=until if ended else None,
        seen=min(one["as_of"], other["as_of"]),
        source=later["source"],
    )
