"""Written complaints (KO41a): new ones in the year, what services they are about, and the share upheld.

Services are given as shares: half of the trusts count a complaint under every service that it names, up to
seven times as many as there are complaints, and the others once.
"""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl

from matchmaker.errors import BadFile, Issue
from matchmaker.sectors.nhs.sources import zipped_csv
from matchmaker.sectors.nhs.sources.nhs_codes import TRUST_CODE
from matchmaker.sources import tabular
from matchmaker.sources.periods import financial_year, share
from matchmaker.sources.publication import Publication

ORGANISATIONS = "KO41a - Org Level.csv"
NEW = "complaints"
SERVICES = {
    "complaints_about_inpatient": "Service_Inpatient",
    "complaints_about_outpatient": "Service_Outpatient",
    "complaints_about_emergency": "Service_Emergency",
    "complaints_about_maternity": "Service_Maternity",
    "complaints_about_mental_health": "Service_Mental_Health",
    "complaints_about_community": "Service_Other_Community_Healthcare",
}
DECIDED = {
    "resolved": "Complaints_Total_Resolved",
    "upheld": "Complaints_Number_Upheld",
    "partly": "Complaints_Number_Partially_Upheld",
}
FEWEST = 20
"""Of fewer complaints, no share is given."""


def read(path: Path) -> pl.DataFrame:
    """One year, the sheet of organisations; part of a complaint upheld counts as upheld."""
    counts = {NEW: "Complaints_Total_New", "named": "Service_Total", **SERVICES, **DECIDED}
    headings = {"year": "Year", "code": "Organisation_Code", **counts}
    rows = zipped_csv.columns(path, headings, ORGANISATIONS).filter(pl.col("code").str.contains(TRUST_CODE))
    found = re.fullmatch(r"(20\d\d)-\d\d", rows["year"][0] or "") if rows.height else None
    if found is None:
        issue = Issue(path.name, "a financial year such as 2024-25, and codes of trusts", column="Year")
        raise BadFile([issue], "Check that this is the secondary care data of one year.")
    frame = zipped_csv.counts(path, rows, *counts).with_columns(upheld=pl.col("upheld") + pl.col("partly"))
    frame = frame.with_columns(
        complaints_upheld=pl.when(pl.col("resolved") >= FEWEST).then(share("upheld", "resolved")),
        **{name: pl.when(pl.col("named") >= FEWEST).then(share(name, "named")) for name in SERVICES},
    )
    return tabular.long(frame, (NEW, *SERVICES, "complaints_upheld"), financial_year(int(found[1])))


PUBLICATIONS = (
    Publication(
        id="complaints",
        publisher="NHS England",
        title="Data on Written Complaints in the NHS (KO41a)",
        page="https://digital.nhs.uk/data-and-information/publications/statistical/data-on-written-complaints-in-the-nhs",
        files=("ko41a-2024-25/ko41a_*.zip",),
        lag_days=214,  # by the end of October
        read=read,
    ),
)
