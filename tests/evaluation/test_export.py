"""Results as data: tidy, valid, the same bytes twice."""

from __future__ import annotations

import io
import json
import math

import polars as pl
import pytest

from matchmaker.evaluation.evaluate import Evaluation
from matchmaker.evaluation.export import _plain, summary, tables
from matchmaker.evaluation.inference import bootstrap_mean, clustered
from matchmaker.evaluation.metrics import METRICS
from matchmaker.evaluation.replay import NOTHING

KEYS = {
    "replays.csv": ["pairing_id", "method"],
    "means.csv": ["family", "population", "method", "metric"],
    "comparisons.csv": ["family", "metric", "method", "baseline"],
    "wins.csv": ["family", "metric", "method", "baseline"],
    "forward.csv": ["family", "method", "metric"],
    "rules.csv": ["kind", "rule"],
    "lookahead.csv": ["family", "population", "method", "metric"],
    "contested_bids.csv": ["pairing_id", "method"],
    "weights.csv": ["family", "metric"],
    "left_out.csv": ["pairing_id"],
    "exits.csv": ["spell_id"],
    "ratings.csv": ["pairing_id"],
}
EMPTY = {"contested_bids.csv", "forward.csv"}
"""What the harbours have too few pairings for."""


@pytest.fixture(scope="module")
def frames(harbour_evaluation: Evaluation) -> dict[str, pl.DataFrame]:
    return {name: pl.read_csv(io.StringIO(text)) for name, text in tables(harbour_evaluation).items()}


def test_every_table_is_tidy(frames: dict[str, pl.DataFrame]) -> None:
    """One row per key, no cell that is neither a number nor empty nor a word."""
    assert frames.keys() == KEYS.keys()
    for name, frame in frames.items():
        assert (frame.height > 0) == (name not in EMPTY), name
        assert frame.select(KEYS[name]).is_unique().all(), name
        assert all(column == column.lower() and " " not in column for column in frame.columns)
        numbers = frame.select(pl.selectors.float())
        assert not numbers.select(pl.all().is_nan().any()).to_numpy().any(), name


def test_tables_and_summary_say_the_same(
    frames: dict[str, pl.DataFrame], harbour_evaluation: Evaluation
) -> None:
    content = json.loads(summary(harbour_evaluation))
    assert content["means"] == [
        {
            key: pytest.approx(value, abs=2e-6) if isinstance(value, float) else value
            for key, value in row.items()
        }
        for row in frames["means.csv"].to_dicts()
    ]
    assert content["pairings"]["replayed"] == frames["replays.csv"]["pairing_id"].n_unique() == 11
    assert content["pairings"]["left_out"] == {"abandoned": frames["left_out.csv"].height}


def test_means_can_be_worked_out_again_from_the_replays(frames: dict[str, pl.DataFrame]) -> None:
    """Someone with the files alone gets the same figures."""
    replays = frames["replays.csv"].filter(pl.col("counted") != NOTHING)
    for family, method, metric in (("Mentoring", "evidence", "hit@5"), ("Takeover", "nearest", "mrr")):
        own = replays.filter(family=family, method=method)
        found = bootstrap_mean(own[metric].to_numpy(), clustered(own["organisation"].to_list()))
        row = frames["means.csv"].filter(family=family, method=method, metric=metric, population="all")
        assert row["value"][0] == pytest.approx(found.value, abs=1e-5)
        assert row["organisations"][0] == found.clusters


def test_the_summary_is_valid_json_without_nan(harbour_evaluation: Evaluation) -> None:
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    content = json.loads(summary(harbour_evaluation), parse_constant=refuse)
    assert content["leaks"] == {"checked": 11, "found": []}
    assert (content["sector"], content["snapshot"]) == ("harbours", harbour_evaluation.snapshot)
    assert list(content["methods"]) == [method.name for method in harbour_evaluation.methods]
    assert content["outcomes"]["exits"]["spells"] == 7
    assert {row["metric"] for row in content["means"]} == set(METRICS)


def test_what_is_no_number_becomes_null() -> None:
    assert _plain({"a": [math.inf, math.nan, 1 / 3], 2: (True, None, "x")}) == {
        "a": [None, None, 0.333333],
        "2": [True, None, "x"],
    }


def test_the_same_evaluation_gives_the_same_bytes(harbour_evaluation: Evaluation) -> None:
    assert summary(harbour_evaluation) == summary(harbour_evaluation)
    assert tables(harbour_evaluation) == tables(harbour_evaluation)
