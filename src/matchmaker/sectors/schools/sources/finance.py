"""Consistent financial reporting: what schools maintained by local authorities took in and spent."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import polars as pl

from matchmaker.sectors.schools.sources.forms import is_school, long, number, table, urn
from matchmaker.sources.publication import Publication, Standing

LAG_DAYS = 300
"""From the end of March to the release of the January after."""
LEAST = 50_000
"""Pounds. A school that took in less in a year was closing in it."""
MOST_LEFT = 0.3
"""More than this share of the income, left or overspent, is no balance: in 2013/14 and 2015/16 one in fifteen
schools has a half or less of what it spent on record."""


def read(path: Path) -> pl.DataFrame:
    """Income in pounds, and what was left of it as a share, of each financial year to March.

    Nothing goes on to a successor: an academy keeps books of its own, and a debt can stay behind.
    """
    found = re.search(r"20\d\d", path.name)
    year = int(found.group()) if found else 0
    # Until 2011 the release gave pounds for each pupil only.
    each = "cfr_financials" not in path.name
    took, spent = ("TOTALINCOME", "TOTALEXPENDITURE") if each else ("Income", "Expenditure")
    raw = table(path, ("URN", took, spent)).with_columns(took=number(took), spent=number(spent))
    raw = raw.filter(pl.col("took") >= (1 if each else LEAST))
    left = 1 - pl.col("spent") / pl.col("took")
    rows = raw.select(
        urn("URN").alias("code"),
        income=pl.lit(None, pl.Float64) if each else pl.col("took"),
        in_year_balance=pl.when(left.abs() <= MOST_LEFT).then(left),
        period_start=pl.lit(date(year - 1, 4, 1)),
        period_end=pl.lit(date(year, 3, 31)),
    )
    return long(rows, ["income", "in_year_balance"]).filter(is_school(pl.col("code")))


PUBLICATIONS = (
    Publication(
        id="dfe_school_finance",
        publisher="Department for Education",
        title="Income and expenditure of maintained schools, 2010/11 and 2013/14 to 2017/18",
        page="https://www.compare-school-performance.service.gov.uk/download-data",
        files=("*cfr_financials_201[4-8].*", "*pt_2011_england_cfr.*"),
        lag_days=LAG_DAYS,
        read=read,
        standing=Standing.EXTRACTED,
        compiled_by="waiky8/schools-data and aircury/public-uk-education-data",
    ),
)
