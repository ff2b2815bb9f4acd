"""With hindsight: later figures, told apart, and chance is 50% among those who have them."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from matchmaker import Matchmaker, Snapshot
from matchmaker.evaluation import lookahead
from matchmaker.evaluation.lookahead import APPLIED, replayed, with_hindsight
from matchmaker.evaluation.outcomes.exposures import Exposures
from matchmaker.evaluation.replay import NOTHING, SCORED, EvaluatedMethod
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.models.ranking import MIN_COVERAGE
from matchmaker.typing import Floats


@pytest.fixture(scope="module")
def read(snapshot: Snapshot) -> Exposures:
    return Exposures(snapshot)


@pytest.fixture(scope="module")
def found(engine: Matchmaker, buddies: list[ChoiceSituation], read: Exposures) -> pl.DataFrame:
    return replayed(buddies, read, engine.directory.latest)


def test_each_choice_and_method_has_a_row(found: pl.DataFrame, buddies: list[ChoiceSituation]) -> None:
    assert found.height == len(buddies) * len(APPLIED)
    assert set(found["method"]) == {f"{name}-hindsight" for name in APPLIED}


def test_only_candidates_with_figures_are_compared(
    found: pl.DataFrame, buddies: list[ChoiceSituation], read: Exposures
) -> None:
    narrower = 0
    for choice in buddies:
        scored = with_hindsight("context-only", read).score(choice)
        (row,) = found.filter(
            (pl.col("pairing_id") == choice.pairing_id) & (pl.col("method") == "context-only-hindsight")
        ).iter_rows(named=True)
        if scored is None:
            assert row["counted"] == NOTHING
            continue
        known = choice.eligible & (scored[1] >= MIN_COVERAGE)
        assert row["candidates"] == known.sum()
        narrower += known.sum() < choice.eligible.sum()
    assert narrower > 5, "else nothing was tested"


def test_who_tells_nobody_apart_is_at_50_percent(
    engine: Matchmaker, buddies: list[ChoiceSituation], read: Exposures, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Partners always have figures here: were others without them placed behind, chance would look good."""

    def blind(name: str, read: Exposures) -> EvaluatedMethod:
        real = with_hindsight(name, read)

        def score(choice: ChoiceSituation) -> tuple[Floats, Floats] | None:
            scored = real.score(choice)
            return None if scored is None else (np.zeros(len(scored[0])), scored[1])

        return EvaluatedMethod(name, "", "hindsight", score)

    monkeypatch.setattr(lookahead, "with_hindsight", blind)
    told = replayed(buddies, read, engine.directory.latest).filter(pl.col("counted") == SCORED)
    assert told.height > 40
    assert told["percentile"].to_list() == [0.5] * told.height


def test_the_figures_are_those_of_the_day_that_stands_in(
    read: Exposures, buddies: list[ChoiceSituation]
) -> None:
    """A trust that had closed by then is asked about nonetheless if it has figures."""
    assert read.stand_in.as_of == lookahead.STAND_IN
    official = with_hindsight("nhs-peer-finder", read)
    before = [one for one in buddies if one.day.year < 2016]
    assert any(official.score(one) is not None for one in before)
