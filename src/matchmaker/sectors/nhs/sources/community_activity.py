"""Community services in March 2025: contacts with patients, and the waiting list."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from matchmaker.sectors.nhs.sources.nhs_codes import trust_records
from matchmaker.sources import json_records, tabular
from matchmaker.sources.periods import month
from matchmaker.sources.publication import Publication, Standing

PERIOD = month(2025, 3)
CARRIER = "pelld/population-health-system-explorer"


def read_contacts(path: Path) -> pl.DataFrame:
    """Care contacts in the month; a trust that sent no contacts is no row."""
    found = json_records.content(path, {"period": "March 2025"})
    fields = {"community_care_contacts": "metrics/csds-care-contacts/count"}
    return tabular.long(trust_records(path, found["providers"], fields), list(fields), PERIOD)


def read_waiting(path: Path) -> pl.DataFrame:
    """People waiting for a community service at the end of the month, adults and children."""
    found = json_records.content(path, {"snapshot": "March 2025"})
    fields = {"community_waiting_list": "waiting_list/total"}
    return tabular.long(trust_records(path, found["providers"], fields), list(fields), PERIOD)


PUBLICATIONS = (
    Publication(
        id="community_contacts",
        publisher="NHS England",
        title="Community Services Statistics (CSDS), March 2025",
        page="https://digital.nhs.uk/data-and-information/publications/statistical/community-services-statistics-for-children-young-people-and-adults/march-2025",
        files=("activity-2024-25/csds-mar-2025.json",),
        lag_days=90,
        read=read_contacts,
        standing=Standing.EXTRACTED,
        compiled_by=CARRIER,
    ),
    Publication(
        id="community_waiting_list",
        publisher="NHS England",
        title="Community Health Services Waiting Lists, March 2025",
        page="https://www.england.nhs.uk/statistics/statistical-work-areas/community-health-services-waiting-lists/",
        files=("activity-2024-25/community-waits-2024-25.json",),
        lag_days=60,
        read=read_waiting,
        standing=Standing.EXTRACTED,
        compiled_by=CARRIER,
    ),
)
