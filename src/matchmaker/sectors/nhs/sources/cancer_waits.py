"""Cancer waiting times: treated within 62 and 31 days (combined standards), told within 28 days (FDS)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path

import polars as pl

from matchmaker.errors import BadFile, Issue, IssueList
from matchmaker.sectors.nhs.sources import workbook_notes
from matchmaker.sectors.nhs.sources.nhs_codes import TRUST_CODE, trust_table
from matchmaker.sources import tabular
from matchmaker.sources.periods import MONTHS, financial_quarter, month, quarterly, share
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.sums import total_of_rows
from matchmaker.sources.tabular import number, text

STANDARDS = {
    "62-day Combined": "cancer_within_62_days",
    "31-day Combined": "cancer_within_31_days",
    "28-day FDS": "cancer_faster_diagnosis",
}
WORKBOOK = {"62D": "62-day Combined", "31D": "31-day Combined", "FDS": "28-day FDS"}
"""How the workbook calls the standards of the extract."""
ALL = "all cancers"
SITES = {
    "breast": "breast",
    "gynaecological": "gynaecological",
    "haematological": "haematological",
    "head & neck": "head_and_neck",
    "lower gastrointestinal": "lower_gastrointestinal",
    "lung": "lung",
    "skin": "skin",
    "upper gastrointestinal": "upper_gastrointestinal",
    "urological": "urological",
}
"""What the names of cancers begin with, after "suspected" -> how their measures end.

