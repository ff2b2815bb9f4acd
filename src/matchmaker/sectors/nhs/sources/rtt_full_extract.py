"""Referral to treatment: who waits for how long in which specialty, the monthly full extract."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl

from matchmaker.errors import BadFile, Issue
from matchmaker.sectors.nhs.sources import zipped_csv
from matchmaker.sectors.nhs.sources.nhs_codes import TRUST_CODE
from matchmaker.sectors.nhs.sources.service_mix import (
    FEWEST_OF_SERVICE,
    NAMED,
    OTHERS,
    SERVICES,
    SHARES,
    TOTAL,
    service_mix,
)
from matchmaker.sources import tabular
from matchmaker.sources.periods import MONTHS, month
from matchmaker.sources.publication import Publication

PERIOD, ODS = "Period", "Provider Org Code"
PART, SPECIALTY, WAITING = "RTT Part Description", "Treatment Function Code", "Total All"
UNKNOWN, COMMISSIONER = "Patients with unknown clock start date", "Commissioner Org Code"
WEEKS = tuple(f"Gt {week:02} To {week + 1:02} Weeks SUM 1" for week in range(104))
WITHIN = WEEKS[:18]
LAST = "Gt 104 Weeks SUM 1"


def read(path: Path) -> pl.DataFrame:
    """One month: the list of those waiting, the share within 18 weeks, and both by specialty."""
    rows = _incomplete(path)
    _, name, year = tabular.one_value(path, rows, "period", PERIOD).split("-")
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
    whole = tabular.long(frame, ("rtt_waiting_list", "rtt_within_18_weeks", *SHARES))
    return pl.concat([whole, _by_service(dated)], how="diagonal")


def _by_service(rows: pl.DataFrame) -> pl.DataFrame:
    key = ["code", "period_start", "period_end"]
    named = rows.filter(pl.col("specialty").is_in([*SERVICES]), pl.col("waiting") > 0)
    lists = named.group_by(*key, "specialty", maintain_order=True).agg(pl.col("waiting", "within").sum())
    enough = pl.col("waiting") >= FEWEST_OF_SERVICE
    parts = []
    for specialty, name in SERVICES.items():
        own = lists.filter(specialty=specialty).select(
            *key,
            pl.col("waiting").alias(f"rtt_waiting_list_{name}"),
            pl.when(enough).then(pl.col("within") / pl.col("waiting")).alias(f"rtt_within_18_weeks_{name}"),
        )
        parts.append(tabular.long(own, own.columns[3:]))
    return pl.concat(parts)


def _incomplete(path: Path) -> pl.DataFrame:
    """The rows of incomplete pathways; the file is too wide to read every cell of it."""
    headings = {
        "period": PERIOD,
        "code": ODS,
        "commissioner": COMMISSIONER,
        "part": PART,
        "specialty": SPECIALTY,
        "waiting": WAITING,
        **{week: week for week in (*WEEKS, LAST, UNKNOWN)},
    }
    frame = zipped_csv.columns(path, headings).filter(pl.col("part") == "Incomplete Pathways")
    frame = zipped_csv.counts(path, frame, "waiting", *WEEKS, LAST, UNKNOWN)
    tabular.once_each(path, frame, ("period", "code", "commissioner", "specialty"))
    tabular.same_sum(path, frame, (*WEEKS, LAST, UNKNOWN), "waiting")
    frame = frame.select(
        "period",
        "code",
        "specialty",
        pl.col("waiting").cast(pl.Int64),
        # A blank week holds nobody.
        within=pl.sum_horizontal(pl.col(week).cast(pl.Int64).fill_null(0) for week in WITHIN),
    )
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
        files=("rtt-2026-04/*RTT*full-extract*.zip", "rtt-2026-01/Full-CSV-data-file-*.zip"),
        lag_days=45,
        read=read,
    ),
)
