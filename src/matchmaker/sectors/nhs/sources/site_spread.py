"""How far apart the hospitals of an acute trust lie, from the list of sites in the estates returns.

`site_spread_km` is the mean great-circle distance of a trust's hospitals with beds from their common
centre (the mean of their coordinates): 0 for a single hospital, about 32 km for Northumbria.

The list does not name its year. It holds trusts that closed in October 2024 and January 2025 and
none that closed before August 2023, so it is read as 2023/24.
"""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl

from matchmaker.errors import BadFile, Issue, IssueList
from matchmaker.sectors.nhs.sources.estates_backlog import PAGE
from matchmaker.sectors.nhs.sources.nhs_codes import TRUST_CODE
from matchmaker.sources import tabular
from matchmaker.sources.files import once
from matchmaker.sources.periods import financial_year
from matchmaker.sources.publication import Publication, Standing

PERIOD = financial_year(2023)
EARTH_RADIUS_KM = 6371.0088
ENGLAND = {"latitude": (49.8, 55.9), "longitude": (-6.5, 1.8)}
GENERAL_ACUTE = "General Acute Hospital"
INPATIENT = (
    GENERAL_ACUTE,
    "Specialist Hospital (acute Only)",
    "Mixed Service Hospital",
    "Mental Health (including Specialist Services)",
    "Learning Disabilities",
    "Mental Health and Learning Disabilities",
    "Community Hospital (with Inpatient Beds)",
    "Other Inpatient",
)
MEASURES = ("sites_inpatient", "sites_general_acute", "site_spread_km")


def read(path: Path) -> pl.DataFrame:
    """Hospitals with beds of each acute trust: how many, and how far from one another."""
    sites = site_list(path)
    hospitals = sites.filter(pl.col("kind").is_in(INPATIENT)).with_columns(
        distance=_distance_km(
            pl.col("latitude"),
            pl.col("longitude"),
            pl.col("latitude").mean().over("code"),
            pl.col("longitude").mean().over("code"),
        )
    )
    trusts = hospitals.group_by("code", maintain_order=True).agg(
        pl.col("row").first(),
        sites_inpatient=pl.len(),
        sites_general_acute=(pl.col("kind") == GENERAL_ACUTE).sum(),
        site_spread_km=pl.col("distance").mean(),
    )
    return tabular.long(trusts, MEASURES, PERIOD)


@once  # three readers need it
def site_list(path: Path) -> pl.DataFrame:
    """Every site of a trust: `row`, `code`, `site`, `latitude`, `longitude`, `name`, `kind`."""
    try:
        rows = json.loads(path.read_text("utf-8"))
        sites = pl.DataFrame(
            [(row[0], row[1], float(row[2]), float(row[3]), row[4], str(row[5])) for row in rows],
            schema=["code", "site", "latitude", "longitude", "name", "kind"],
            orient="row",
        )
    except (OSError, ValueError, TypeError, IndexError, KeyError) as error:
        issue = Issue(path.name, f"a JSON list of sites ({str(error).splitlines()[0][:120]})")
        raise BadFile([issue], "Download the file again.") from error
    issues = IssueList()
    for column, (least, most) in ENGLAND.items():
        for value in sites.filter(~pl.col(column).is_between(least, most))[column]:
            issues.add(Issue(path.name, f"{least} to {most}", str(value), column=column))
    issues.raise_if_any()
    return sites.with_row_index("row", offset=1).filter(pl.col("code").str.contains(TRUST_CODE))


def _distance_km(
    latitude: pl.Expr, longitude: pl.Expr, to_latitude: pl.Expr, to_longitude: pl.Expr
) -> pl.Expr:
    """Great-circle distance by the haversine formula."""
    north = ((to_latitude - latitude).radians() / 2).sin() ** 2
    east = ((to_longitude - longitude).radians() / 2).sin() ** 2
    root = (north + latitude.radians().cos() * to_latitude.radians().cos() * east).sqrt()
    return 2 * EARTH_RADIUS_KM * root.clip(0, 1).arcsin()


PUBLICATIONS = (
    Publication(
        id="eric_site_list_2023",
        publisher="NHS England",
        title="Estates Returns Information Collection: sites of acute trusts, 2023/24",
        page=PAGE,
        files=("eric-types-sites-2026/sites.json",),
        lag_days=275,
        read=read,
        standing=Standing.COMPILED,
        compiled_by="bevanjboyle-lang/strategy-reconfiguration",
    ),
)
