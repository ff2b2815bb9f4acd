"""How many integrated care systems an acute trust's patients come from.

The measure is the effective number: one over the sum of the squared shares. A trust whose patients
all come from one system has 1; one that draws equally on three has 3; a stray few per cent from
elsewhere hardly count.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from matchmaker.errors import Fault, Faults
from matchmaker.sources import reading
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.reading import TRUST_CODE

PERIOD = (date(2011, 1, 1), date(2020, 12, 31))
"""The carrier adds up every year of the release before it takes the shares."""
RELEASED = date(2022, 10, 18)


def read(path: Path) -> pl.DataFrame:
    """Shares of each trust's catchment by system, to the effective number of systems."""
    names = {"nhs_trust22_code": "ods", "proportion_trust_came_from_icb": "share"}
    frame = reading.r_frame(path, tuple(names)).rename(names)
    frame = frame.with_row_index("row", offset=1).filter(pl.col("ods").str.contains(TRUST_CODE))
    trusts = frame.group_by("ods", maintain_order=True).agg(
        pl.col("row").first(),
        pl.col("share").sum().alias("whole"),
        systems_served=1 / (pl.col("share") ** 2).sum(),
        known_from=pl.lit(RELEASED),
    )
    faults = Faults()
    for ods, whole in trusts.filter((pl.col("whole") - 1).abs() > 1e-6).select("ods", "whole").iter_rows():
        faults.add(Fault(path.name, f"shares of {ods} that add up to 1", str(whole)))
    faults.raise_if_any()
    return reading.long(trusts, ("systems_served",), PERIOD)


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
