"""The whole evaluation: parts of it are parts, and files that nobody has seen run unchanged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from pathlib import Path

import polars as pl
import pytest

from matchmaker import Matchmaker, Snapshot
from matchmaker.errors import InvalidParameter
from matchmaker.evaluation.evaluate import Evaluation, evaluate
from matchmaker.evaluation.export import summary, tables
from matchmaker.evaluation.metrics import METRICS
from matchmaker.evaluation.replay import FAMILIES, NOT_ELIGIBLE
from matchmaker.evaluation.report.build import document
from matchmaker.evaluation.user_pairings import OwnPairings, read_own
from matchmaker.models.registry import METHODS
from matchmaker.sectors.nhs.sources.pairings import RENAMED
from matchmaker.training.choice_sets import KINDS

HEADING = "recipient_ods,partner_ods,kind,start_date\n"
Own = Callable[[str], OwnPairings]


@pytest.fixture
def own(tmp_path: Path, engine: Matchmaker) -> Own:
    """Reads a file of one's own with this content."""

    def of(content: str) -> OwnPairings:
        file = tmp_path / "own.csv"
        file.write_text(content, "utf-8")
        return read_own(file, frozenset(engine.registry.by_code), engine.sector)

    return of


def csv(table: pl.DataFrame) -> str:
    return table.rename(RENAMED).write_csv()


def places(found: Evaluation, *methods: str) -> list[tuple[object, ...]]:
    """Where the partner stood, whatever a pairing is called."""
    own = found.results.filter(pl.col("method").is_in(methods))
    return own.select("day", "recipient", "partner", "method", "counted", *METRICS).sort(pl.all()).rows()


def test_every_kind_and_method_takes_part(evaluation: Evaluation) -> None:
    assert {one.kind for one in evaluation.choices} == set(KINDS)
    assert set(METHODS) <= set(evaluation.methods)
    assert evaluation.results.height == len(evaluation.choices) * len(evaluation.methods)
    assert evaluation.leaks == []
    assert evaluation.leak_checks >= 8


def test_every_pairing_is_replayed_or_left_out_with_a_rule(
    evaluation: Evaluation, snapshot: Snapshot
) -> None:
    replayed = [one.pairing_id for one in evaluation.choices]
    left = [one.pairing_id for one in evaluation.skipped]
    assert sorted([*replayed, *left]) == sorted(snapshot.pairings["pairing_id"])


def test_what_rules_keep_out_is_what_is_not_eligible(evaluation: Evaluation) -> None:
    out = evaluation.results.filter(pl.col("counted") == NOT_ELIGIBLE)["pairing_id"].unique()
    assert set(evaluation.excluded["pairing_id"]) == set(out)
    assert set(evaluation.eras["family"]) == set(FAMILIES.values())


def test_known_pairings_under_other_names_come_out_the_same(
    engine: Matchmaker, own: Own, snapshot: Snapshot
) -> None:
    """The learned method too: it never learns from the pairing in the file, whatever that is called."""
    asked = snapshot.pairings.filter(pl.col("kind") == "buddying").with_columns(
        pairing_id=pl.format("mine {}", pl.int_range(pl.len())), notes=pl.lit(None, pl.String)
    )
    shuffled = asked.sample(fraction=1, shuffle=True, seed=1)
    theirs = evaluate(engine, "buddying", "practice")
    found = evaluate(engine, "buddying", "practice", own(csv(shuffled)))
    methods = ("practice", "practice-forward", "nearest", "random")
    assert set(found.methods) == set(methods)
    assert places(found, *methods) == places(theirs, *methods)
    assert set(found.results["pairing_id"]) <= set(asked["pairing_id"])
    assert (found.outcomes is None, theirs.outcomes is None) == (True, False)


