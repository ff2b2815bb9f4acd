"""Deprivation, rurality and age of the people an acute trust serves.

Each neighbourhood (middle layer super output area of 2011) counts for a trust with the share of its
admissions that go to that trust, times its residents: the catchment method of Public Health England
(flows of 2019, residents of mid-2020). Deprivation is the score of the 2019 index; urban is the
official classification of 2011. The flows leave out about 2 in 100 admissions (independent
hospitals and very small flows), and trusts that are not acute have none.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from matchmaker.errors import BadFile, Issue
from matchmaker.sources import tabular
from matchmaker.sources.files import once
from matchmaker.sources.periods import calendar_year
from matchmaker.sources.publication import Publication, Standing

PERIOD = calendar_year(2020)
FLOWS = "lookup_trust_msoa_2021.rda"
MEASURES = (
    "deprivation_score",
    "urban_share",
    "age_0_15_share",
    "age_60_74_share",
    "age_65_over_share",
    "age_85_over_share",
)
AGES = {"age_0_15": (0, 15), "age_60_74": (60, 74), "age_65_over": (65, 90), "age_85_over": (85, 90)}
PAGE = "https://app.box.com/s/qh8gzpzeo1firv1ezfxx2e6c4tgtrudl"


def read(path: Path) -> pl.DataFrame:
    """One row for each acute trust of 2021 and measure; reads the areas' figures beside the flows."""
    return tabular.long(averages(residents(path.parent), "code"), MEASURES, PERIOD)


@once  # two readers share it
def residents(folder: Path) -> pl.DataFrame:
    """Trust by neighbourhood: `ods`, `people` served, and how those people live and how old they are."""
    flows = tabular.r_frame(folder / FLOWS, ("trust_code", "msoa_code", "proportion"))
    # The merged University Hospitals Sussex (RYR) stands there under the code that it gave up.
    flows = flows.with_columns(code=pl.col("trust_code").replace("RXH", "RYR"))
    deprivation = tabular.r_frame(folder / "imd2019_england_msoa11.rda", ("msoa11_code", "Score"))
    rurality = tabular.r_frame(folder / "ruc11_msoa11.rda", ("msoa11_code", "ruc"))
    areas = population(folder / "population20_msoa11.rda").join(deprivation, on="msoa11_code")
    areas = areas.join(rurality.with_columns(urban=pl.col("ruc") == "Urban"), on="msoa11_code")
    frame = flows.join(areas, left_on="msoa_code", right_on="msoa11_code", how="left")
    if frame["people"].null_count():
        unknown = frame.filter(pl.col("people").is_null())["msoa_code"][0]
        raise BadFile([Issue(FLOWS, "areas of 2011 in England", unknown)], "Check the edition of the areas.")
    return frame.with_columns(people=pl.col("people") * pl.col("proportion"))


def averages(people: pl.DataFrame, by: str) -> pl.DataFrame:
    """The measures for each group of the people served, weighted by their number."""
    weight = pl.col("people") / pl.col("people").sum()
    return people.group_by(by, maintain_order=True).agg(
        deprivation_score=(weight * pl.col("Score")).sum(),
        urban_share=pl.col("people").filter("urban").sum() / pl.col("people").sum(),
        **{f"{age}_share": (weight * pl.col(age)).sum() for age in AGES},
    )


def population(path: Path) -> pl.DataFrame:
    """Residents of each area and the shares of them in some age groups; 90 is 90 and over."""
    ages = {"90+" if age == 90 else str(age): age for age in range(91)}
    frame = tabular.r_frame(path, ("msoa11_code", *ages))
    people = pl.sum_horizontal(list(ages))
    groups = {
        group: pl.sum_horizontal(name for name, age in ages.items() if low <= age <= high) / people
        for group, (low, high) in AGES.items()
    }
    return frame.select("msoa11_code", people=people.cast(pl.Float64), **groups)


PUBLICATIONS = (
    Publication(
        id="catchment_context",
        publisher="Public Health England; Office for National Statistics; MHCLG",
        title="Acute trust catchments by neighbourhood, with deprivation 2019, rurality and residents",
        page=PAGE,
        files=(f"catchment-context/{FLOWS}",),
        # The latest ingredient, the residents of neighbourhoods, came out in September 2021.
        lag_days=365,
        read=read,
        standing=Standing.EXTRACTED,
        compiled_by="geographr, IMD and demographr R packages (humaniverse, British Red Cross)",
    ),
)
