"""NHS Oversight Framework, mental health and community trusts, the four quarters of 2025/26.

The edition of the fourth quarter holds all four, the first three as restated in it: what is read here is
known from that edition, though tables of those quarters had come out before. 1 is the best segment; a trust
in the Recovery Support Programme stands in segment 5, which the file says of the first two quarters only.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import polars as pl

from matchmaker.errors import Issue, IssueList
from matchmaker.sectors.nhs.sources.nhs_codes import trust_table
from matchmaker.sources.periods import financial_quarter
from matchmaker.sources.publication import Publication
from matchmaker.sources.tabular import number, text

PAGE = "https://www.england.nhs.uk/nhs-oversight-framework/segmentation-and-league-tables/"
EDITION = date(2026, 6, 21)
"""The edition of the fourth quarter came out in June 2026; it was downloaded on the 21st."""
METRICS = {
    "OF5000": "oversight_segment",
    "OF5002": "oversight_score",
    "OF5003": "oversight_unadjusted_segment",
    "OF5004": "oversight_financial_override",
    "OF4000": "oversight_access",
    "OF4005": "oversight_effectiveness",
    "OF4003": "oversight_finance",
    "OF4002": "oversight_safety",
    "OF4004": "oversight_people",
}
FINAL_SEGMENT = "OF5005"
"""The segment with the Recovery Support Programme counted in; it takes the place of the adjusted one."""
COLUMNS = (
    text("code", "Trust_code"),
    text("quarter", "Quarter"),
    text("metric", "Metric_ID"),
    number("value", "Value"),
    number("rank", "Rank"),
)


def read(path: Path) -> pl.DataFrame:
    """Segment, average score, rank, override and domain scores of each trust and quarter."""
    frame = trust_table(path, COLUMNS)
    issues = IssueList()
    periods = {}
    for quarter in frame["quarter"].unique().sort():
        found = re.fullmatch(r"Q([1-4]) (\d{4})/\d{2}", quarter or "")
        if found is None:
            issues.add(Issue(path.name, "a quarter such as Q4 2025/26", quarter, column="Quarter"))
        else:
            periods[quarter] = financial_quarter(int(found[2]), int(found[1]))
    issues.raise_if_any()
    final = frame.filter(pl.col("metric") == FINAL_SEGMENT).select("code", "quarter", final="value")
    rows = frame.filter(pl.col("metric").is_in(list(METRICS))).join(
        final, on=["code", "quarter"], how="left", maintain_order="left"
    )
    is_segment = pl.col("metric") == "OF5000"
    values = rows.with_columns(
        measure=pl.col("metric").replace_strict(METRICS, return_dtype=pl.String),
        value=pl.when(is_segment).then(pl.coalesce("final", "value")).otherwise("value"),
        column=pl.lit("Value"),
    )
    ranks = rows.filter(is_segment).with_columns(
        measure=pl.lit("oversight_rank"), value=pl.col("rank"), column=pl.lit("Rank")
    )
    end = pl.col("quarter").replace_strict(
        {quarter: period[1] for quarter, period in periods.items()}, return_dtype=pl.Date
    )
    start = pl.col("quarter").replace_strict(
        {quarter: period[0] for quarter, period in periods.items()}, return_dtype=pl.Date
    )
    return (
        pl.concat([values, ranks])
        .drop_nulls("value")
        .select(
            "code",
            "measure",
            "value",
            "row",
            "column",
            period_start=start,
            period_end=end,
            known_from=pl.lit(EDITION),
            sheet=pl.lit(None, pl.String),
        )
    )


PUBLICATIONS = (
    Publication(
        id="oversight_framework_mental_health",
        publisher="NHS England",
        title="NHS Oversight Framework, mental health and community trusts, quarters 1 to 4 of 2025/26",
        page=PAGE,
        files=(
            "nof-mh-community-q4-2025-26/nhs-oversight-framework-mental-health-and-community-trust-data.csv",
        ),
        lag_days=82,
        as_at=EDITION,
        read=read,
        compiled_by="Joesalmon1985/BusinessPerformanceBusinessPartnerWebsite",
    ),
)
