"""Pairings of one's own: every problem is told, and what is usable is used."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker import Matchmaker, Snapshot
from matchmaker.errors import BadFile
from matchmaker.evaluation.user_pairings import UserPairings, headings, read_pairings
from matchmaker.sources.pairings import COLUMNS
from matchmaker.training.choice_sets import build_choice_sets

CASES = Path(__file__).parents[1] / "cases"
HEADING = "recipient_ods,partner_ods,kind,start_date\n"
KEOGH = "RJF,RRK,buddying,2013-09-19\n"
Read = Callable[..., UserPairings]


@pytest.fixture
def read(tmp_path: Path, engine: Matchmaker) -> Read:
    """Reads a file with this content."""

    def of(content: str, encoding: str = "utf-8") -> UserPairings:
        file = tmp_path / "own.csv"
        file.write_bytes(content.encode(encoding))
        return read_pairings(file, engine.registry)

    return of


def table_of(snapshot: Snapshot) -> pl.DataFrame:
    """The snapshot's own pairings under the headings of a file."""
    return snapshot.pairings.select(COLUMNS).rename(headings(snapshot.sector))


def told(own: UserPairings, row: int | None) -> list[str]:
    return [str(problem) for problem in own.problems if problem.row == row]


def test_four_columns_are_enough(read: Read) -> None:
    own = read(HEADING + KEOGH)
    (row,) = own.table.iter_rows(named=True)
    assert own.table.columns == list(COLUMNS)
    assert (row["recipient"], row["partner"], row["kind"]) == ("RJF", "RRK", "buddying")
    assert (row["start"], row["start_precision"]) == (date(2013, 9, 19), "day")
    assert (row["scope"], row["status"], row["confidence"]) == ("whole", "completed", "medium")
    assert row["pairing_id"] == "row 2"
    assert own.left_out == {}
    assert all(problem.row is None for problem in own.problems), "what is absent is told once"
    assert len({problem.column for problem in own.problems}) == len(own.problems)
    assert "column scope: nothing stands there" in " ".join(told(own, None))


def test_the_snapshots_own_pairings_come_back(read: Read, snapshot: Snapshot) -> None:
    """Written out and read in again they are the same, without a problem."""
    own = read(table_of(snapshot).write_csv())
    assert own.problems == ()
    assert own.table.sort("pairing_id").equals(snapshot.pairings.select(COLUMNS).sort("pairing_id"))


FAULTS = {
    "XX,RRK,buddying,2013-09-19": "recipient_ods: found 'XX'; expected the code of an organisation",
    "RJF,,buddying,2013-09-19": "partner_ods: nothing stands there; expected the code of an organisation",
    "RZZ,RRK,buddying,2013-09-19": "recipient_ods: found 'RZZ'; expected a code that the snapshot holds",
    "RJF,RJF,buddying,2013-09-19": "partner_ods: found 'RJF'; expected another organisation",
    "RJF,RRK,marriage,2013-09-19": "kind: found 'marriage'; expected one of",
    "RJF,RRK,,2013-09-19": "kind: nothing stands there; expected one of",
    "RJF,RRK,buddying,": "start_date: nothing stands there; expected a value",
    "RJF,RRK,buddying,soon": "start_date: found 'soon'; expected a date",
    "RJF,RRK,buddying,2013-02-30": "start_date: found '2013-02-30'; expected a date",
    "RJF,RRK,buddying,09/19/2013": "start_date: found '09/19/2013'; expected a date",
}


@pytest.mark.parametrize("row", FAULTS)
def test_a_row_that_can_not_be_used_is_left_out_with_the_reason(read: Read, row: str) -> None:
    own = read(f"{HEADING}{row}\n{KEOGH}")
    assert own.rows == 2
    assert own.table["pairing_id"].to_list() == ["row 3"]
    assert list(own.left_out) == [2]
    assert FAULTS[row] in own.left_out[2]
    assert own.left_out[2].endswith("The row is left out.")


def test_all_faults_of_a_file_are_told_together(read: Read) -> None:
    own = read(HEADING + "\n".join(FAULTS) + "\n")
    assert own.table.is_empty()
    assert set(own.left_out) == set(range(2, len(FAULTS) + 2))
    for at, expected in enumerate(FAULTS.values(), 2):
        assert any(expected in one for one in told(own, at))


