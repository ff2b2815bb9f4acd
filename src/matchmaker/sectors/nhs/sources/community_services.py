"""Community services (CSDS): contacts and referrals of a month, and contacts by kind of service.

Volumes, not waits. Counts are rounded to five; the publisher leaves out services of less than five contacts.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from matchmaker.errors import BadFile, Issue
from matchmaker.sectors.nhs.sources import zipped_csv
from matchmaker.sectors.nhs.sources.nhs_codes import TRUST_CODE
from matchmaker.sources.publication import Publication

HEADINGS = {
    "start": "REPORTING_PERIOD_START",
    "end": "REPORTING_PERIOD_END",
    "code": "ORG_CODE",
    "level": "ORG_LEVEL",
    "dimension": "DIMENSION",
    "counted": "COUNT_OF",
    "service": "MEASURE_DESC",
    "value": "MEASURE_VALUE",
}
TOTALS = {"TotalCareContacts": "community_care_contacts", "TotalReferrals": "community_referrals"}
SERVICES = {
    "District Nursing Service": "district_nursing",
    "Health Visiting Service": "health_visiting",
    "School Nursing Service": "school_nursing",
    "Children's Community Nursing Service": "childrens_nursing",
    "Community Paediatrics Service": "paediatrics",
    "Speech and Language Therapy Service": "speech_therapy",
    "Musculoskeletal Service": "musculoskeletal",
    "Physiotherapy Service": "physiotherapy",
    "Occupational Therapy Service": "occupational_therapy",
    "Podiatry Service": "podiatry",
    "Rehabilitation Service": "rehabilitation",
    "Crisis Response Intermediate Care Service": "crisis_response",
    "Home-based Intermediate Care Service": "intermediate_care_at_home",
    "Community Bed-based Intermediate Care Service": "intermediate_care_in_beds",
    "Respiratory Service": "respiratory",
    "Cardiac Service": "cardiac",
    "Diabetes Service": "diabetes",
    "Continence Service": "continence",
    "Specialist Palliative Care Service": "palliative_care",
}
"""Service -> how the measure of its contacts ends."""


def read(path: Path) -> pl.DataFrame:
    """One month of all providers; a trust without contacts has no row."""
    rows = zipped_csv.columns(path, HEADINGS).filter(
        pl.col("level") == "Provider",
        pl.col("code").str.contains(TRUST_CODE),
        pl.col("dimension").is_in(["ServiceType", *TOTALS]),
    )
    periods = rows.select("start", "end").unique().rows()
    try:
        ((start, end),) = periods
        period = date.fromisoformat(start), date.fromisoformat(end)
    except ValueError as error:
        issue = Issue(path.name, "one month, from yyyy-mm-dd to yyyy-mm-dd", str(periods[:3]))
        raise BadFile([issue], "Check that this is the monthly file.") from error
    rows = zipped_csv.counts(path, rows, "value")
    service = pl.col("service").replace_strict(SERVICES, default=None, return_dtype=pl.String)
    total = pl.col("dimension").replace_strict(TOTALS, default=None, return_dtype=pl.String)
    named = rows.with_columns(
        measure=pl.coalesce(total, pl.format("community_contacts_{}", service)),
        column=pl.lit("MEASURE_VALUE"),
        period_start=pl.lit(period[0]),
        period_end=pl.lit(period[1]),
    )
    columns = ("code", "measure", "period_start", "period_end", "value", "column")
    return named.filter(pl.col("value") > 0).drop_nulls("measure").select(columns)


PUBLICATIONS = (
    Publication(
        id="community_services",
        publisher="NHS England",
        title="Community Services Statistics (CSDS)",
        page="https://digital.nhs.uk/data-and-information/publications/statistical/community-services-statistics-for-children-young-people-and-adults",
        files=("csds-2026-03/csds-*-exp-core-data.zip",),
        lag_days=90,
        read=read,
    ),
)
