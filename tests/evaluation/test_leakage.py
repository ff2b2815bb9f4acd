"""Leaks: none in the replays as they are, and planted ones are caught."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from matchmaker import Matchmaker
from matchmaker.evaluation.leakage import find_leaks, truncate_snapshot
from matchmaker.evaluation.replay import SCORED, EvaluatedMethod, evaluated_method, replay
from matchmaker.features import profiles
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.models.registry import METHODS
from matchmaker.typing import Floats

PLAIN = ("evidence", "nearest", "same-locality", "nhs-peer-finder", "best-rated", "size-only")


def peeks(choice: ChoiceSituation) -> tuple[Floats, Floats]:
    """Looks the partner up in the table of pairings, forgetting to ask from when it was known."""
    table = choice.profiles.snapshot.pairings
    partners = set(table.filter(pl.col("recipient") == choice.recipient)["partner"])
    codes = choice.profiles.organisations["code"].to_list()
    return np.array([float(code in partners) for code in codes]), np.ones(len(codes))


PEEKING = EvaluatedMethod("peeking", "Looks at what came later.", "baseline", peeks)


def test_no_replay_knows_what_came_later(past: list[ChoiceSituation]) -> None:
    assert find_leaks(past[::14], [evaluated_method(name) for name in PLAIN]) == []


def test_a_method_that_looks_at_later_pairings_is_caught(
    engine: Matchmaker, buddies: list[ChoiceSituation]
) -> None:
    found = find_leaks(buddies[:3], [PEEKING, evaluated_method("evidence")])
    assert {leak.what for leak in found} == {"peeking"}
    hits = replay(buddies, [PEEKING, evaluated_method("evidence")], engine.directory.latest)
    scored = hits.filter(pl.col("counted") == SCORED).group_by("method").agg(pl.col("hit@3").mean())
    by_method = dict(scored.iter_rows())
    assert by_method["peeking"] > 0.9 > by_method["evidence"], "the leak is worth catching"


def test_figures_of_a_later_day_are_caught(buddies: list[ChoiceSituation]) -> None:
    """Profiles that say they are of the day but hold what was known 400 days later."""
    choice = buddies[10]
    later = profiles(choice.profiles.snapshot, choice.day + timedelta(days=400), choice.profiles.features)
    same = later.organisations["code"].is_in(choice.profiles.organisations["code"].implode())
    if not (same.all() and len(same) == len(choice.eligible)):
        width = len(later.features)
        order = [later.position.get(code) for code in choice.profiles.organisations["code"]]
        cells = [
            (later if at is not None else choice.profiles).cells.slice(
                (at if at is not None else own) * width, width
            )
            for own, at in enumerate(order)
        ]
        cells_later = pl.concat(cells)
    else:
        cells_later = later.cells
    planted = replace(choice, profiles=replace(choice.profiles, cells=cells_later))
    found = {leak.what: leak.differs for leak in find_leaks([planted], [evaluated_method("evidence")])}
    assert found["profiles"] > 100
    assert "evidence" in found


def test_a_rating_published_later_is_caught(buddies: list[ChoiceSituation]) -> None:
    """One figure of one trust is enough."""
    choice = next(one for one in buddies if one.chosen is not None)
    column = choice.profiles.column["cqc_overall"]
    at = choice.partner_row * len(choice.profiles.features) + column
    cells = choice.profiles.cells.with_row_index("at").with_columns(
        value=pl.when(pl.col("at") == at).then(4.0).otherwise("value"),
        state=pl.when(pl.col("at") == at).then(pl.lit("known")).otherwise("state"),
    )
    planted = replace(choice, profiles=replace(choice.profiles, cells=cells.drop("at")))
    found = {leak.what: leak.differs for leak in find_leaks([planted], [evaluated_method("best-rated")])}
    assert found == {"profiles": 1, "best-rated": 1}


@pytest.mark.parametrize("at", [0, 40, -1])
def test_the_world_ends_on_the_day(past: list[ChoiceSituation], at: int) -> None:
    day = past[at].day
    ended = truncate_snapshot(past[at].profiles.snapshot, day)
    assert ended.measures["known_from"].max() <= day
    assert ended.pairings["start"].max() is None or ended.pairings["start"].max() <= day
    assert ended.pairings["end"].max() is None or ended.pairings["end"].max() <= day
    assert ended.spells["exit"].max() is None or ended.spells["exit"].max() <= day
    assert ended.successions["date"].max() is None or ended.successions["date"].max() <= day
    assert past[at].recipient in set(ended.organisations["code"])


def test_every_method_is_checked_or_learned_anew() -> None:
    """A method that was trained on the past must not be replayed as it ships."""
    from matchmaker.evaluation.evaluate import learners

    learned = {learner.name for learner in learners(Matchmaker())}
    assert {name for name in METHODS if name.startswith("practice")} <= learned
