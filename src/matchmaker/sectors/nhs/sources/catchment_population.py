"""Catchment populations of acute trusts (PHE, then OHID): three quantities, never mixed.

- `catchment_population`: 2020 release, all admissions. Every neighbourhood's residents are shared
  out in proportion to the trusts that they were admitted to.
- `catchment_population_restated`: 2022 release, shared out likewise, on the map of trusts of 2020.
  The carrier does not say for which kind of admission; it gives specialist hospitals far more people
  (Alder Hey three times as many), so it is not the same quantity.
- `catchment_population_first_choice`: 2022 release. Every neighbourhood counts whole for the one
  trust that most of its patients go to: it is exactly what such a sum over the neighbourhoods of
  mid-2020 gives (Cambridge 460,025), and specialist hospitals have none.

All were worked out backwards for the trusts of the day of release, so that merged trusts appear
before they were merged: each figure is known from its release and not before.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from matchmaker.sectors.nhs.sources.nhs_codes import trust_table
from matchmaker.sources import tabular
from matchmaker.sources.periods import calendar_year
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.tabular import number, text

PUBLISHER = "Office for Health Improvement and Disparities"
PAGE = "https://app.box.com/s/qh8gzpzeo1firv1ezfxx2e6c4tgtrudl"
RELEASE_2020 = date(2020, 12, 31)  # in the second half of 2020; the day is not stated
RELEASE_2022 = date(2022, 10, 18)  # the day on which others first cite it
LAST_YEAR_2020 = 2018  # the carrier repeats the figures of 2018 for 2019 to 2021


def read_2020(path: Path) -> pl.DataFrame:
    """Trusts as they were in 2018 or 2019, catchments of 2011 to 2018."""
    columns = (
        text("year", "year"),
        text("code", "procode"),
        number("catchment_population", "catchment_cat"),
    )
    frame = trust_table(path, columns)
    frame = frame.filter(pl.col("year").cast(pl.Int32) <= LAST_YEAR_2020)
    return _yearly(frame, "catchment_population", RELEASE_2020)


def read_2022(path: Path) -> pl.DataFrame:
    """Trusts as they were in 2020, catchments of 2011 to 2020."""
    columns = (
        text("year", "CatchmentYear"),
        text("code", "TrustCode"),
        number("catchment_population_restated", "trust_total_catchment"),
    )
    return _yearly(trust_table(path, columns), "catchment_population_restated", RELEASE_2022)


def read_first_choice(path: Path) -> pl.DataFrame:
    """Residents of mid-2020 by the trust that most patients of their neighbourhood go to."""
    measure = "catchment_population_first_choice"
    columns = (text("code", "TrustCode"), number(measure, "All admissions"))
    # The file is named after 2022, the year of its release.
    frame = trust_table(path, columns).with_columns(year=pl.lit("2020"))
    return _yearly(frame, measure, RELEASE_2022)


def _yearly(frame: pl.DataFrame, measure: str, released: date) -> pl.DataFrame:
    frame = frame.with_columns(known_from=pl.lit(released))
    return pl.concat(
        tabular.long(frame.filter(year=year), (measure,), calendar_year(int(year)))
        for year in frame["year"].unique().sort()
    )


PUBLICATIONS = (
    Publication(
        id="catchment_populations_2020_release",
        publisher=PUBLISHER,
        title="NHS Acute (Hospital) Trust Catchment Populations, 2020 release, all admissions",
        page=PAGE,
        files=("thf-trust-reference/trust_ref_file.csv",),
        lag_days=730,
        read=read_2020,
        standing=Standing.EXTRACTED,
        compiled_by="THF-evaluative-analytics/trust_reference_data_file (Health Foundation)",
    ),
    Publication(
        id="catchment_populations_2022_release",
        publisher=PUBLISHER,
        title="NHS Acute (Hospital) Trust Catchment Populations, 2022 release, kind of admission not stated",
        page=PAGE,
        files=("hf-elective-constraints/trust_pop.csv",),
        lag_days=730,
        read=read_2022,
        standing=Standing.COMPILED,
        compiled_by="zeyadissa/elective_constraints (Health Foundation)",
    ),
    Publication(
        id="catchment_populations_first_choice",
        publisher=PUBLISHER,
        title="NHS Acute (Hospital) Trust Catchment Populations, 2022 release, first choice of trust",
        page=PAGE,
        files=("ohid-catchment/2022_trust_catchment_populations.xlsx",),
        lag_days=730,
        read=read_first_choice,
        standing=Standing.EXTRACTED,
        compiled_by="regulate-tech/nhstech",
    ),
)
