"""Figures derived from board facts and ratings, as of a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from matchmaker.sectors.nhs.derived import derived

if TYPE_CHECKING:
    from matchmaker import Snapshot

CHIEF, INTERIM = "chief_executive", "chief_executive_interim"


@pytest.fixture
def board(snapshot: Snapshot, changed: Callable[..., Snapshot]) -> Callable[..., dict[str, Any]]:
    """What is worked out of one trust from rows of (as_of, role, start, end)."""

    def worked_out(*rows: tuple[date, str, date | None, date | None], day: date) -> dict[str, Any]:
        table = pl.DataFrame(
            [
                ("RTK", as_of, role, start, "day", end, "day", "a paper", "high")
                for as_of, role, start, end in rows
            ],
            schema=snapshot.board_tenure.schema,
            orient="row",
        )
        found = derived(changed(snapshot, board_tenure=table), day).filter(pl.col("code") == "RTK")
        found = found.filter(pl.col("source") == "a paper")
        return {row["measure"].removeprefix("fact."): row for row in found.iter_rows(named=True)}

    return worked_out


def test_tenure_runs_to_the_day_and_is_as_old_as_its_source(board: Callable[..., Any]) -> None:
    found = board((date(2018, 3, 1), CHIEF, date(2017, 1, 1), None), day=date(2019, 1, 1))
    tenure = found["chief_executive_tenure"]
    assert tenure["value"] == pytest.approx(730 / 365.25)
    assert tenure["period_end"] == tenure["known_from"] == date(2018, 3, 1)
    assert found["chief_executive_interim"]["value"] == 0
    assert found["chief_executive_changes"]["value"] == 1
    assert "chair_tenure" not in found


def test_the_latest_start_counts_if_it_was_known(board: Callable[..., Any]) -> None:
    rows = [
        (date(2018, 3, 1), CHIEF, date(2017, 1, 1), None),
        (date(2019, 6, 1), INTERIM, date(2019, 5, 1), None),
    ]
    before = board(*rows, day=date(2019, 5, 31))
    after = board(*rows, day=date(2019, 6, 1))
    assert before["chief_executive_interim"]["value"] == 0
    assert after["chief_executive_interim"]["value"] == 1
    assert after["chief_executive_tenure"]["value"] == pytest.approx(31 / 365.25)
    assert after["chief_executive_changes"]["value"] == 2


def test_after_an_end_somebody_unknown_began(board: Callable[..., Any]) -> None:
    found = board((date(2018, 3, 1), CHIEF, date(2012, 1, 1), date(2018, 4, 1)), day=date(2018, 7, 1))
    assert found["chief_executive_tenure"]["value"] == pytest.approx(91 / 365.25)
    assert "chief_executive_interim" not in found  # who, and how, is unknown
    assert "chief_executive_changes" not in found  # that none is known to have begun proves nothing


def test_a_start_to_come_does_not_count_yet(board: Callable[..., Any]) -> None:
    rows = [
        (date(2018, 3, 1), CHIEF, date(2017, 1, 1), None),
        (date(2018, 3, 1), CHIEF, date(2018, 9, 1), None),
    ]
    assert board(*rows, day=date(2018, 8, 31))["chief_executive_changes"]["value"] == 1
    assert board(*rows, day=date(2018, 9, 1))["chief_executive_tenure"]["value"] == 0


def test_of_two_who_began_on_one_day_the_interim_one_counts(board: Callable[..., Any]) -> None:
    joint = (date(2026, 1, 8), "chief_executive_joint", date(2026, 4, 1), None)
    interim = (date(2026, 1, 8), INTERIM, date(2026, 4, 1), None)
    for rows in ([joint, interim], [interim, joint]):
        found = board(*rows, day=date(2026, 5, 1))
        assert found["chief_executive_interim"]["value"] == 1
        assert found["chief_executive_changes"]["value"] == 1


def test_posts_are_kept_apart(board: Callable[..., Any]) -> None:
    rows = [
        (date(2018, 3, 1), CHIEF, date(2017, 1, 1), None),
        (date(2018, 3, 1), "chair_acting", date(2018, 1, 1), None),
    ]
    found = board(*rows, day=date(2018, 3, 1))
    assert (found["chief_executive_interim"]["value"], found["chair_interim"]["value"]) == (0, 1)


def test_months_since_the_last_overall_rating(snapshot: Snapshot) -> None:
    day = date(2019, 3, 31)
    found = derived(snapshot, day).filter(pl.col("measure") == "fact.months_since_rated")
    rated = snapshot.measures.filter(pl.col("measure") == "cqc_overall", pl.col("known_from") <= day)
    assert found["code"].is_unique().all()
    assert set(found["code"]) == set(rated["code"])
    last = rated.filter(pl.col("code") == "RTK")["known_from"].max()
    assert isinstance(last, date)
    months = found.filter(pl.col("code") == "RTK")["value"].item()
    assert months == pytest.approx((day - last).days / 365.25 * 12)


def test_a_trust_that_no_list_of_groups_names_is_unknown(snapshot: Snapshot) -> None:
    found = derived(snapshot, snapshot.as_of).filter(pl.col("measure") == "fact.shared_board")
    listed = snapshot.groups.filter(pl.col("as_of") <= snapshot.as_of)
    assert set(found["code"]) == set(listed["code"])
    assert found["value"].unique().to_list() == [1.0]


def test_nothing_else_is_worked_out(snapshot: Snapshot) -> None:
    assert set(derived(snapshot, snapshot.as_of)["measure"]) == set(snapshot.sector.derived)