@pytest.mark.parametrize(
    ("written", "day", "precision"),
    [
        ("19/09/2013", date(2013, 9, 19), "day"),
        ("3/4/2013", date(2013, 4, 3), "day"),
        ("19-Sep-2013", date(2013, 9, 19), "day"),
        ("19 September 2013", date(2013, 9, 19), "day"),
        ("2013-09-19 00:00:00", date(2013, 9, 19), "day"),
        ("2013-09-19T00:00:00", date(2013, 9, 19), "day"),
        ("2013-09", date(2013, 9, 1), "month"),
        ("September 2013", date(2013, 9, 1), "month"),
        ("2013", date(2013, 1, 1), "year"),
    ],
)
def test_dates_as_spreadsheets_write_them_are_read_and_told(
    read: Read, written: str, day: date, precision: str
) -> None:
    own = read(f"{HEADING}RJF,RRK,buddying,{written}\n")
    assert own.table.select("start", "start_precision").row(0) == (day, precision)
    (problem,) = told(own, 2)
    assert f"found {written!r}" in problem
    assert "Read as" in problem
    assert str(day.year) in problem.partition("Read as")[2]


def test_a_month_is_no_day_whatever_the_precision_says(read: Read) -> None:
    head = HEADING.strip() + ",start_precision\n"
    own = read(f"{head}RJF,RRK,buddying,2013-09,day\nRLT,RRK,buddying,19/09/2013,month\n")
    assert own.table["start_precision"].to_list() == ["month", "month"]
    assert own.left_out == {}


def test_a_day_within_its_month_is_used_with_a_word(read: Read) -> None:
    own = read(f"{HEADING.strip()},start_precision\nRJF,RRK,buddying,2013-09-19,month\n")
    assert own.table["start_precision"].to_list() == ["month"]
    assert told(own, 2) == [
        "row 2, start_date: found '2013-09-19'; expected the first day of its month or year, as its "
        "precision says. The first day that it can mean is used."
    ]


def test_words_in_another_case_are_read(read: Read) -> None:
    head = HEADING.strip() + ",scope,confidence\n"
    own = read(f"{head}rcx, rm1 ,Shared leadership,2025-01-01,Whole trust,HIGH\n")
    row = own.table.row(0, named=True)
    assert (row["recipient"], row["partner"], row["kind"]) == ("RCX", "RM1", "shared_leadership")
    assert (row["scope"], row["confidence"]) == ("whole", "high")
    assert any("Read as shared leadership." in one for one in told(own, 2))


def test_an_unknown_scope_or_status_is_not_guessed(read: Read) -> None:
    head = HEADING.strip() + ",scope,status,confidence\n"
    own = read(f"{head}{KEOGH.strip()},half,completed,high\n{KEOGH.strip()},whole_trust,completed,sure\n")
    assert list(own.left_out) == [2]
    assert own.table["confidence"].to_list() == ["medium"]
    assert any("Taken as medium." in one for one in told(own, 3))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_encodings_of_spreadsheets_are_read(read: Read, encoding: str) -> None:
    own = read(f"{HEADING.strip()},notes\n{KEOGH.strip()},Café – £5m\n".replace("\n", "\r\n"), encoding)
    assert own.table["notes"].to_list() == ["Café – £5m"]


def test_shuffled_and_further_columns_do_no_harm(read: Read) -> None:
    own = read("mine,start_date,kind,partner_ods,recipient_ods\nx,2013-09-19,buddying,RRK,RJF\n")
    assert own.table.select("recipient", "partner").row(0) == ("RJF", "RRK")


def test_blank_rows_are_no_rows(read: Read) -> None:
    own = read(f"{HEADING},,,\n{KEOGH},,,\n")
    assert (own.rows, own.table["pairing_id"].to_list(), own.left_out) == (1, ["row 3"], {})


def test_rows_with_one_name_are_told_apart(read: Read) -> None:
    head = "pairing_id," + HEADING
    own = read(f"{head}a,{KEOGH}a,RLT,RRK,buddying,2013-09-19\nb,RWD,RHQ,buddying,2013-09-19\n")
    assert own.table["pairing_id"].to_list() == ["row 2", "row 3", "b"]
    assert own.table["pairing_id"].is_unique().all()


@pytest.mark.parametrize(
    "content",
    [
        "",
        HEADING,
        "recipient_ods,partner_ods,kind\nRJF,RRK,buddying\n",
        "<html><body>Sign in</body></html>",
        "PK\x03\x04\0\0",
    ],
    ids=["empty", "heading only", "a column missing", "web page", "workbook"],
)
def test_what_is_no_such_table_is_told_with_what_to_do(read: Read, content: str) -> None:
    with pytest.raises(BadFile) as told:
        read(content)
    assert "own.csv" in told.value.message
    assert "Save the table as CSV or as an Excel workbook" in told.value.next_step


