"""Look-ahead: later figures, reported apart, and chance is 50% among those who have them."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from matchmaker import Matchmaker, Snapshot
from matchmaker.evaluation.lookahead import (
    later_profiles,
    lookahead_method,
    lookahead_methods,
    replay_lookahead,
)
from matchmaker.evaluation.replay import NOTHING, SCORED, EvaluatedMethod
from matchmaker.features.profiles import Profiles
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.models.ranking import MIN_COVERAGE
from matchmaker.sector import read_sector
from matchmaker.typing import Floats

KNOWN_ON = date(2024, 12, 31)


@pytest.fixture(scope="module")
def later(harbour_snapshot: Snapshot) -> Profiles:
    found = later_profiles(harbour_snapshot)
    assert found is not None
    return found


def test_the_figures_are_those_of_the_day_that_the_sector_names(later: Profiles) -> None:
    assert later.as_of == KNOWN_ON


def test_those_that_had_closed_by_then_are_among_them(later: Profiles, harbour_engine: Matchmaker) -> None:
    """Pebblecombe joined Corvesand in 2018; what it had published before is used nonetheless."""
    assert "PEB" not in harbour_engine.profiles(KNOWN_ON).position
    assert "PEB" in later.position


def test_each_choice_and_method_has_a_row(
    harbour_engine: Matchmaker, past: list[ChoiceSituation], later: Profiles
) -> None:
    backwards = lookahead_methods(harbour_engine.sector, later)
    found = replay_lookahead(past, backwards, harbour_engine.registry.latest)
    assert found.height == len(past)
    assert set(found["method"]) == {"setting-only-lookahead"}
    assert [method.role for method in backwards] == ["lookahead"]
    assert "31 December 2024" in backwards[0].says


def test_only_candidates_with_figures_are_compared(
    harbour_engine: Matchmaker, past: list[ChoiceSituation], later: Profiles
) -> None:
    """Netherpool has no settings, and a recipient of 2017 none of 2024."""
    method = lookahead_method("setting-only", later, KNOWN_ON)
    found = replay_lookahead(past, [method], harbour_engine.registry.latest)
    narrower = 0
    for choice, row in zip(past, found.iter_rows(named=True), strict=True):
        scored = method.score(choice)
        if scored is None:
            assert row["counted"] == NOTHING
            continue
        known = choice.eligible & (scored[1] >= MIN_COVERAGE)
        assert row["candidates"] == known.sum()
        narrower += known.sum() < choice.eligible.sum()
    assert narrower > 1
    assert 0 < (found["counted"] == NOTHING).sum() < len(past)


def test_what_can_not_tell_any_apart_is_at_50_percent(
    harbour_engine: Matchmaker, past: list[ChoiceSituation], later: Profiles
) -> None:
    """Partners always have figures here: were others without them placed behind, chance would look good."""
    real = lookahead_method("setting-only", later, KNOWN_ON)

    def score(choice: ChoiceSituation) -> tuple[Floats, Floats] | None:
        scored = real.score(choice)
        return None if scored is None else (np.zeros(len(scored[0])), scored[1])

    blind = EvaluatedMethod("blind", "Blind", "", "lookahead", score)
    found = replay_lookahead(past, [blind], harbour_engine.registry.latest)
    shares = found.filter(pl.col("counted") == SCORED)["percentile"]
    assert len(shares) > 5
    assert shares.to_list() == [0.5] * len(shares)


def test_a_sector_that_names_no_such_day_has_none(
    harbour_snapshot: Snapshot, harbour_engine: Matchmaker, past: list[ChoiceSituation], tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(str(harbour_snapshot.sector.folder), tmp_path / "harbours"))
    (folder / "evaluation.toml").unlink()
    tables = {name: harbour_snapshot.table(name) for name in harbour_snapshot.manifest["tables"]}
    sector = read_sector(folder)
    assert later_profiles(Snapshot.of(tables, harbour_snapshot.manifest, sector)) is None
    assert lookahead_methods(sector, None) == []
    assert replay_lookahead(past, [], harbour_engine.registry.latest).is_empty()
