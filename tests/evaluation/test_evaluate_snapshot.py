"""The evaluation of the bundled snapshot."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from matchmaker import Matchmaker, Snapshot
from matchmaker.evaluation.evaluate import Evaluation, evaluate
from matchmaker.evaluation.metrics import METRICS
from matchmaker.evaluation.replay import NOT_ELIGIBLE, family_of
from matchmaker.evaluation.rules_in_practice import unexplained
from matchmaker.evaluation.user_pairings import headings, read_pairings
from matchmaker.models.arrangement import arrangement

pytestmark = pytest.mark.slow


def ranks(found: Evaluation, *methods: str) -> list[tuple[object, ...]]:
    """Where the buddy stood, whatever a pairing is called."""
    own = found.results.filter(pl.col("method").is_in(methods), kind="buddying")
    return own.select("day", "recipient", "partner", "method", "counted", *METRICS).sort(pl.all()).rows()


def test_every_pairing_is_replayed_or_left_out_with_a_rule(
    evaluation: Evaluation, snapshot: Snapshot
) -> None:
    replayed = [one.pairing_id for one in evaluation.choices]
    left_out = [one.pairing_id for one in evaluation.left_out]
    assert sorted([*replayed, *left_out]) == sorted(snapshot.pairings["pairing_id"])
    assert evaluation.leaks == []
    assert evaluation.leak_checks >= 8


def test_what_rules_keep_out_is_what_is_not_eligible(evaluation: Evaluation) -> None:
    out = evaluation.results.filter(pl.col("counted") == NOT_ELIGIBLE)["pairing_id"].unique()
    assert set(evaluation.excluded["pairing_id"]) == set(out)


def test_no_rule_keeps_out_a_tenth_of_the_real_partners_without_a_stated_reason(
    evaluation: Evaluation,
) -> None:
    lacking = unexplained(evaluation.rules).select("kind", "rule", "kept_out", "partners").rows()
    assert lacking == [], "mend the rule, or state a reason in evaluation.toml"
    replayed = {(row["kind"], row["rule"]) for row in evaluation.rules.iter_rows(named=True)}
    for kind, own in evaluation.sector.pairing_kinds.items():
        rules = arrangement(evaluation.sector, own.arrangement).rules
        assert {(kind, rule.name) for rule in rules} <= replayed


def test_the_default_is_counted_against_the_nearest_in_every_family_and_in_all(
    evaluation: Evaluation,
) -> None:
    found = evaluation.wins.filter(method="evidence", metric="hit@10")
    whole = found.filter(family="all").row(0, named=True)
    parts = found.filter(pl.col("family") != "all")
    assert (whole["wins"], whole["losses"]) == (parts["wins"].sum(), parts["losses"].sum())
    assert whole["queries"] == len(evaluation.choices)


def test_the_forward_test_learns_from_nothing_on_or_after_its_day(evaluation: Evaluation) -> None:
    assert {"Buddying", "Structural", "Shared leadership"} <= set(evaluation.forward["family"])
    for row in evaluation.forward.iter_rows(named=True):
        own = [one for one in evaluation.choices if family_of(one) == row["family"]]
        assert row["queries"] == sum(one.day >= row["since"] for one in own)
        assert row["learned_from"] == sum(one.day < row["since"] and one.chosen is not None for one in own)


def test_known_pairings_under_other_names_come_out_the_same(
    engine: Matchmaker, snapshot: Snapshot, evaluation: Evaluation, tmp_path: Path
) -> None:
    """The learned method too: it never learns from the pairing in the file, whatever that is called."""
    table = snapshot.pairings.filter(pl.col("kind") == "buddying").with_columns(
        pairing_id=pl.format("mine {}", pl.int_range(pl.len())), notes=pl.lit(None, pl.String)
    )
    file = tmp_path / "own.csv"
    file.write_text(
        table.sample(fraction=1, shuffle=True, seed=1).rename(headings(engine.sector)).write_csv(), "utf-8"
    )
    own = read_pairings(file, engine.registry)
    found = evaluate(engine, "buddying", "practice", own)
    methods = ("practice", "practice-forward", "nearest", "random")
    assert {method.name for method in found.methods} == set(methods)
    assert ranks(found, *methods) == ranks(evaluation, *methods) != []
    assert set(found.results["pairing_id"]) <= set(table["pairing_id"])
    assert (found.outcomes is None, evaluation.outcomes is None) == (True, False)


@pytest.mark.usefixtures("kept_results")
def test_pairings_that_nobody_has_seen_run_with_every_method(
    engine: Matchmaker, evaluation: Evaluation, tmp_path: Path
) -> None:
    """Real codes of all types of trust, paired at will, in every way and era."""
    file = tmp_path / "own.csv"
    file.write_text(
        "recipient_ods,partner_ods,kind,start_date\n"
        "RXC,RYR,buddying,2012-05-01\nRHQ,RFR,buddying,2019-02-01\n"
        "RRU,RX8,merger,2016-06-01\nRV3,RRP,merger,2023-03-01\nRTK,RA2,acquisition,2018-01-01\n"
        "RW1,RDY,shared_leadership,2021-09-01\nRJ6,RJ7,management_contract,2015-04-01\n",
        "utf-8",
    )
    own = read_pairings(file, engine.registry)
    found = evaluate(engine, user_pairings=own)
    assert len(found.choices) + len(found.left_out) == 7
    assert len(found.choices) >= 6
    assert found.leaks == []
    assert [method.name for method in found.methods] == [method.name for method in evaluation.methods]
