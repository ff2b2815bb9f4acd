"""Sickness absence: days lost to sickness as a share of the days staff were there to work."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from matchmaker.errors import BadFile, Issue
from matchmaker.sectors.nhs.sources.nhs_codes import trust_table
from matchmaker.sources import tabular
from matchmaker.sources.periods import calendar_quarter, month
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.tabular import number, text

PAGE = "https://digital.nhs.uk/data-and-information/publications/statistical/nhs-sickness-absence-rates"
# Both columns are called FTEs in the file and hold FTE days, lost and available.
QUARTERLY = (
    text("quarter", "date"),
    text("code", "trust_code"),
    number("lost", "sick_ftes"),
    number("available", "total_ftes"),
)
RECENT = (
    text("code", "org_code"),
    text("data_month", "data_month"),
    number("month_lost", "sickness_fte_days_lost_3m_avg"),
    number("month_available", "sickness_fte_days_avail_3m_avg"),
    number("quarter_lost", "sickness_fte_days_lost_prior_3m_avg"),
    number("quarter_available", "sickness_fte_days_avail_prior_3m_avg"),
)
WINDOW_END = "2026-03"


def _share(lost: str, available: str) -> pl.Expr:
    # No days lost among thousands of staff is a return not made, not a healthy quarter.
    return pl.when((pl.col(lost) > 0) & (pl.col(available) > 0)).then(pl.col(lost) / pl.col(available))


def read_quarterly(path: Path) -> pl.DataFrame:
    """Calendar quarters since April 2009; a trust that opens or closes may have one month of its quarter."""
    frame = trust_table(path, QUARTERLY)
    form = r"^\d{4} Q[1-4]$"
    odd = frame.filter(~pl.col("quarter").str.contains(form)).select("row", "quarter")
    if not odd.is_empty():
        issues = [Issue(path.name, "a quarter (2013 Q1)", cell, row=row) for row, cell in odd.iter_rows()]
        raise BadFile(issues, "Check that this is the right file.")
    days = {q: calendar_quarter(int(q[:4]), int(q[-1])) for q in frame["quarter"].unique().to_list()}
    frame = frame.with_columns(
        sickness_absence=_share("lost", "available"),
        period_start=pl.col("quarter").replace_strict({q: d[0] for q, d in days.items()}),
        period_end=pl.col("quarter").replace_strict({q: d[1] for q, d in days.items()}),
    )
    return tabular.long(frame, ["sickness_absence"])


def read_recent(path: Path) -> pl.DataFrame:
    """January 2026, and the three months before it.

    The file's `3m_avg` is over January to March 2026, of which only January was out; the average
    before it is over October to December 2025, so its days lost over its days available is the
    rate of that quarter.
    """
    frame = trust_table(path, RECENT)
    odd = frame.filter(pl.col("data_month") != WINDOW_END).select("row", "data_month")
    if not odd.is_empty():
        row, cell = odd.row(0)
        issue = Issue(path.name, f"{WINDOW_END}, so that the months are known", cell, None, row, "data_month")
        raise BadFile([issue], "Check which months the averages of this edition cover.")
    january = frame.with_columns(sickness_absence=_share("month_lost", "month_available"))
    autumn = frame.with_columns(sickness_absence=_share("quarter_lost", "quarter_available"))
    return pl.concat(
        [
            tabular.long(january, ["sickness_absence"], month(2026, 1)),
            tabular.long(autumn, ["sickness_absence"], calendar_quarter(2025, 4)),
        ]
    )


PUBLICATIONS = (
    Publication(
        id="sickness_absence_quarterly",
        publisher="NHS England",
        title="NHS sickness absence rates, by quarter, 2009 to 2023",
        page=PAGE,
        files=("hf-elective-constraints/FINAL_sickness.csv",),
        lag_days=150,  # October to December 2015 came out on 24 May 2016
        read=read_quarterly,
        standing=Standing.COMPILED,
        compiled_by="zeyadissa/elective_constraints",
    ),
    Publication(
        id="sickness_absence_2026",
        publisher="NHS England",
        title="NHS sickness absence rates, October 2025 to January 2026",
        page=PAGE,
        files=("trustpulse-2026/trust_profiles.csv",),
        lag_days=125,
        read=read_recent,
        standing=Standing.COMPILED,
        compiled_by="larsen-analyst/trustpulse",
    ),
)
