"""What else is known of pupils and place: pupil premium, deprivation, prior attainment, urban or rural."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from matchmaker.sectors.schools.sources.forms import is_school, long, number, table, urn
from matchmaker.sectors.schools.sources.lineage import carried_on
from matchmaker.sources.publication import Publication, Standing

CENSUS_2019, CENSUS_2025 = date(2019, 1, 17), date(2025, 1, 16)
PREMIUM_LAG = 347
"""From the census to the last edition of the allocations of 2019/20, of the end of December 2019."""
OUTCOMES_DAY = date(2025, 8, 31)
PRIOR_KNOWN = date(2025, 2, 20)
"""Final tables of 2023/24."""
GIAS_EXTRACT = date(2026, 3, 31)
"""The extract of GIAS beside the secondary schools of 2023/24 has a month and no day."""
URBAN, LARGER_RURAL, SMALLER_RURAL = 1.0, 2.0, 3.0


def read_premium(path: Path) -> pl.DataFrame:
    """Share of pupils of the January census for whom the school gets the deprivation premium."""
    stages = "Number of Primary pupils on roll (9)", "Number of  Secondary pupils on roll (10)"
    eligible = "Total number of pupils eligible for the Deprivation Pupil Premium"
    raw = table(path, ("URN", *stages, eligible))
    pupils = number(stages[0]) + number(stages[1])
    share = number(eligible) / pupils
    rows = raw.select(
        urn("URN").alias("code"),
        # Above 1 the pupils of a unit or hospital school are on the roll of another.
        pupil_premium=pl.when((pupils > 0) & (share <= 1)).then(share),
        period_start=pl.lit(CENSUS_2019),
        period_end=pl.lit(CENSUS_2019),
    )
    figures = long(rows, ["pupil_premium"]).filter(is_school(pl.col("code")))
    return carried_on(figures, path, PREMIUM_LAG)


def read_ofsted(path: Path) -> pl.DataFrame:
    """Pupils of the January before, and the fifth by deprivation where they live, of all open schools."""
    fifth = "The income deprivation affecting children index (IDACI) quintile"
    raw = table(path, ("URN", fifth, "Total number of pupils"))
    pupils = number("Total number of pupils")
    rows = raw.select(
        urn("URN").alias("code"),
        deprivation_fifth=number(fifth),
        pupils=pl.when(pupils > 0).then(pupils),
        period_start=pl.lit(CENSUS_2025),
        period_end=pl.lit(CENSUS_2025),
        known_from=pl.lit(OUTCOMES_DAY),
    )
    return long(rows, ["deprivation_fifth", "pupils"]).filter(is_school(pl.col("code")))


def read_prior(path: Path) -> pl.DataFrame:
    """Mean scaled score at 11 of the pupils who left key stage 4 in July 2024 (100 is expected)."""
    raw = table(path, ("school_urn", "avg_ks2_scaledscore"))
    rows = raw.select(
        urn("school_urn").alias("code"),
        prior_attainment=number("avg_ks2_scaledscore"),
        period_start=pl.lit(date(2023, 9, 1)),
        period_end=pl.lit(date(2024, 7, 31)),
        known_from=pl.lit(PRIOR_KNOWN),
    )
    return long(rows, ["prior_attainment"]).filter(is_school(pl.col("code")))


def read_settlement(path: Path) -> pl.DataFrame:
    """Urban, larger rural or smaller rural, by the classification of 2021, as GIAS had it on a day."""
    if "sapsec" in path.name:
        raw = table(path, ("URN", "UrbanRuralName", "edition")).rename({"UrbanRuralName": "words"})
        on = pl.col("edition").str.to_date(strict=False)
    else:
        raw = table(path, ("URN", "urban_rural")).rename({"urban_rural": "words"})
        on = pl.lit(GIAS_EXTRACT)
    kinds = {"Urban:": URBAN, "Larger rural:": LARGER_RURAL, "Smaller rural:": SMALLER_RURAL}
    # Words of the classification of 2011 stand beside those of 2021 and are left out.
    kind = pl.col("words").str.extract(r"^((?:Urban|Larger rural|Smaller rural):)")
    rows = raw.select(
        urn("URN").alias("code"),
        settlement=kind.replace_strict(kinds, default=None, return_dtype=pl.Float64),
        period_start=on,
        period_end=on,
        known_from=on,
    )
    rows = rows.drop_nulls().sort("period_end").unique("code", keep="last", maintain_order=True)
    return long(rows, ["settlement"]).filter(is_school(pl.col("code")))


PUBLICATIONS = (
    Publication(
        id="dfe_pupil_premium_2019",
        publisher="Department for Education",
        title="Pupil premium allocations, 2019/20",
        page="https://www.gov.uk/government/publications/pupil-premium-conditions-of-grant-2019-to-2020",
        files=("*pupil_premium_2019_20.*",),
        lag_days=PREMIUM_LAG,
        read=read_premium,
        standing=Standing.EXTRACTED,
        compiled_by="DFE-Digital/gias-query-tool",
    ),
    Publication(
        id="ofsted_pupils_2025",
        publisher="Ofsted",
        title="Pupils and deprivation of state-funded schools as at 31 August 2025",
        page="https://www.gov.uk/government/organisations/ofsted",
        files=("*ofsted_outcomes_20250831.*",),
        lag_days=0,
        read=read_ofsted,
        standing=Standing.EXTRACTED,
        compiled_by="benjamintee/CASA_UDV_Final",
    ),
    Publication(
        id="dfe_prior_attainment_2024",
        publisher="Department for Education",
        title="Prior attainment of pupils at the end of key stage 4, 2023/24",
        page="https://www.compare-school-performance.service.gov.uk/download-data",
        files=("*pt_2024_england_school_information.*",),
        lag_days=0,
        read=read_prior,
        standing=Standing.EXTRACTED,
        compiled_by="pmiedzinski/ofsted-inspection-prediction",
    ),
    Publication(
        id="gias_settlement",
        publisher="Department for Education, Get Information about Schools",
        title="Urban or rural, extracts of February to August 2026",
        page="https://get-information-schools.service.gov.uk/Downloads",
        files=("*sapsec_establishment_2026.*", "*england_secondary_schools.*"),
        lag_days=0,
        read=read_settlement,
        standing=Standing.EXTRACTED,
        compiled_by="DFE-Digital/sap-sector and benjamintee/CASA_UDV_Final",
    ),
)
