"""CQC ratings of whole providers: overall and by key question.

`period_start` and `period_end` are the day on which a rating was published. An edition holds what stood on
its own day and is no history: a rating in it is known from the day of the edition, because a file that was
made then leaves out every rating that another had replaced. A blank rating is no row. 1 is inadequate, 4 is
outstanding.

Until the end of 2024 the overall rating of a trust was the aggregate of its ratings for the key questions.
Since then a trust-level assessment rates it on well-led alone; it comes without a rating for Safe, and is a
measure of its own.
"""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from matchmaker.errors import BadFile, Issue, IssueList
from matchmaker.sectors.nhs.sources.nhs_codes import TRUST_CODE
from matchmaker.sources import tabular
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.tabular import number, text

WORDS = {"inadequate": 1, "requires improvement": 2, "good": 3, "outstanding": 4}
"""What each rating is worth in the catalogue."""

QUESTIONS = {
    "Overall": "cqc_overall",
    "Safe": "cqc_safe",
    "Effective": "cqc_effective",
    "Caring": "cqc_caring",
    "Responsive": "cqc_responsive",
    "Well-led": "cqc_well_led",
}


EDITION_2019 = date(2019, 3, 31)
"""The file holds what stood at about March 2019."""
EDITION_2026 = date(2026, 7, 31)
"""The file holds what stood in July 2026."""
WELL_LED_ALONE = date(2024, 11, 1)
"""The first trust-level assessments came out at the end of 2024."""


def dated(frame: pl.DataFrame, edition: date | None = None) -> pl.DataFrame:
    """Rows of `code`, `measure`, `day`, `value` as measures of one day.

    Args:
        frame: the ratings.
        edition: the day of the file, where that holds only what stood on it.
    """
    day = pl.col("day")
    rows = frame.with_columns(
        pl.col("value").cast(pl.Float64),
        period_start=day,
        period_end=day,
        known_from=day if edition is None else pl.max_horizontal(day, pl.lit(edition)),
    )
    return rows.drop("day").unique(("code", "measure", "period_end"), keep="first", maintain_order=True)


def read_latest(path: Path) -> pl.DataFrame:
    """One JSON object: code -> [overall, Safe, publication date as yyyy-mm-dd]."""
    issues = IssueList()
    rows: list[dict[str, object]] = []
    for code, entry in _object(path).items():
        if not re.fullmatch(TRUST_CODE, code):
            continue
        day = _day(entry[2] if isinstance(entry, list) and len(entry) == 3 else None)
        if day is None:
            issues.add(Issue(path.name, f"[overall, Safe, yyyy-mm-dd] under {code}", repr(entry)))
            continue
        alone = not entry[1] and day >= WELL_LED_ALONE
        overall = "cqc_trust_assessment" if alone else "cqc_overall"
        for measure, word in zip((overall, "cqc_safe"), entry, strict=False):
            value = WORDS.get(str(word).casefold())
            if value is not None:
                rows.append({"code": code, "measure": measure, "day": day, "value": value})
            elif word:
                issues.add(Issue(path.name, f"a rating under {code}", repr(word)))
    issues.raise_if_any()
    return dated(pl.DataFrame(rows), EDITION_2026)


def _object(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BadFile([Issue(path.name, f"JSON ({error})")], "Download the file again.") from error
    if not isinstance(content, dict) or not content:
        raise BadFile([Issue(path.name, "an object with a rating for each code")], "Check the file.")
    return content


def _day(cell: object) -> date | None:
    try:
        return date.fromisoformat(str(cell))
    except ValueError:
        return None


def read_history(path: Path) -> pl.DataFrame:
    """The ratings that stood in March 2019: one line per organisation, service and key question."""
    columns = (
        text("code", "ORG_CODE"),
        text("date", "DATE"),
        text("population", "POPULATION"),
        text("question", "QUESTION"),
        number("score", "RATING_SCORE"),
    )
    # Three-character codes are whole providers; the longer ones are single sites.
    frame = tabular.table(path, columns, keep=r"^[RT][A-Z0-9]{2}$")
    frame = frame.filter(pl.col("population") == "Overall", pl.col("score").is_not_null())
    frame = frame.with_columns(day=pl.col("date").str.to_date("%d/%m/%Y", strict=False))
    issues = IssueList()
    for row, cell in frame.filter(pl.col("day").is_null()).select("row", "date").iter_rows():
        issues.add(Issue(path.name, "a day as dd/mm/yyyy", cell, None, row, "DATE"))
    for row, cell in (
        frame.filter(~pl.col("question").is_in(list(QUESTIONS))).select("row", "question").iter_rows()
    ):
        issues.add(Issue(path.name, f"one of {list(QUESTIONS)}", cell, None, row, "QUESTION"))
    issues.raise_if_any()
    return dated(
        frame.select(
            "code",
            "day",
            "row",
            measure=pl.col("question").replace_strict(QUESTIONS, return_dtype=pl.String),
            # The file counts from 0 (inadequate); the catalogue from 1.
            value=pl.col("score") + 1,
            column=pl.lit("RATING_SCORE"),
        ),
        EDITION_2019,
    )


PUBLICATIONS = (
    Publication(
        id="cqc_ratings_latest",
        required=True,
        publisher="Care Quality Commission",
        title="Latest overall and Safe rating of each provider as they stood in July 2026",
        page="https://www.cqc.org.uk/about-us/transparency/using-cqc-data",
        files=("cqc-provider-ratings-2026/cqc.json",),
        lag_days=0,
        as_at=EDITION_2026,
        read=read_latest,
        standing=Standing.EXTRACTED,
        compiled_by="bevanjboyle-lang/strategy-reconfiguration",
    ),
    Publication(
        id="cqc_ratings_2019",
        publisher="Care Quality Commission",
        title="Provider ratings by key question as they stood in March 2019",
        page="https://www.cqc.org.uk/about-us/transparency/using-cqc-data",
        files=("lse-hospital-management/CQC_ratings.csv",),
        lag_days=0,
        as_at=EDITION_2019,
        read=read_history,
        standing=Standing.EXTRACTED,
        compiled_by="Asaria, McGuire and Street (miqdadasaria/hospital_management)",
    ),
)
