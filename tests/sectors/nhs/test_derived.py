"""Figures derived from board facts and ratings, as of a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from matchmaker.models.ties import ties
from matchmaker.sectors.nhs.derived import derived
from matchmaker.sectors.nhs.sources.board import read_tenure

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
    rows.append((date(2019, 5, 1), CHIEF, date(2017, 1, 1), None))
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


def test_a_holder_whom_nobody_has_seen_for_a_year_is_unknown(board: Callable[..., Any]) -> None:
    row = (date(2018, 3, 1), CHIEF, date(2017, 1, 1), None)
    assert board(row, day=date(2019, 3, 1))
    assert not board(row, day=date(2019, 3, 2))
    # A later fact about somebody before is no sight of the one who holds the post.
    other = (date(2019, 2, 1), CHIEF, date(2012, 1, 1), date(2015, 6, 1))
    assert not board(row, other, day=date(2019, 3, 2))


class TestJointPosts:
    """A joint post does not start a person's tenure anew, and one above a trust's own is none of the
    trust's."""

    ALONE = (date(2024, 5, 1), CHIEF, date(2022, 9, 1), None)
    JOINT = (date(2025, 4, 30), "chief_executive_joint", date(2025, 4, 1), None)

    def test_one_who_led_the_trust_alone_goes_on(self, board: Callable[..., Any]) -> None:
        found = board(self.ALONE, self.JOINT, day=date(2025, 9, 1))
        tenure = found["chief_executive_tenure"]
        assert tenure["value"] == pytest.approx((date(2025, 9, 1) - date(2022, 9, 1)).days / 365.25)
        assert tenure["period_end"] == date(2025, 4, 30)
        assert found["chief_executive_changes"]["value"] == 1

    def test_after_a_known_end_somebody_else_began(self, board: Callable[..., Any]) -> None:
        left = (date(2025, 3, 31), CHIEF, date(2022, 9, 1), date(2025, 4, 1))
        found = board(left, self.JOINT, day=date(2025, 9, 1))
        assert found["chief_executive_tenure"]["value"] == pytest.approx(153 / 365.25)
        assert found["chief_executive_changes"]["value"] == 2

    def test_so_did_an_interim_joint_holder(self, board: Callable[..., Any]) -> None:
        interim = (date(2025, 4, 30), "chief_executive_joint_interim", date(2025, 4, 1), None)
        found = board(self.ALONE, interim, day=date(2025, 9, 1))
        assert found["chief_executive_tenure"]["value"] == pytest.approx(153 / 365.25)

    def test_a_post_above_the_trust_s_own_holder_is_left_out(
        self, snapshot: Snapshot, changed: Callable[..., Snapshot]
    ) -> None:
        rows = [
            ("RTK", date(2025, 6, 1), CHIEF, date(2022, 2, 14), "day", None, None, "a paper", "high"),
            (
                *("RTK", date(2026, 1, 8), "chief_executive_joint", date(2026, 4, 1), "day", None, None),
                *("News (group post above trust chief executives)", "medium"),
            ),
        ]
        table = pl.DataFrame(rows, schema=snapshot.board_tenure.schema, orient="row")
        found = derived(changed(snapshot, board_tenure=table), date(2026, 5, 1)).filter(
            pl.col("code") == "RTK", pl.col("measure") == "fact.chief_executive_tenure"
        )
        assert found["value"].to_list() == [
            pytest.approx((date(2026, 5, 1) - date(2022, 2, 14)).days / 365.25)
        ]


@pytest.mark.raw
@pytest.mark.parametrize(
    ("code", "day", "since"),
    [
        ("RN7", date(2025, 9, 1), date(2022, 9, 1)),  # leads Medway too since April 2025
        ("RPA", date(2025, 9, 1), date(2025, 4, 1)),
        ("RD1", date(2025, 9, 1), date(2020, 9, 1)),  # leads Salisbury and Swindon too since November 2024
        ("RNZ", date(2025, 9, 1), date(2024, 11, 1)),
        ("RTD", date(2025, 3, 30), date(2024, 1, 1)),
        ("RTD", date(2025, 6, 1), date(2025, 4, 1)),  # left to lead NHS England: who came then is unknown
        ("RTD", date(2026, 8, 22), None),
        ("RTH", date(2024, 2, 1), date(2023, 3, 1)),
        ("RTH", date(2026, 8, 22), None),
        ("RGT", date(2026, 8, 22), None),  # last seen in February 2025
    ],
)
def test_named_trusts(
    snapshot: Snapshot,
    changed: Callable[..., Snapshot],
    raw_data: Path,
    code: str,
    day: date,
    since: date | None,
) -> None:
    facts = read_tenure(raw_data / "board/board_tenure_facts.csv").select(snapshot.board_tenure.columns)
    found = derived(changed(snapshot, board_tenure=facts), day).filter(
        pl.col("code") == code, pl.col("measure") == "fact.chief_executive_tenure"
    )
    expected = [] if since is None else [pytest.approx((day - since).days / 365.25)]
    assert found["value"].to_list() == expected


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
    last = rated.filter(pl.col("code") == "RTK")["period_end"].max()
    assert isinstance(last, date)
    months = found.filter(pl.col("code") == "RTK")["value"].item()
    assert months == pytest.approx((day - last).days / 365.25 * 12)


def test_a_trust_that_no_list_of_groups_names_is_unknown(snapshot: Snapshot) -> None:
    found = derived(snapshot, snapshot.as_of).filter(pl.col("measure") == "fact.shared_board")
    shared = {
        code
        for (code, _), known in ties(snapshot, snapshot.as_of).items()
        if any(tie.is_joint and tie.state == "in_force" for tie in known)
    }
    assert set(found["code"]) == shared
    assert "RGT" not in shared
    assert found["value"].unique().to_list() == [1.0]


def test_nothing_else_is_worked_out(snapshot: Snapshot) -> None:
    assert set(derived(snapshot, snapshot.as_of)["measure"]) == set(snapshot.sector.derived)
