"""Who led a trust, and for how long: facts of tenure, counts of holders, shared boards; no names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl

from matchmaker.sectors.nhs.sources.corrections import corrections
from matchmaker.sectors.nhs.sources.nhs_codes import TRUST_CODE
from matchmaker.sources.fact_table import CONFIDENCE, FactTable
from matchmaker.sources.publication import Publication, Standing

POSTS = ("chief_executive", "chair")
ROLES = tuple(
    post + suffix for post in POSTS for suffix in ("", "_acting", "_interim", "_joint", "_joint_interim")
)
ARRANGEMENTS = (
    *("board_in_common_or_joint_board", "shared_chair", "shared_chief_executive"),
    "shared_chief_executive_and_chair",
)
# Two sources word the same arrangement in two orders.
SAME_ARRANGEMENT = {"shared_chair_and_chief_executive": "shared_chief_executive_and_chair"}
EVERY = ("code", "as_of", "source", "confidence")


def _opened(path: Path, headings: dict[str, str], further: str = "") -> FactTable:
    table = FactTable(path, {"code": "ods_code"} | headings | {name: name for name in EVERY[1:]})
    for added in corrections().get(further, ()):
        own = table.frame.filter(pl.col("code") == added["code"], pl.col("role") == added["role"])
        if own.height and added["end"] not in own["end"]:
            table.frame = pl.concat([table.frame, pl.DataFrame([added])], how="diagonal")
    table.filled("as_of", "source")
    table.codes("code", pattern=TRUST_CODE)
    table.words("confidence", CONFIDENCE)
    # A fact published some time in 2024 may not be used before 2024 is over.
    table.partial_dates("as_of", "last")
    return table


def read_tenure(path: Path) -> pl.DataFrame:
    """One spell, or one end of a spell, in a post; an empty end does not mean still in post.

    `start` and `end` are the first day of the month or year where that is all that is known.
    """
    table = _opened(path, {"role": "role", "start": "start_date", "end": "end_date"}, "board_tenure")
    table.words("role", ROLES)
    table.partial_dates("start", "first")
    table.partial_dates("end", "first")
    table.ordered("start", "end")
    table.refuse("start", pl.col("start").is_null() & pl.col("end").is_null(), "a start or an end")
    return table.result(
        *("code", "as_of", "role", "start", "start_precision", "end", "end_precision"),
        *("source", "confidence"),
    )


def read_holders(path: Path) -> pl.DataFrame:
    """How many people held a post over a window of whole months."""
    names = ("role", "window_start", "window_end", "n_holders")
    table = _opened(path, {name: name for name in names})
    table.words("role", ROLES)
    table.filled("window_start", "window_end")
    table.partial_dates("window_start", "first")
    table.partial_dates("window_end", "last")
    backwards = (pl.col("window_end") < pl.col("window_start")).fill_null(False)
    table.refuse("window_end", backwards, "a day not before the window's start")
    counted = pl.col("n_holders").str.contains(r"^[1-9]\d?$").fill_null(False)
    table.refuse("n_holders", ~counted, "a number of people, 1 to 99")
    frame = table.result("code", "as_of", *names, "source", "confidence")
    return frame.with_columns(pl.col("n_holders").cast(pl.Int64))


def read_groups(path: Path) -> pl.DataFrame:
    """A trust whose chair, chief executive or board is shared with other trusts."""
    table = _opened(path, {"leadership": "arrangement", "group_name": "group_name"})
    table.words("leadership", (*ARRANGEMENTS, *SAME_ARRANGEMENT))
    table.filled("group_name")
    frame = table.result("code", "as_of", "leadership", "group_name", "source", "confidence")
    return frame.with_columns(pl.col("leadership").replace(SAME_ARRANGEMENT))


def _published(
    id_: str, title: str, file: str, read: Callable[[Path], pl.DataFrame], table: str | None = None
) -> Publication:
    return Publication(
        id=id_,
        publisher="matchmaker compilation of public sources",
        title=title,
        page="",  # no one page: each row names its own
        files=(f"board/{file}.csv",),
        lag_days=0,
        read=read,
        standing=Standing.COMPILED,
        table=table or id_,
        licence="facts, each row names its source",
    )


PUBLICATIONS = (
    _published("board_tenure", "Chief executives and chairs: tenure", "board_tenure_facts", read_tenure),
    _published("board_holders", "Chief executives: number of holders", "holder_counts", read_holders),
    _published("board_groups", "Boards and leaders shared by trusts", "group_boards", read_groups, "groups"),
)