@pytest.mark.parametrize(("precision", "length"), [("month", 7), ("year", 4)])
def test_less_precise_dates_are_replayed_from_before_all_they_can_mean(
    engine: Matchmaker, own: Own, snapshot: Snapshot, precision: str, length: int
) -> None:
    some = snapshot.pairings.filter(pl.col("pairing_id").is_in(["BUD-RJF-RRK-2013", "BUD-RCX-RK5-2018"]))
    rows = "".join(
        f"{row['recipient']},{row['partner']},{row['kind']},{str(row['start'])[:length]}\n"
        for row in some.iter_rows(named=True)
    )
    found = evaluate(engine, method="nearest", own=own(HEADING + rows))
    starts = some["start"].dt.truncate("1mo" if precision == "month" else "1y")
    assert [one.day for one in found.choices] == starts.dt.offset_by("-1d").sort().to_list()


def test_pairings_that_nobody_has_seen_run_with_every_method(
    engine: Matchmaker, own: Own, evaluation: Evaluation
) -> None:
    """Real codes of all kinds of trust, paired at will, in every way and era."""
    found = evaluate(
        engine,
        own=own(
            HEADING + "RXC,RYR,buddying,2012-05-01\nRHQ,RFR,buddying,2019-02-01\n"
            "RRU,RX8,merger,2016-06-01\nRV3,RRP,merger,2023-03-01\nRTK,RA2,acquisition,2018-01-01\n"
            "RW1,RDY,shared_leadership,2021-09-01\nRJ6,RJ7,management_contract,2015-04-01\n"
        ),
    )
    assert len(found.choices) + len(found.skipped) == 7
    assert len(found.choices) >= 6
    assert found.leaks == []
    assert set(found.methods) == set(evaluation.methods)
    assert document(found).count("## Your file") == 1
    assert "Question 2" not in document(found)
    assert "problems.csv" in tables(found)
    assert '"rows": 7' in summary(found)


def test_a_partner_that_was_not_eligible_is_scored_as_missed(engine: Matchmaker, own: Own) -> None:
    """The only pairing of the file: nothing is left to average, and that is no error."""
    found = evaluate(engine, method="nearest", own=own(f"{HEADING}RJL,RXR,buddying,2017-09-19\n"))
    assert set(found.results["counted"]) == {NOT_ELIGIBLE}
    assert "0 (0%)" in document(found)
    assert summary(found)
    assert tables(found)


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ("RZZ,RRK,buddying,2013-09-19\n", "No row is usable"),
        ("RJF,RRK,buddying,1999-01-01\n", "Nothing was known yet"),
        ("RJF,RRK,merger,2013-09-19\n", "There is none of these kinds"),
    ],
)
def test_a_file_without_a_pairing_to_score_says_why(
    engine: Matchmaker, own: Own, rows: str, why: str
) -> None:
    with pytest.raises(InvalidParameter, match="No pairing can be scored") as told:
        evaluate(engine, "buddying", "nearest", own(HEADING + rows))
    assert why in told.value.message
    assert told.value.next_step


@pytest.mark.parametrize(
    ("asked", "why"),
    [({"arrangement": "contract"}, "replayed under 'contract'"), ({"method": "best"}, "no method 'best'")],
)
def test_what_there_is_not_is_refused_at_once(engine: Matchmaker, asked: dict[str, str], why: str) -> None:
    begun: list[str] = []

    def tell(doing: str, steps: Iterable[object]) -> Iterator[object]:
        begun.append(doing)
        return iter(steps)

    with pytest.raises(InvalidParameter, match=why) as told:
        evaluate(engine, **asked, tell=tell)
    assert begun == []
    assert "Choose one of" in told.value.next_step


def test_an_arrangement_may_be_named_as_it_is_or_as_its_kind(engine: Matchmaker) -> None:
    from matchmaker.evaluation.evaluate import _kinds

    assert _kinds("Shared leadership") == ("shared_leadership",)
    assert _kinds(" acquisition ") == ("acquisition", "management_contract")
    assert _kinds(None) == KINDS


def test_the_result_holds_what_it_says(evaluation: Evaluation) -> None:
    assert {field.name for field in fields(evaluation)} >= {"means", "comparisons", "misses", "outcomes"}
    assert evaluation.own is None
    assert list(evaluation.misses) == ["evidence"]
    assert len(evaluation.misses["evidence"]) == 10
