"""Get Information about Schools: academy trusts, and which school was in which trust from when to when.

The group links are editions of one list, one a month: a spell is seen from the first edition that shows it
to the
last. Before the first of them, 4 August 2016, only those spells are known that still ran then: survivors.
Between the last, 29
March 2024, and Ofsted's list of 31 August 2025 a change is known by its window alone, and dated to its end.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from matchmaker.errors import BadFile, Issue
from matchmaker.sectors.schools.sources.forms import day, is_school, table, urn
from matchmaker.sources.files import once
from matchmaker.sources.publication import Publication, Standing

FIRST_EDITION, LAST_EDITION = date(2016, 8, 4), date(2024, 3, 29)
OFSTED_DAY = date(2025, 8, 31)
TYPES = {
    "Multi-academy trust": "trust",
    "Single-academy trust": "single_trust",
    "Secure single-academy trust": "single_trust",
}
SURVIVORS = "joined before August 2016: seen only because it still ran then"
EDITIONS = "group links, month by month"
WINDOW = "changed between 29 March 2024 and 31 August 2025; the day is not known"
PAGE = "https://get-information-schools.service.gov.uk/Downloads"


def read_trusts(path: Path) -> pl.DataFrame:
    """Every multi-academy and single-academy trust, open or closed, by its UID."""
    columns = ("Group UID", "Group Name", "Group Type", "Incorporated on (open date)", "Closed Date")
    raw = table(path, columns, ("lead_region_2025_08", "Companies House Number"))
    kind = pl.col("Group Type").replace_strict(TYPES, default=None, return_dtype=pl.String)
    rows = raw.select(
        urn("Group UID").alias("code"),
        name=title("Group Name"),
        type=kind,
        type_basis="Group Type",
        region="lead_region_2025_08",
        locality=pl.lit(None, pl.String),
        opened=day("Incorporated on (open date)"),
        closed=day("Closed Date"),
        faith=pl.lit(None, pl.String),
        company="Companies House Number",
        seen=pl.lit(date(2026, 8, 21)),
    ).drop_nulls(["code", "type"])
    # A trust that is entered as closed before it was incorporated has a wrong day of incorporation.
    return rows.with_columns(
        opened=pl.when((pl.col("opened") < pl.col("closed")).fill_null(True)).then("opened")
    )


def title(column: str) -> pl.Expr:
    """Names in capitals as names: THE HERMITAGE SCHOOL is The Hermitage School."""
    text = pl.col(column)
    small = text.str.to_titlecase()
    for word in ("Of", "And", "The", "For", "In", "At", "With"):
        small = small.str.replace_all(f" {word} ", f" {word.lower()} ")
    small = (
        small.str.replace_all("'S ", "'s ").str.replace_all("'S$", "'s").str.replace_all(r"\bCofe\b", "CofE")
    )
    return pl.when(text == text.str.to_uppercase()).then(small).otherwise(text)


@once
def spells(path: Path) -> pl.DataFrame:
    """Every spell of a school in a trust, from the editions beside `path` and what followed them.

    Returns:
        member, group, kind_of_group, start, end (null where it goes on), first and last edition that shows
        it,
        basis, established (type of school), company and group_name of the trust.
    """
    columns = ("edition", "URN", "Linked UID", "Group Type", "Joined date", "Group Name")
    more = ("TypeOfEstablishment (name)", "Companies House Number", "EstablishmentName")
    files = [path, *sorted(path.parent.glob(f"gias_grouplinks_20??-??-??{path.suffix}"))]
    every = pl.concat([table(file, (*columns, *more)) for file in files])
    rows = (
        every.filter(pl.col("Group Type").is_in(list(TYPES)))
        .join(_days(every, "edition"), on="edition")
        .join(_days(every, "Joined date"), on="Joined date", how="left")
        .select(
            member="URN",
            group="Linked UID",
            kind_of_group=pl.col("Group Type").replace_strict(TYPES, return_dtype=pl.String),
            edition="edition_day",
            joined="Joined date_day",
            established=pl.col("TypeOfEstablishment (name)").str.to_lowercase(),
            company="Companies House Number",
            group_name="Group Name",
        )
        .filter(is_school(pl.col("member")))
    )
    editions = rows["edition"].unique().sort()
    runs = (
        rows.sort("edition")
        .group_by("member", "group", maintain_order=True)
        .agg(
            pl.col("kind_of_group").last(),
            start=pl.col("joined").min(),
            first=pl.col("edition").min(),
            last=pl.col("edition").max(),
            established=pl.col("established").last(),
            company=pl.col("company").last(),
            group_name=pl.col("group_name").last(),
        )
        .with_columns(start=pl.coalesce("start", "first"))
        .sort("member", "first", "start")
    )
    following = editions.to_frame().select(last="edition", gone=pl.col("edition").shift(-1))
    after = pl.col("start").shift(-1).over("member")
    runs = runs.join(following, on="last", how="left", maintain_order="left").with_columns(
        end=pl.when(pl.col("last") < LAST_EDITION).then(
            pl.when(after.is_between(pl.col("start"), pl.col("gone"), closed="right"))
            .then(after)
            .otherwise("gone")
        ),
        basis=pl.when(pl.col("start") < FIRST_EDITION).then(pl.lit(SURVIVORS)).otherwise(pl.lit(EDITIONS)),
    )
    return _continued(runs.drop("gone"), path)


def _days(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    return frame.select(column).unique().drop_nulls().with_columns(day(column).alias(f"{column}_day"))


def _continued(runs: pl.DataFrame, path: Path) -> pl.DataFrame:
    """The spells carried on to Ofsted's list of August 2025, as far as that names a multi-academy trust."""
    file = next(iter(path.parent.glob(f"*ofsted_outcomes_20250831{path.suffix}")), None)
    if file is None:
        return runs
    raw = table(
        file,
        (
            "URN",
            "Multi-academy trust UID",
            "Multi-academy trust name",
            "School open date",
            "Type of education",
        ),
    )
    listed = raw.select(
        member=urn("URN"),
        now=urn("Multi-academy trust UID"),
        now_name="Multi-academy trust name",
        opened=day("School open date"),
        kind=pl.col("Type of education").str.to_lowercase(),
    ).drop_nulls("member")
    going = runs.filter(pl.col("end").is_null())
    seen = going.join(listed, on="member", how="left", maintain_order="left")
    # A blank is not "left": single-academy trusts have no number in that list.
    gone = pl.col("kind").is_null()
    moved = pl.col("now").is_not_null() & (pl.col("now") != pl.col("group"))
    out_of_trust = pl.col("now").is_null() & (pl.col("kind_of_group") == "trust")
    kept = seen.with_columns(end=pl.when(gone | moved | out_of_trust).then(pl.lit(OFSTED_DAY))).select(
        runs.columns
    )
    new = listed.drop_nulls("now").join(going.select("member", now="group"), on=["member", "now"], how="anti")
    opened_in_window = pl.col("opened").is_between(LAST_EDITION, OFSTED_DAY)
    started = new.select(
        "member",
        group="now",
        kind_of_group=pl.lit("trust"),
        start=pl.when(opened_in_window).then("opened").otherwise(pl.lit(OFSTED_DAY)),
        first=pl.lit(OFSTED_DAY),
        last=pl.lit(OFSTED_DAY),
        established="kind",
        company=pl.lit(None, pl.String),
        group_name="now_name",
        end=pl.lit(None, pl.Date),
        basis=pl.when(opened_in_window)
        .then(pl.lit("opened in the trust, by Ofsted's list"))
        .otherwise(pl.lit(WINDOW)),
    )
    return pl.concat([runs.filter(pl.col("end").is_not_null()), kept, started.select(runs.columns)])


