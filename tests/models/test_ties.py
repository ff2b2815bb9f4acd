"""Ties: what is in force on a day, what ends it, and what several sources say of the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from made_up import HARBOURS, made_up_snapshot

from matchmaker import Snapshot
from matchmaker.models.scoring.records import absorptions, helping, relations
from matchmaker.models.ties import Tie, describe_tie, ties
from matchmaker.sector import Sector, read_sector

CODES: dict[str, dict[str, float]] = {code: {} for code in ("AAA", "BBB", "CCC")}
DAY = date(2020, 6, 30)
JOINT = """
[pairing_kinds.alliance]
label = "shared leadership"
family = "Alliance"
arrangement = "mentoring"
is_help = true
is_joint_leadership = true

[joint_leadership.kinds]
harbour_master = { now = "One harbour master runs both", past = "One harbour master ran both" }
chair = { now = "One chair serves both", past = "One chair served both" }

[joint_leadership.words]
one_master = ["harbour_master"]
one_master_and_chair = ["harbour_master", "chair"]
"""


@pytest.fixture(scope="module")
def led_together(tmp_path_factory: pytest.TempPathFactory) -> Sector:
    """The harbours with a kind of pairing by joint leadership, and words for what is shared."""
    import shutil

    folder = Path(shutil.copytree(HARBOURS, tmp_path_factory.mktemp("sector") / "harbours"))
    text = (folder / "sector.toml").read_text("utf-8")
    (folder / "sector.toml").write_text(text + JOINT, "utf-8")
    return read_sector(folder)


def pairing(**row: Any) -> dict[str, Any]:
    return {"recipient": "AAA", "partner": "BBB", **row}


def member(code: str, as_of: date, leadership: str | None = "one_master") -> dict[str, Any]:
    return {"code": code, "as_of": as_of, "leadership": leadership, "group_name": "Coast", "source": "a list"}


def states(snapshot: Snapshot, day: date = DAY, pair: tuple[str, str] = ("AAA", "BBB")) -> dict[str, str]:
    """Kind -> state."""
    return {tie.kind: tie.state for tie in ties(snapshot, day).get(pair, ())}


class TestPairings:
    def test_each_side_has_its_own_view(self) -> None:
        found = made_up_snapshot(CODES, pairings=[pairing(start=date(2020, 1, 1), end=date(2021, 1, 1))])
        assert states(found, pair=("BBB", "AAA")) == {"helping": "in_force"}
        assert states(found, pair=("AAA", "BBB")) == {"helped": "in_force"}

    def test_help_ends_with_its_end(self) -> None:
        found = made_up_snapshot(CODES, pairings=[pairing(start=date(2019, 1, 1), end=date(2020, 6, 30))])
        assert states(found, date(2020, 6, 29)) == {"helped": "in_force"}
        (tie,) = ties(found, date(2020, 6, 30))["AAA", "BBB"]
        assert (tie.state, tie.until) == ("ended", date(2020, 6, 30))

    @pytest.mark.parametrize("gone", ["AAA", "BBB"])
    def test_and_when_one_of_the_two_closes(self, gone: str) -> None:
        """The fault that kept the largest out of every list: it helped one that it had absorbed."""
        going_on = pairing(start=date(2019, 1, 1), status="ongoing")
        found = made_up_snapshot(CODES, pairings=[going_on], closed={gone: date(2020, 3, 31)})
        assert helping(found, date(2020, 3, 31)) == {"BBB": ["AAA"]}  # its last day
        assert helping(found, date(2020, 4, 1)) == {}
        (tie,) = ties(found, date(2020, 4, 1))["AAA", "BBB"]
        assert (tie.state, tie.until) == ("ended", date(2020, 3, 31))
        # Joint work of the past stays on record.
        assert frozenset(("AAA", "BBB")) in relations(found, date(2020, 4, 1))

    def test_an_absorption_is_over_when_the_absorbed_closes(self) -> None:
        going_on = pairing(kind="takeover", start=date(2019, 1, 1), status="ongoing")
        found = made_up_snapshot(CODES, pairings=[going_on], closed={"AAA": date(2020, 3, 31)})
        assert absorptions(found, date(2020, 3, 31)) == {"AAA": "BBB"}
        assert absorptions(found, date(2020, 4, 1)) == {}
        assert states(found, date(2020, 3, 31)) == {"absorbed": "in_force"}
        assert states(found, date(2020, 3, 31), ("BBB", "AAA")) == {"absorbing": "in_force"}

    def test_joint_leadership_says_what_is_shared(self, led_together: Sector) -> None:
        row = pairing(kind="alliance", start=date(2019, 1, 1), status="ongoing")
        shared = made_up_snapshot(
            CODES, sector=led_together, pairings=[row | {"leadership": "one_master_and_chair"}]
        )
        assert states(shared) == dict.fromkeys(("harbour_master", "chair", "helped"), "in_force")
        assert relations(shared, DAY) == {
            frozenset(("AAA", "BBB")): "One harbour master runs both since 1 January 2019."
        }
        unsaid = made_up_snapshot(CODES, sector=led_together, pairings=[row])
        assert states(unsaid) == {"shared_leadership": "in_force", "helped": "in_force"}
        assert relations(unsaid, DAY) == {
            frozenset(("AAA", "BBB")): "Both share leadership since 1 January 2019."
        }


class TestGroups:
    def test_members_share_what_the_list_says_from_its_day_on(self, led_together: Sector) -> None:
        listed = [member("AAA", date(2020, 1, 31)), member("BBB", date(2020, 2, 28))]
        found = made_up_snapshot(CODES, sector=led_together, groups=listed)
        assert states(found, date(2020, 2, 27)) == {}
        (tie,) = ties(found, DAY)["AAA", "BBB"]
        assert (tie.kind, tie.state, tie.since, tie.seen, tie.group) == (
            "harbour_master",
            "in_force",
            None,
            date(2020, 1, 31),
            "Coast",
        )
        assert (
            describe_tie(tie, led_together)
            == "One harbour master runs both (Coast), last reported by January 2020."
        )

    def test_what_nobody_has_confirmed_for_long_is_unconfirmed(self, led_together: Sector) -> None:
        """As help without a known end counts for 24 months."""
        listed = [member(code, date(2018, 6, 30)) for code in ("AAA", "BBB")]
        found = made_up_snapshot(CODES, sector=led_together, groups=listed)
        assert states(found, date(2020, 6, 29)) == {"harbour_master": "in_force"}
        (tie,) = ties(found, DAY)["AAA", "BBB"]
        assert tie.state == "unconfirmed"
        assert (
            describe_tie(tie, led_together)
            == "One harbour master ran both (Coast) when last reported, by June 2018."
        )

    def test_an_end_that_a_pairing_knows_ends_what_was_seen_before(self, led_together: Sector) -> None:
        listed = [member(code, date(2019, 6, 30)) for code in ("AAA", "BBB")]
        row = pairing(kind="alliance", start=date(2019, 1, 1), end=date(2020, 1, 1))
        found = made_up_snapshot(CODES, sector=led_together, groups=listed, pairings=[row])
        assert states(found, date(2019, 12, 31))["harbour_master"] == "in_force"
        assert states(found, date(2020, 1, 1))["harbour_master"] == "ended"
        # What was seen later is a tie of its own.
        again = [member(code, date(2020, 2, 1)) for code in ("AAA", "BBB")]
        later = made_up_snapshot(CODES, sector=led_together, groups=again, pairings=[row])
        assert states(later)["harbour_master"] == "in_force"

    def test_two_sources_of_one_tie_are_told_once(self, led_together: Sector) -> None:
        listed = [member(code, date(2019, 6, 30)) for code in ("AAA", "BBB")]
        row = pairing(
            kind="alliance",
            start=date(2019, 1, 1),
            start_precision="month",
            status="ongoing",
            leadership="one_master",
        )
        found = made_up_snapshot(CODES, sector=led_together, groups=listed, pairings=[row])
        first, second = ties(found, DAY)["AAA", "BBB"]
        assert (first.kind, second.kind) == ("harbour_master", "helped")
        assert describe_tie(first, led_together) == "One harbour master runs both since January 2019 (Coast)."


def test_what_is_in_force_is_told_before_what_is_over() -> None:
    rows = [
        pairing(start=date(2020, 1, 1), end=date(2020, 3, 1)),
        pairing(start=date(2015, 1, 1), status="ongoing", kind="takeover"),
    ]
    found = made_up_snapshot(CODES, pairings=rows)
    assert [tie.state for tie in ties(found, DAY)["AAA", "BBB"]] == ["in_force", "ended"]


def test_a_tie_of_no_pairing_that_ended_says_until_when(led_together: Sector) -> None:
    tie = Tie("chair", "ended", None, "day", date(2019, 5, 31), date(2018, 1, 1), "a paper")
    assert describe_tie(tie, led_together) == "One chair served both until May 2019."
    assert describe_tie(replace(tie, until=None), led_together) == "One chair served both."