def test_a_missing_file_is_told(tmp_path: Path, engine: Matchmaker) -> None:
    with pytest.raises(BadFile, match=r"none\.csv"):
        read_pairings(tmp_path / "none.csv", engine.registry)


def test_a_partner_that_had_not_opened_is_left_out_and_no_miss(engine: Matchmaker) -> None:
    """`new_code_pairing.csv` of the public cases: R0D opened on the day of the merger."""
    own = read_pairings(CASES / "new_code_pairing.csv", engine.registry)
    assert (own.rows, own.table.height, sorted(own.left_out)) == (2, 0, [2, 3])
    assert "partner_ods: found 'R0D'; expected an organisation open on 30 September 2020" in own.left_out[2]
    assert "opened on 1 October 2020. The row is left out. Before it there was " in own.left_out[2]


def test_a_pairing_of_the_future_is_left_out(read: Read) -> None:
    own = read(f"{HEADING}RJF,RRK,buddying,2099-01-01\n{KEOGH}")
    assert list(own.left_out) == [2]
    assert "to which the figures reach" in own.left_out[2]


def test_a_partner_that_closed_before_is_told_with_its_successor(read: Read) -> None:
    own = read(f"{HEADING}RJF,RM2,buddying,2023-01-01\n")
    assert any("closed on" in one and "Its successor Manchester University" in one for one in told(own, 2))
    assert own.table.height == 1


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_names_and_usual_headings_are_read(read: Read, mark: str) -> None:
    lines = [
        ("Our buddies", "", "", ""),
        ("Recipient", "Partner", "Kind", "Date"),
        ("Basildon and Thurrock University Hospitals NHS Foundation Trust", "RAL - Royal Free London NHS "
         "Foundation Trust", "Buddying", "19 September 2013"),
        ("Source: our own records", "", "", ""),
    ]  # fmt: skip
    own = read("\n".join(mark.join(line) for line in lines))
    assert own.left_out == {}
    row = own.table.row(0, named=True)
    assert (row["recipient"], row["partner"], row["kind"]) == ("RDD", "RAL", "buddying")
    assert row["start"] == date(2013, 9, 19)


def test_2000_rows_are_read_whole(read: Read, snapshot: Snapshot) -> None:
    table = table_of(snapshot)
    many = pl.concat([table] * 20).head(2000).with_columns(pairing_id=pl.format("n{}", pl.int_range(2000)))
    own = read(many.write_csv())
    assert (own.rows, own.table.height, own.problems) == (2000, 2000, ())


def test_closed_trusts_are_replayed_as_the_bodies_of_the_day(read: Read, engine: Matchmaker) -> None:
    """Northern Lincolnshire's buddy of 2024 under a code that closed in 2019: its successor is meant."""
    own = read(f"{HEADING}RJF,RLN,buddying,2024-03-01\n")
    ((choice,), skipped) = build_choice_sets(engine, own.table)
    assert skipped == []
    assert choice.partner != "RLN"
    assert choice.partner == engine.registry.latest("RLN")


cells = st.text(st.characters(codec="utf-8", exclude_characters='\x00\r\n",'), max_size=12)
odd_rows = st.tuples(
    st.sampled_from(["RJF", "rrk", "RZZ", ""]) | cells,
    st.sampled_from(["RRK", "RJF", "R1"]) | cells,
    st.sampled_from(["buddying", "Merger", "marriage"]) | cells,
    st.sampled_from(["2013-09-19", "19/09/2013", "2013", "0000-00-00", "9999-12-31"]) | cells,
)


@pytest.mark.slow
@given(rows=st.lists(odd_rows, min_size=1, max_size=8))
def test_no_content_is_lost_or_crashes(
    rows: list[tuple[str, ...]], engine: Matchmaker, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Every row is used or left out with a reason."""
    file = tmp_path_factory.getbasetemp() / "odd.csv"
    file.write_text(HEADING + "\n".join(",".join(row) for row in rows) + "\n", "utf-8")
    own = read_pairings(file, engine.registry)
    assert own.rows == own.table.height + len(own.left_out)
    needed = own.table.select("recipient", "partner", "kind", "start")
    assert needed.null_count().row(0) == (0, 0, 0, 0)
    assert set(own.table["recipient"]) | set(own.table["partner"]) <= engine.registry.by_code.keys()
