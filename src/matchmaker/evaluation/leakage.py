"""Does a replay know anything that came later? The same question is asked of a world that ends on the day.

Everything published, begun or ended after the day is cut out of the snapshot. A replay that used only
what was known then can't tell the difference: profiles, eligible candidates and scores stay the same to
the last bit. Whatever differs has leaked.

What a trust is and where it stands (kind, region, local system, coordinates) is held without a date and
is not cut: it is an identity, no outcome. Local systems are those of recent years.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matchmaker.evaluation.replay import EvaluatedMethod, arrangement_of
from matchmaker.features import Profiles, profiles
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.models.recommender import Recommender
from matchmaker.sectors.nhs.peer_finder.official_lists import KNOWN_FROM as PEERS_KNOWN_FROM
from matchmaker.snapshot import Snapshot

IDENTITY = "trust_type_"
"""Attributes whose names begin so say what kind of trust one is."""


@dataclass(frozen=True, slots=True)
class Leak:
    """Something that a replay could not have known.

    Attributes:
        what: `profiles`, `eligible`, or the name of a method.
        differs: how many cells, candidates or scores differ.
    """

    pairing_id: str
    day: date
    what: str
    differs: int


def find_leaks(choices: Sequence[ChoiceSituation], contenders: Sequence[EvaluatedMethod]) -> list[Leak]:
    """What differs between each replay and the same replay in a world that ends on its day.

    Args:
        choices: past pairings, as replayed.
        contenders: methods, learned ones included.
    """
    found: list[Leak] = []
    for choice in choices:
        ended = truncate_snapshot(choice.profiles.snapshot, choice.day)
        then = profiles(ended, choice.day, choice.profiles.features)
        found += _compared(choice, then, contenders)
    return found


def _compared(choice: ChoiceSituation, then: Profiles, contenders: Sequence[EvaluatedMethod]) -> list[Leak]:
    row = then.position.get(choice.recipient)
    if row is None or then.organisations["code"].to_list() != choice.profiles.organisations["code"].to_list():
        return [Leak(choice.pairing_id, choice.day, "organisations", 1)]
    eligible = Recommender(then, arrangement_of(choice)).eligible(row)
    seen: dict[str, tuple[NDArray[Any], NDArray[Any]]] = {
        "profiles": (choice.profiles.values, then.values),
        "eligible": (choice.eligible, eligible),
    }
    again = replace(choice, profiles=then, row=row, eligible=eligible)
    for method in contenders:
        one, other = method.score(choice), method.score(again)
        if one is not None and other is not None:
            seen[method.name] = (one[0], other[0])
    apart = {what: int(_differs(*pair).sum()) for what, pair in seen.items()}
    return [Leak(choice.pairing_id, choice.day, what, n) for what, n in apart.items() if n]


def _differs(one: NDArray[Any], other: NDArray[Any]) -> NDArray[np.bool_]:
    return np.asarray((one != other) & ~(np.isnan(one) & np.isnan(other)))


def truncate_snapshot(snapshot: Snapshot, day: date) -> Snapshot:
    """The snapshot as it would be had the world ended on a day."""
    known = pl.col("known_from") <= day
    said = pl.col("as_of") <= day
    over, ended = pl.col("exit") > day, pl.col("end") > day
    none = pl.lit(None)
    tables = {
        "organisations": snapshot.organisations.filter(
            (pl.col("opened") <= day).fill_null(True)
        ).with_columns(closed=pl.when(pl.col("closed") <= day).then("closed")),
        "names": snapshot.names,
        "successions": snapshot.successions.filter(pl.col("date") <= day),
        "measures": snapshot.measures.filter(known),
        "conflicts": snapshot.conflicts.filter(pl.col("period_end") <= day),
        "attributes": snapshot.attributes.filter(known | pl.col("attribute").str.starts_with(IDENTITY)),
        # A pairing that goes on after the day had no end, no outcome and no later ratings then.
        "pairings": snapshot.pairings.filter(_surely("start") <= day).with_columns(
            end=pl.when(~ended).then("end"),
            end_precision=pl.when(~ended).then("end_precision"),
            status=pl.when(ended).then(pl.lit("ongoing")).otherwise("status"),
            outcome=none.cast(pl.String),
            rating_after=none.cast(pl.String),
        ),
        # A spell that ends after the day was seen running on it.
        "interventions": snapshot.interventions.filter(
            pl.coalesce(_surely("entry"), "seen") <= day
        ).with_columns(
            exit=pl.when(~over).then("exit"),
            exit_precision=pl.when(~over).then("exit_precision"),
            exit_known=pl.col("exit_known") & ~over,
            seen=pl.when(over).then(pl.lit(day)).otherwise(pl.when(pl.col("seen") <= day).then("seen")),
        ),
        "board_tenure": snapshot.board_tenure.filter(said),
        "board_holders": snapshot.board_holders.filter(said),
        "groups": snapshot.groups.filter(said),
        "official_peers": snapshot.official_peers.filter(pl.lit(day >= PEERS_KNOWN_FROM)),
    }
    said_of_it = {name: snapshot.manifest[name] for name in ("as_of", "known_since", "sources")}
    return Snapshot.of(tables, said_of_it | {"as_of": day.isoformat()})


def _surely(column: str) -> pl.Expr:
    """The last day that a date of its precision can mean."""
    # Not that of `history`: a check must not share the mistakes of what it checks.
    day, precision = pl.col(column), pl.col(f"{column}_precision")
    year = day.dt.offset_by("1y").dt.offset_by("-1d")
    return (
        pl.when(precision == "year")
        .then(year)
        .when(precision == "month")
        .then(day.dt.month_end())
        .otherwise(day)
    )
