"""CQC overall ratings that stood on the day a provider entered or left special measures.

The publication day of these ratings is not stated, but each was public on the day of the decision
that rested on it, so that day is used. It is later than the publication, never earlier. The
pairings table also holds ratings "before"; they are left out because they carry no day and 3 of 28
contradict ratings with a day.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from matchmaker.errors import Issue, IssueList
from matchmaker.sectors.nhs.sources.cqc_ratings import WORDS, dated
from matchmaker.sectors.nhs.sources.nhs_codes import trust_table
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.tabular import text

NO_RATING = frozenset({"", "not rated (pre-ratings)", "dissolved by acquisition"})

LEFT_OUT = frozenset(
    {
        ("SM-R1H-quality-2015", "entry"),  # one site's report; the trust was rated two months later
        ("SM-RXW-quality-2018", "entry"),  # entered before its rating came out on 29 November 2018
        ("SM-RJL-finance-2017", "entry"),  # its rating came out on 6 April 2017, two weeks later
        ("SM-RWE-finance-2020", "entry"),  # from memory, by the table's own note
        ("SM-RPA-RSP-2021", "entry"),  # from memory, by the table's own note
        ("SM-RJZ-finance-2017", "exit"),  # from memory, by the table's own note
    }
)
"""Ratings that were not public on that day, or that nobody read."""


def read_spells(path: Path) -> pl.DataFrame:
    """The table of spells: the rating at entry and the rating at exit."""
    columns = [text("code", "ods_code"), text("spell", "spell_id")]
    for end in ("entry", "exit"):
        columns += [
            text(f"{end}_date", f"{end}_date"),
            text(f"{end}_precision", f"{end}_precision"),
            text(f"{end}_rating", f"cqc_overall_at_{end}"),
        ]
    frame = trust_table(path, columns)
    ends = [
        frame.select(
            "code",
            "row",
            "spell",
            end=pl.lit(end),
            date=f"{end}_date",
            precision=f"{end}_precision",
            word=pl.col(f"{end}_rating").str.to_lowercase().fill_null(""),
            column=pl.lit(f"cqc_overall_at_{end}"),
        )
        for end in ("entry", "exit")
    ]
    rated = pl.concat(ends).filter(~pl.col("word").is_in(list(NO_RATING)))
    doubted = pl.DataFrame(sorted(LEFT_OUT), schema=["spell", "end"], orient="row")
    rated = rated.join(doubted, on=["spell", "end"], how="anti")
    return _rated(path, rated.filter(pl.col("precision").is_in(["day", "month"])))


def read_keogh(path: Path) -> pl.DataFrame:
    """The eleven trusts of July 2013 as the CQC's page of 4 August 2014 rates them."""
    columns = (text("code", "trust_code"), text("word", "cqc_overall_rating_mid_2014"))
    frame = trust_table(path, columns).with_columns(
        word=pl.col("word").str.to_lowercase().fill_null(""),
        date=pl.lit("2014-08-04"),
        precision=pl.lit("day"),
        column=pl.lit("cqc_overall_rating_mid_2014"),
    )
    return _rated(path, frame.filter(~pl.col("word").is_in(list(NO_RATING))))


def _rated(path: Path, frame: pl.DataFrame) -> pl.DataFrame:
    """Words to numbers and dates to days; a date that names a month only counts as its last day."""
    day = pl.col("date").str.to_date("%Y-%m-%d", strict=False)
    frame = frame.with_columns(
        day=pl.when(pl.col("precision") == "month").then(day.dt.month_end()).otherwise(day),
        value=pl.col("word").replace_strict(WORDS, default=None, return_dtype=pl.Float64),
        measure=pl.lit("cqc_overall"),
    )
    issues = IssueList()
    for expected, name in (("a day as yyyy-mm-dd", "day"), ("a CQC rating", "value")):
        for row, date, word, column in (
            frame.filter(pl.col(name).is_null()).select("row", "date", "word", "column").iter_rows()
        ):
            issues.add(Issue(path.name, expected, f"{date} {word}", None, row, column))
    issues.raise_if_any()
    return dated(frame.select("code", "row", "measure", "day", "value", "column"))


PUBLICATIONS = (
    Publication(
        id="cqc_ratings_at_special_measures",
        publisher="Care Quality Commission",
        title="Overall rating that stood on entry to and exit from special measures, 2014 to 2026",
        page="https://www.cqc.org.uk/publications",
        files=("pairings/special_measures.csv",),
        lag_days=0,
        read=read_spells,
        standing=Standing.COMPILED,
        compiled_by="matchmaker, from public pages named row by row",
    ),
    Publication(
        id="cqc_ratings_keogh_2014",
        publisher="Care Quality Commission",
        title="Special measures one year on: ratings of the eleven Keogh trusts",
        page="https://www.cqc.org.uk/news/stories/progress-report-year-after-trusts-placed-special-measures",
        files=("special-measures/keogh_special_measures_2013.csv",),
        lag_days=0,
        read=read_keogh,
        standing=Standing.EXTRACTED,
        compiled_by="matchmaker, from the page",
    ),
)