Kinds within one of them are added up; breast symptoms without suspicion of cancer are none of them.
"""
FEWEST = 10
"""Of fewer patients with a cancer, no share is given."""
SHEET = "Provider Level Performance"
LAG_DAYS = 45


def read_extract(path: Path) -> pl.DataFrame:
    """The official provider extract, by whole quarter: all cancers, and each on its own.

    It grows by a month at a time and holds the earlier ones as revised, so that all of it is known from when
    its last month came out.
    """
    rows = patients(path)
    counts = ("treated", "within")
    parts = [_shares(quarterly(one, counts), measure) for one, measure in _measures(rows)]
    known = rows.select(pl.col("month").max().dt.month_end().dt.offset_by(f"{LAG_DAYS}d")).item()
    return pl.concat(parts).with_columns(known_from=pl.lit(known, pl.Date))


def read_workbook(path: Path) -> pl.DataFrame:
    """The official workbook of one month, known from the day that it names."""
    columns = (
        text("code", "Org Code"),
        text("standard", "Standard"),
        text("cancer", "Cancer Type"),
        text("route", "Referral Route/Stage"),
        text("modality", "Treatment Modality"),
        number("treated", "Total"),
        number("within", "Within"),
    )
    frame = trust_table(path, columns, sheet=SHEET)
    every = pl.col("route").str.starts_with("ALL ") & (
        pl.col("modality").fill_null("").is_in(["", "ALL MODALITIES"])
    )
    rows = frame.filter(every, pl.col("standard").is_in([*WORKBOOK])).with_columns(
        pl.col("standard").replace(WORKBOOK)
    )
    # The extract has no row for all of the diagnosis standard: here there is one, left out as a sum.
    total = (pl.col("standard") == "28-day FDS") & (pl.col("cancer").str.to_lowercase() == ALL)
    first, last = _month_of(path)
    dated = rows.filter(~total).with_columns(period_start=pl.lit(first), period_end=pl.lit(last))
    key = ["code", "period_start", "period_end"]
    parts = [
        _shares(
            one.group_by(key, maintain_order=True).agg(map(total_of_rows, ("treated", "within"))), measure
        )
        for one, measure in _measures(dated)
    ]
    known = workbook_notes.published(path, SHEET)
    return pl.concat(parts).with_columns(known_from=pl.lit(known), sheet=pl.lit(SHEET))


def _month_of(path: Path) -> tuple[date, date]:
    for cells in tabular.cells(path, SHEET).head(workbook_notes.NOTES).iter_rows():
        texts = [(text or "").strip() for text in cells]
        if "Period:" in texts:
            for words in (one.split() for one in texts):
                if len(words) == 2 and words[0].casefold() in MONTHS and words[1].isdecimal():
                    return month(int(words[1]), MONTHS[words[0].casefold()])
    issue = Issue(path.name, "one month, such as January 2026", sheet=SHEET, column="Period:")
    raise BadFile([issue], "Check that this is the monthly workbook.")


def _measures(rows: pl.DataFrame) -> Iterator[tuple[pl.DataFrame, str]]:
    """The rows of each measure: a standard for all cancers, and for each."""
    cancer = pl.col("cancer").str.to_lowercase()
    site = cancer.str.strip_prefix("suspected ")
    for standard, measure in STANDARDS.items():
        own = rows.filter(pl.col("standard") == standard)
        once = pl.lit(True) if standard == "28-day FDS" else cancer == ALL
        yield own.filter(once), measure
        if standard != "31-day Combined":
            for name, ending in SITES.items():
                yield own.filter(site.str.starts_with(name)), f"{measure}_{ending}"


def _shares(sums: pl.DataFrame, measure: str) -> pl.DataFrame:
    fewest = 0 if measure in STANDARDS.values() else FEWEST
    enough = sums.filter(pl.col("treated") >= fewest)
    return tabular.long(enough.with_columns(share("within", "treated").alias(measure)), (measure,))


def patients(path: Path) -> pl.DataFrame:
    """Rows of the extract, with the first day of their month.

    Treatment standards hold the same patients twice: as all cancers, by treatment, and by cancer.
    """
    columns = (
        text("day", "PERIOD"),
        text("standard", "STANDARD"),
        text("code", "ORG CODE"),
        text("cancer", "CANCER TYPE"),
        number("treated", "TOTAL TREATED"),
        number("within", "WITHIN STANDARD"),
    )
    frame = trust_table(path, columns).filter(pl.col("standard").is_in(list(STANDARDS)))
    frame = frame.with_columns(month=pl.col("day").str.head(10).str.to_date("%Y-%m-%d", strict=False))
    issues = IssueList()
    for row, cell in frame.filter(pl.col("month").is_null()).select("row", "day").iter_rows():
        issues.add(Issue(path.name, "a month as yyyy-mm-dd", cell, None, row, "PERIOD"))
    issues.raise_if_any()
    return frame


def read_profiles(path: Path) -> pl.DataFrame:
    """Two metrics of the NHS Oversight Framework, quarter 3 of 2025/26."""
    columns = (
        text("code", "org_code"),
        number("cancer_within_62_days", "cancer_62day_pct", factor=0.01),
        number("cancer_faster_diagnosis", "cancer_28day_pct", factor=0.01),
    )
    return tabular.long(
        trust_table(path, columns),
        ("cancer_within_62_days", "cancer_faster_diagnosis"),
        financial_quarter(2025, 3),
    )


def read_2022(path: Path) -> pl.DataFrame:
    """Faster diagnosis only: the 62-day standard of that year left out screening and upgrades.

    A snapshot without a date, from a set whose A&E figures are those of May 2022; NHS England
    publishes A&E of one month on the same day as cancer waits of the month before.
    """
    raw = tabular.r_frame(path, ("Trust Code", "Standard", "Total Treated", "Within Standard"))
    frame = raw.select(
        code="Trust Code", standard="Standard", treated="Total Treated", within="Within Standard"
    ).filter(pl.col("code").str.contains(TRUST_CODE), pl.col("standard") == "28 Days FDS")
    frame = frame.with_columns(cancer_faster_diagnosis=share("within", "treated"))
    return tabular.long(frame, ("cancer_faster_diagnosis",), month(2022, 4))


_publication = partial(
    Publication,
    publisher="NHS England",
    page="https://www.england.nhs.uk/statistics/statistical-work-areas/cancer-waiting-times/",
)

PUBLICATIONS = (
    _publication(
        id="cancer_waits",
        title="Cancer waiting times, provider data extract",
        files=("nhse-cancer-cwt/CWT-CRS-*-Data-Extract-Provider.xlsx",),
        lag_days=LAG_DAYS,
        read=read_extract,
    ),
    _publication(
        id="cancer_waits_workbook",
        title="Cancer waiting times, monthly combined workbook",
        files=("cancer-2026-01/*-Monthly-Combined-Workbook-*.xlsx",),
        lag_days=LAG_DAYS,
        read=read_workbook,
    ),
    _publication(
        id="cancer_waits_2022",
        title="Cancer waiting times, April 2022",
        files=("healthyr-2022/england_nhs_cancer_wait_times.rda",),
        lag_days=LAG_DAYS,
        read=read_2022,
        standing=Standing.EXTRACTED,
        compiled_by="Humaniverse (healthyr, copy by TamTobiRalph)",
    ),
    _publication(
        id="cancer_waits_oversight",
        title="NHS Oversight Framework metrics, quarter 3 of 2025/26",
        page="https://www.england.nhs.uk/nhs-oversight-framework/segmentation-and-league-tables/",
        files=("trustpulse-2026/trust_profiles.csv",),
        lag_days=90,
        read=read_profiles,
        standing=Standing.EXTRACTED,
        compiled_by="larsen-analyst/trustpulse",
    ),
)
