"""Referral to treatment: who waits for how long in which specialty, the monthly full extract."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import polars as pl

from matchmaker.errors import BadFile, Issue
from matchmaker.sectors.nhs.sources.nhs_codes import TRUST_CODE
from matchmaker.sectors.nhs.sources.service_mix import NAMED, OTHERS, SHARES, TOTAL, service_mix
from matchmaker.sources import tabular
from matchmaker.sources.periods import MONTHS, month
from matchmaker.sources.publication import Publication

PERIOD, ODS = "Period", "Provider Org Code"
PART, SPECIALTY, WAITING = "RTT Part Description", "Treatment Function Code", "Total All"
WEEKS = tuple(f"Gt {week:02} To {week + 1:02} Weeks SUM 1" for week in range(18))


def read(path: Path) -> pl.DataFrame:
    """One month: the list of those waiting, the share within 18 weeks, and the mix of specialties."""
    rows = _incomplete(path)
    _, name, year = rows["period"][0].split("-")
    start, end = month(int(year), MONTHS[name.casefold()])
    rows = rows.filter(pl.col("code").str.contains(TRUST_CODE))
    dated = rows.with_columns(period_start=pl.lit(start), period_end=pl.lit(end))
    mix = service_mix(dated.filter(pl.col("specialty") != TOTAL))
    within = (
        rows.filter(pl.col("specialty") == TOTAL)
        .group_by("code", maintain_order=True)
        .agg(rtt_within_18_weeks=pl.col("within").sum() / pl.col("waiting").sum())
    )
    frame = mix.join(within, on="code", how="left", maintain_order="left")
    return tabular.long(frame, ("rtt_waiting_list", "rtt_within_18_weeks", *SHARES))


def _incomplete(path: Path) -> pl.DataFrame:
    """The rows of incomplete pathways; the file is too wide to read every cell of it."""
    try:
        with zipfile.ZipFile(path) as archive:
            # Archives made on a Mac hold a shadow of each file.
            names = [name for name in archive.namelist() if not name.startswith("__MACOSX")]
            content = archive.read(names[0])
        columns = [PERIOD, ODS, PART, SPECIALTY, WAITING, *WEEKS]
        frame = pl.read_csv(io.BytesIO(content), columns=columns, infer_schema=False)
        frame = frame.filter(pl.col(PART) == "Incomplete Pathways").select(
            pl.col(PERIOD).alias("period"),
            pl.col(ODS).alias("code"),
            pl.col(SPECIALTY).alias("specialty"),
            pl.col(WAITING).cast(pl.Int64).alias("waiting"),
            # A blank week holds nobody.
            within=pl.sum_horizontal(pl.col(week).cast(pl.Int64).fill_null(0) for week in WEEKS),
        )
    except (zipfile.BadZipFile, IndexError, pl.exceptions.PolarsError) as error:
        issue = Issue(path.name, f"the full extract as a zipped CSV file ({str(error)[:120]})")
        raise BadFile([issue], "Download it again or leave it out.") from error
    if frame.is_empty() or not re.fullmatch(r"RTT-[A-Za-z]+-\d{4}", frame["period"][0]):
        issue = Issue(path.name, "incomplete pathways of a month, like RTT-April-2026", column=PERIOD)
        raise BadFile([issue], "Check that this is the full extract.")
    unknown = set(frame["specialty"]) - {TOTAL, *NAMED, *OTHERS}
    if unknown:
        issue = Issue(path.name, "the known specialties", str(sorted(unknown)), column=SPECIALTY)
        raise BadFile([issue], "Sort the new specialty into its group first.")
    return frame


PUBLICATIONS = (
    Publication(
        id="rtt_full_extract",
        publisher="NHS England",
        title="Consultant-led Referral to Treatment waiting times, full extract",
        page="https://www.england.nhs.uk/statistics/statistical-work-areas/rtt-waiting-times/",
        files=("rtt-2026-04/*RTT*full-extract*.zip",),
        lag_days=45,
        read=read,
    ),
)
