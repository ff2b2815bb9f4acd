"""Deprivation, rurality and age of the health system (the later ICB) in which a trust sits.

For trusts that have no catchment of their own (mental health and community) it is the nearest thing
to one that is published, and it is not the same thing: across the 55 of them in the Peer Finder it
goes with the deprivation of their own patients' areas at 0.87 and with the urban share at 0.81, so
it has a name of its own. A system's people are those who come to its acute trusts, wherever they
live. Ambulance services cover several systems and have no row.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from matchmaker.sectors.nhs.sources.catchment_context import PAGE, PERIOD, averages, residents
from matchmaker.sources import tabular
from matchmaker.sources.publication import Publication, Standing

MEASURES = {
    name: f"system_{name}"
    for name in ("deprivation_score", "urban_share", "age_0_15_share", "age_65_over_share")
}


def read(path: Path) -> pl.DataFrame:
    """One row for each trust of 2022 and measure; reads the catchments in the folder beside."""
    trusts = tabular.r_frame(path, ("nhs_trust22_code", "nhs_trust22_name", "stp21_code"))
    trusts = trusts.rename({"nhs_trust22_code": "code"})
    people = residents(path.parents[1] / "catchment-context").join(trusts, on="code")
    systems = averages(people, "stp21_code")
    served = trusts.filter(~pl.col("nhs_trust22_name").str.contains("(?i)ambulance"))
    frame = served.join(systems, on="stp21_code", how="left", maintain_order="left")
    return tabular.long(frame, MEASURES, PERIOD)


PUBLICATIONS = (
    Publication(
        id="system_context",
        publisher="NHS England, Organisation Data Service; Public Health England; MHCLG",
        title="Acute trust catchments of 2021, brought together by health system",
        page=PAGE,
        files=("geographr/lookup_nhs_trusts22_stp21.rda",),
        # The list of trusts with their systems is that of 2022.
        lag_days=730,
        read=read,
        standing=Standing.EXTRACTED,
        compiled_by="geographr, IMD and demographr R packages (humaniverse, British Red Cross)",
    ),
)
