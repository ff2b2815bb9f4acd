"""CQC ratings of hospitals in Devon and Somerset with the day of every report, current and historic.

The file rates hospitals, not trusts. Taken from it is only what it proves of a trust: that the overall
rating which still stood in the edition of March 2019 was out on the day of its report, so that it is known
from that day and not only from the edition. Six of seven trusts have such a report; the ratings agree 6 of 6.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from matchmaker.sectors.nhs.sources.cqc_ratings import WORDS, dated
from matchmaker.sectors.nhs.sources.nhs_codes import trust_table
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.tabular import text

CONFIRMED = {
    ("RA430", "2016-07-27"),
    ("RA901", "2018-05-17"),
    ("RBA11", "2017-12-05"),
    ("RBZ12", "2018-02-05"),
    ("RH801", "2018-03-05"),
    ("RK950", "2018-08-15"),
}
"""Location and report whose overall rating is that of the trust, of the same day, in the edition of 2019."""


def read(path: Path) -> pl.DataFrame:
    """The overall rating of a trust on the day of its report."""
    columns = (
        text("code", "provider_id"),
        text("location", "location_id"),
        text("date", "report_date"),
        text("service", "service"),
        text("question", "key_question"),
        text("rating", "rating"),
    )
    frame = trust_table(path, columns, repeats=True).filter(
        pl.concat_str("location", "date", separator=" ").is_in([" ".join(one) for one in sorted(CONFIRMED)]),
        pl.col("service") == "Overall",
        pl.col("question") == "Overall",
    )
    return dated(
        frame.select(
            "code",
            "row",
            measure=pl.lit("cqc_overall"),
            day=pl.col("date").str.to_date("%Y-%m-%d"),
            value=pl.col("rating").str.to_lowercase().replace_strict(WORDS),
            column=pl.lit("rating"),
        )
    )


PUBLICATIONS = (
    Publication(
        id="cqc_ratings_south_west",
        publisher="Care Quality Commission",
        title="Ratings of hospitals in Devon and Somerset with the day of each report, 2013 to 2020",
        page="https://www.cqc.org.uk/about-us/transparency/using-cqc-data",
        files=("cqc-southwest-2021/DERIVED_cqc_sw_nhs_ratings.csv",),
        lag_days=0,
        read=read,
        standing=Standing.EXTRACTED,
        compiled_by="PhilPearson83/CQC_hospital_data_extraction",
    ),
)