def read_membership(path: Path) -> pl.DataFrame:
    """Which school was in which trust, in the columns of the table `membership`."""
    rows = spells(path).select(
        "member",
        "group",
        "start",
        end=pl.when(pl.col("end") > pl.col("start"))
        .then("end")
        .otherwise(pl.when(pl.col("end").is_not_null()).then(pl.col("start").dt.offset_by("1d"))),
        # The register was public from day to day; only what is dated to a window was known later.
        known_from=pl.when(pl.col("basis") == WINDOW).then(pl.lit(OFSTED_DAY)).otherwise("start"),
        basis="basis",
    )
    if rows.is_empty():
        raise BadFile([Issue(path.name, "links of schools to trusts")], "Get the file again.")
    return rows


PUBLICATIONS = (
    Publication(
        id="gias_trusts_2026",
        publisher="Department for Education, Get Information about Schools",
        title="Academy trusts on 21 August 2026",
        page=PAGE,
        files=("*derived_trusts_2026-08-21.*", "*allgroupsdata.csv"),
        lag_days=0,
        read=read_trusts,
        table="organisations",
        standing=Standing.EXTRACTED,
        compiled_by="aircury/public-uk-education-data",
    ),
    Publication(
        id="gias_group_links",
        publisher="Department for Education, Get Information about Schools",
        title="Group links of academies and free schools, 78 editions of August 2016 to March 2024",
        page=PAGE,
        files=("*gias_grouplinks_monthly.*",),
        lag_days=0,
        read=read_membership,
        table="membership",
        standing=Standing.EXTRACTED,
        compiled_by="aircury/public-uk-education-data and philipnye/gias",
    ),
)
