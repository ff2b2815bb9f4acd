"""The whole evaluation of a made-up sector: every part, parts of it, and files that nobody has seen."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import polars as pl
import pytest

from matchmaker import Matchmaker, Snapshot
from matchmaker.errors import InvalidParameter
from matchmaker.evaluation.cross_validation import FORWARD
from matchmaker.evaluation.evaluate import Evaluation, _kinds, evaluate, outcomes
from matchmaker.evaluation.metrics import METRICS
from matchmaker.evaluation.published import publish
from matchmaker.evaluation.replay import NOT_ELIGIBLE, NOTHING
from matchmaker.evaluation.report.build import document, sections
from matchmaker.evaluation.user_pairings import UserPairings, read_pairings
from matchmaker.models.registry import methods
from matchmaker.sector import Sector, read_sector

HEADING = "recipient_port,partner_port,kind,start_date\n"
Read = Callable[[str], UserPairings]


@pytest.fixture
def read(tmp_path: Path, harbour_engine: Matchmaker) -> Read:
    """Reads a user's file with this content."""

    def of(content: str) -> UserPairings:
        file = tmp_path / "own.csv"
        file.write_text(content, "utf-8")
        return read_pairings(file, harbour_engine.registry)

    return of


def test_every_kind_and_method_takes_part(harbour_evaluation: Evaluation, harbours: Sector) -> None:
    found = harbour_evaluation
    assert {one.kind for one in found.choices} == {"mentoring", "takeover"}
    names = [method.name for method in found.methods]
    learned = ("past-choices", "evidence-refitted")
    assert set(names) == {*methods(harbours), *learned, *(f"{name}{FORWARD}" for name in learned)}
    assert found.results.height == len(found.choices) * len(names)
    assert (found.leaks, found.leak_checks) == ([], 11)


def test_every_pairing_is_replayed_or_left_out_with_a_rule(
    harbour_evaluation: Evaluation, harbour_snapshot: Snapshot
) -> None:
    replayed = [one.pairing_id for one in harbour_evaluation.choices]
    left_out = [one.pairing_id for one in harbour_evaluation.left_out]
    assert sorted([*replayed, *left_out]) == sorted(harbour_snapshot.pairings["pairing_id"])


def test_eras_begin_on_the_days_that_the_sector_names(harbour_evaluation: Evaluation) -> None:
    own = harbour_evaluation.eras.filter(method="evidence", family="Mentoring")
    assert own.select("era", "queries").rows() == [("to 2019", 3), ("from 2020", 5)]


def test_the_result_holds_what_it_says(harbour_evaluation: Evaluation) -> None:
    assert harbour_evaluation.user_pairings is None
    assert list(harbour_evaluation.misses) == ["evidence"]
    found = harbour_evaluation.outcomes
    assert found is not None
    assert found.exits is not None
    assert found.record.exits is not None
    assert found.record.ratings is not None
    assert (found.record.exits.spells, found.record.exits.with_partner, found.exits.height) == (7, 4, 4)
    assert found.record.exits.associations == ()  # too few to estimate anything
    assert found.record.exits.power is None
    assert found.record.ratings.ratings == {"1": 3, "2": 3, "3": 1}


def test_only_one_method_beside_chance_and_the_nearest(harbour_engine: Matchmaker) -> None:
    found = evaluate(harbour_engine, "takeover", "most-berths")
    assert {method.name for method in found.methods} == {"random", "nearest", "most-berths"}
    assert {one.kind for one in found.choices} == {"takeover"}
    assert found.misses == {}


@pytest.mark.slow
def test_a_sector_without_interventions_ratings_and_eras_has_a_report(
    harbour_snapshot: Snapshot, tmp_path: Path
) -> None:
    """No `evaluation.toml`, no learned method, one kind of pairing: those sections are left out."""
    folder = Path(shutil.copytree(str(harbour_snapshot.sector.folder), tmp_path / "harbours"))
    (folder / "evaluation.toml").unlink()
    methods_file = folder / "methods.toml"
    text = methods_file.read_text("utf-8")
    methods_file.write_text(text[text.index("[nearest]") :], "utf-8")
    tables = {name: harbour_snapshot.table(name) for name in harbour_snapshot.manifest["tables"]}
    tables["interventions"] = tables["interventions"].clear()
    tables["pairings"] = tables["pairings"].filter(pl.col("kind") == "takeover")
    engine = Matchmaker(Snapshot.of(tables, harbour_snapshot.manifest, read_sector(folder)))
    found = evaluate(engine)
    assert found.outcomes is None
    assert outcomes(engine) is None
    titles = [section.title for section in sections(publish(found), engine.sector)]
    assert "Takeover" in titles
    missing = ("Mentoring", "By era", "What was aimed at", "With hindsight", "Contests", "Question 2")
    assert not any(title.startswith(missing) for title in titles)


