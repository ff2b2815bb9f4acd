"""How many integrated care systems an acute trust's patients come from.

The measure is the effective number: one over the sum of the squared shares. A trust whose patients
all come from one system has 1; one that draws equally on three has 3; a stray few per cent from
elsewhere hardly count.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from matchmaker.errors import Issue, IssueList
from matchmaker.sectors.nhs.sources.nhs_codes import TRUST_CODE
from matchmaker.sources import tabular
from matchmaker.sources.publication import Publication, Standing

PERIOD = (date(2011, 1, 1), date(2020, 12, 31))
"""The carrier adds up every year of the release before it takes the shares."""
RELEASED = date(2022, 10, 18)


def read(path: Path) -> pl.DataFrame:
    """Shares of each trust's catchment by system, to the effective number of systems."""
    names = {"nhs_trust22_code": "code", "proportion_trust_came_from_icb": "share"}
    frame = tabular.r_frame(path, tuple(names)).rename(names)
    frame = frame.with_row_index("row", offset=1).filter(pl.col("code").str.contains(TRUST_CODE))
    trusts = frame.group_by("code", maintain_order=True).agg(
        pl.col("row").first(),
        pl.col("share").sum().alias("whole"),
        systems_served=1 / (pl.col("share") ** 2).sum(),
        known_from=pl.lit(RELEASED),
    )
    issues = IssueList()
    for code, whole in trusts.filter((pl.col("whole") - 1).abs() > 1e-6).select("code", "whole").iter_rows():
        issues.add(Issue(path.name, f"shares of {code} that add up to 1", str(whole)))
    issues.raise_if_any()
    return tabular.long(trusts, ("systems_served",), PERIOD)


PUBLICATIONS = (
    Publication(
        id="catchment_by_system",
        publisher="Office for Health Improvement and Disparities",
        title="NHS Acute (Hospital) Trust Catchment Populations, 2022 release, by integrated care system",
        page="https://app.box.com/s/qh8gzpzeo1firv1ezfxx2e6c4tgtrudl",
        files=("geographr/lookup_nhs_trusts22_icb22.rda",),
        lag_days=730,
        read=read,
        standing=Standing.EXTRACTED,
        compiled_by="humaniverse/geographr",
    ),
)
