"""Deprivation in 2025 of the districts from which an acute trust's patients come.

The index of 2025 is here by local authority only. Whole districts are a blunt measure of a trust
that serves part of one: for Airedale, which shares Bradford's district, they are 8 points above its
own neighbourhoods in the index of 2019 (29 and 21). So this is a measure beside `deprivation_score`,
not a newer edition of it.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from matchmaker.errors import BadFile, Issue
from matchmaker.sources import tabular
from matchmaker.sources.publication import Publication, Standing

PUBLISHED = date(2025, 10, 30)
MEASURE = "district_deprivation_score"
SHARE = "proportion_trust_came_from_ltla"


def read(path: Path) -> pl.DataFrame:
    """One row for each acute trust of 2022; reads the districts' scores in the folder beside."""
    folder = path.parents[1] / "catchment-context"
    flows = tabular.r_frame(path, ("nhs_trust22_code", "ltla21_code", SHARE))
    # Districts of 2021 that were joined since have the score of what they became.
    today = tabular.r_frame(folder / "lookup_ltla_ltla.rda", ("ltla21_code", "ltla24_code")).unique()
    scores = tabular.r_frame(folder / "imd2025_england_ltla24.rda", ("ltla24_code", "imd_average_score"))
    frame = flows.join(today, on="ltla21_code", how="left").join(scores, on="ltla24_code", how="left")
    if frame["imd_average_score"].null_count() or frame.height != flows.height:
        issue = Issue(path.name, "districts of 2021 that became one district each")
        raise BadFile([issue], "Check the edition of the districts.")
    score = pl.col(SHARE) * pl.col("imd_average_score").cast(pl.Float64)
    averages = (
        frame.rename({"nhs_trust22_code": "code"})
        .group_by("code", maintain_order=True)
        .agg(score.sum().alias(MEASURE))
    )
    return tabular.long(
        averages.with_columns(known_from=pl.lit(PUBLISHED)), [MEASURE], (PUBLISHED, PUBLISHED)
    )


PUBLICATIONS = (
    Publication(
        id="district_deprivation",
        publisher="MHCLG; Office for Health Improvement and Disparities",
        title="English Indices of Deprivation 2025, by the districts of acute trusts' catchments",
        page="https://www.gov.uk/government/statistics/english-indices-of-deprivation-2025",
        files=("geographr/lookup_nhs_trusts22_ltla21.rda",),
        lag_days=0,
        read=read,
        standing=Standing.EXTRACTED,
        compiled_by="geographr and IMD R packages (humaniverse)",
    ),
)