def test_a_users_pairings_are_scored_and_the_snapshots_learned_from(
    harbour_engine: Matchmaker, read: Read
) -> None:
    rows = "EEL,GUL,mentoring,2023-03-01\nKIT,LAN,takeover,2019-01-01\nEEL,EEL,mentoring,2023-03-01\n"
    found = evaluate(harbour_engine, user_pairings=read(HEADING + rows))
    assert [one.pairing_id for one in found.choices] == ["row 3", "row 2"]
    published = publish(found)
    assert published.file is not None
    assert (published.file.rows, published.file.unusable, len(published.file.problems)) == (3, 1, 9)
    page = document(published, harbour_engine.sector)
    assert page.count("## Your file") == 1
    assert "Question 2" not in page
    assert found.outcomes is None


def test_known_pairings_under_other_names_come_out_the_same(harbour_engine: Matchmaker, read: Read) -> None:
    table = harbour_engine.snapshot.pairings.filter(pl.col("kind") == "takeover")
    file = "".join(
        f"{row['recipient']},{row['partner']},takeover,{row['start']}\n"
        for row in table.iter_rows(named=True)
    )
    ours, theirs = (
        evaluate(harbour_engine, "takeover", "nearest", own) for own in (None, read(HEADING + file))
    )
    columns = ["day", "recipient", "partner", "method", "counted", *METRICS]
    one, other = (found.results.select(columns).sort(pl.all()) for found in (ours, theirs))
    assert one.equals(other)


@pytest.mark.parametrize(("precision", "length"), [("month", 7), ("year", 4)])
def test_less_precise_dates_are_replayed_from_before_all_they_can_mean(
    harbour_engine: Matchmaker, read: Read, precision: str, length: int
) -> None:
    written = "2019-05-17"[:length]
    found = evaluate(
        harbour_engine,
        method="nearest",
        user_pairings=read(f"{HEADING}EEL,COR,mentoring,{written}\n"),
    )
    assert found.choices[0].day.isoformat() == {"month": "2019-04-30", "year": "2018-12-31"}[precision]


def test_a_partner_that_was_not_eligible_is_scored_as_missed(harbour_engine: Matchmaker, read: Read) -> None:
    """The only pairing of the file: nothing is left to average, and that is no error."""
    own = read(f"{HEADING}EEL,KIT,mentoring,2019-05-01\n")
    found = evaluate(harbour_engine, user_pairings=own)
    assert set(found.results["counted"]) <= {NOT_ELIGIBLE, NOTHING}
    assert found.excluded.select("rule", "family").rows() == [("same_type", "Mentoring")]
    assert "0 (0%)" in document(publish(found), harbour_engine.sector)


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ("ZZZ,GUL,mentoring,2019-05-01\n", "No row is usable"),
        ("EEL,GUL,mentoring,1999-01-01\n", "Nothing was known yet"),
        ("EEL,GUL,takeover,2019-05-01\n", "There is none of these kinds"),
    ],
)
def test_a_file_without_a_pairing_to_score_says_why(
    harbour_engine: Matchmaker, read: Read, rows: str, why: str
) -> None:
    with pytest.raises(InvalidParameter, match="No pairing can be scored") as error:
        evaluate(harbour_engine, "mentoring", "nearest", read(HEADING + rows))
    assert why in error.value.message
    assert error.value.next_step


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"arrangement": "joint_watch"}, "replayed under 'joint_watch'"),
        ({"method": "guess"}, "no method 'guess'"),
    ],
)
def test_what_there_is_not_is_refused_at_once(
    harbour_engine: Matchmaker, given: dict[str, str], why: str
) -> None:
    begun: list[str] = []

    def track(doing: str, steps: Iterable[object]) -> Iterator[object]:
        begun.append(doing)
        return iter(steps)

    with pytest.raises(InvalidParameter, match=why) as error:
        evaluate(harbour_engine, **given, track=track)  # type: ignore[arg-type]
    assert begun == []
    assert "Choose one of" in error.value.next_step
    assert error.value.loc == tuple(given)


def test_an_arrangement_may_be_named_as_it_is_or_as_its_kind(harbours: Sector, engine: Matchmaker) -> None:
    assert _kinds(harbours, " Takeover ") == ("takeover",)
    assert _kinds(engine.sector, "Shared leadership") == ("shared_leadership",)
    assert _kinds(engine.sector, "acquisition") == ("acquisition", "management_contract")
    assert _kinds(harbours, None) == ("mentoring", "takeover")
