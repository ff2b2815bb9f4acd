"""Schools that have closed, and which school followed which: spines, school information and links."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import polars as pl

from matchmaker.sectors.schools.sources.forms import day, is_school, table, urn
from matchmaker.sources.publication import Publication, Standing

NOT_STATE = ("Independent school", "Independent School", "College", "Other")
"""Groups of schools that this sector leaves out."""
LINKS = {
    "Successor": False,
    "Successor - merged": False,
    "Successor - amalgamated": False,
    "Successor - Split School": True,
    "Result of Amalgamation": False,
}
"""Kind of link -> whether the school went to several."""
PAGE = "https://www.compare-school-performance.service.gov.uk/download-data"


def read_list(path: Path) -> pl.DataFrame:
    """State-funded schools of one spine or list of school information, with their days as far as known."""
    ages = ("AGEL", "AGELOW"), ("AGEH", "AGEHIGH")
    columns = (
        "URN",
        "SCHNAME",
        "MINORGROUP",
        "ISPRIMARY",
        "ISSECONDARY",
        "OPENDATE",
        "CLOSEDATE",
        "RELDENOM",
        "RELCHAR",
        "NFTYPE",
        "SCHOOLTYPE",
    )
    raw = table(path, ("URN", "SCHNAME"), (*columns[2:], *ages[0], *ages[1]))
    kind = pl.coalesce("NFTYPE", "SCHOOLTYPE")
    found = re.search(r"20\d\d", path.name)
    return (
        raw.filter(~pl.col("MINORGROUP").is_in(NOT_STATE).fill_null(False))
        .select(
            urn("URN").alias("code"),
            name="SCHNAME",
            type=_phase(kind),
            type_basis=kind,
            region=pl.lit(None, pl.String),
            locality=pl.lit(None, pl.String),
            opened=day("OPENDATE"),
            closed=day("CLOSEDATE"),
            faith=pl.coalesce("RELDENOM", "RELCHAR"),
            seen=pl.lit(date(int(found.group()) if found else 2018, 9, 1)),
        )
        .drop_nulls("code")
        .filter(is_school(pl.col("code")))
    )


def _phase(kind: pl.Expr) -> pl.Expr:
    text = kind.str.to_lowercase()
    return (
        pl.when(text.str.contains("special"))
        .then(pl.lit("special"))
        .when(text.str.contains("pupil referral|alternative"))
        .then(pl.lit("alternative"))
        .when(text.str.contains("nursery"))
        .then(pl.lit("nursery"))
        .when(pl.col("ISSECONDARY") == "1")
        .then(pl.lit("secondary"))
        .otherwise(pl.lit("primary"))
    )


def read_monthly_names(path: Path) -> pl.DataFrame:
    """Schools of Ofsted's lists of 2013 to 2015, for those that no later list names."""
    raw = table(path, ("urn", "name", "phase", "school_type", "region", "la", "edition"))
    phase = {
        "Primary": "primary",
        "Secondary": "secondary",
        "Special": "special",
        "Nursery": "nursery",
        "PRU": "alternative",
    }
    rows = raw.select(
        urn("urn").alias("code"),
        name="name",
        type=pl.col("phase").replace_strict(phase, default=None, return_dtype=pl.String),
        type_basis="school_type",
        region="region",
        locality="la",
        opened=pl.lit(None, pl.Date),
        closed=pl.lit(None, pl.Date),
        faith=pl.lit(None, pl.String),
        seen=day("edition"),
    ).drop_nulls(["code", "name"])
    last = rows.sort("seen").unique("code", keep="last", maintain_order=True)
    known = rows.drop_nulls("type").sort("seen").unique("code", keep="last", maintain_order=True)
    last = last.drop("type", "region").join(
        known.select("code", "type"), on="code", how="left", maintain_order="left"
    )
    regions = rows.drop_nulls("region").sort("seen").unique("code", keep="last", maintain_order=True)
    return last.join(regions.select("code", "region"), on="code", how="left", maintain_order="left").filter(
        is_school(pl.col("code"))
    )


def read_academies(path: Path) -> pl.DataFrame:
    """Academies and free schools of the quarterly lists of 2015 to 2021, also those since closed."""
    columns = (
        "URN",
        "EstablishmentName",
        "PhaseOfEducation (name)",
        "TypeOfEstablishment (name)",
        "OpenDate",
    )
    more = ("LA (name)", "GOR (name)", "ReligiousCharacter (name)", "edition")
    raw = table(path, (*columns, *more))
    rows = raw.select(
        urn("URN").alias("code"),
        name="EstablishmentName",
        type=_type(),
        type_basis="TypeOfEstablishment (name)",
        region="GOR (name)",
        locality="LA (name)",
        opened=day("OpenDate"),
        closed=pl.lit(None, pl.Date),
        faith="ReligiousCharacter (name)",
        seen=day("edition"),
    ).drop_nulls(["code", "name"])
    last = rows.sort("seen").unique("code", keep="last", maintain_order=True)
    return last.filter(is_school(pl.col("code")))


def read_linked(path: Path) -> pl.DataFrame:
    """Academies of the group links, for those that no list names."""
    columns = ("edition", "URN", "EstablishmentName", "TypeOfEstablishment (name)", "PhaseOfEducation (name)")
    raw = table(path, (*columns, "LA (name)")).unique(
        ["URN", "EstablishmentName"], keep="last", maintain_order=True
    )
    rows = raw.select(
        urn("URN").alias("code"),
        name="EstablishmentName",
        type=_type(),
        type_basis="TypeOfEstablishment (name)",
        region=pl.lit(None, pl.String),
        locality="LA (name)",
        opened=pl.lit(None, pl.Date),
        closed=pl.lit(None, pl.Date),
        faith=pl.lit(None, pl.String),
        seen=day("edition"),
    ).drop_nulls(["code", "name"])
    last = rows.sort("seen").unique("code", keep="last", maintain_order=True)
    return last.filter(is_school(pl.col("code")))


def _type() -> pl.Expr:
    """The type of an academy, by its kind of establishment and its phase."""
    kind = pl.col("TypeOfEstablishment (name)").str.to_lowercase()
    phase = pl.col("PhaseOfEducation (name)").str.to_lowercase()
    return (
        pl.when(kind.str.contains("special"))
        .then(pl.lit("special"))
        .when(kind.str.contains("alternative"))
        .then(pl.lit("alternative"))
        .when(phase.str.contains("primary"))
        .then(pl.lit("primary"))
        .otherwise(pl.lit("secondary"))
    )


def read_links(path: Path) -> pl.DataFrame:
    """Successors of closed schools; of an undated link the day is that of the successor's opening (later)."""
    raw = table(path, ("URN", "LinkURN", "LinkType", "LinkEstablishedDate"))
    rows = raw.filter(pl.col("LinkType").is_in(list(LINKS))).select(
        old=urn("URN"),
        new=urn("LinkURN"),
        date=day("LinkEstablishedDate"),
        part=pl.col("LinkType").replace_strict(LINKS, return_dtype=pl.Boolean),
        basis=pl.format("GIAS link: {}", "LinkType"),
    )
    return rows.filter(pl.col("old") != pl.col("new"), is_school(pl.col("old")), is_school(pl.col("new")))


PUBLICATIONS = (
    Publication(
        id="dfe_school_lists",
        publisher="Department for Education",
        title="Spines of 2017 and 2018, school information of 2018/19 to 2021/22",
        page=PAGE,
        files=(
            "*pt_2017_england_spine.*",
            "*pt_2018_england_spine.*",
            "*pt_2019_england_school_information.*",
            "*pt_202[12]_england_school_information.*",
        ),
        lag_days=0,
        read=read_list,
        table="organisations",
        standing=Standing.EXTRACTED,
        compiled_by="aircury/public-uk-education-data",
    ),
    Publication(
        id="ofsted_schools_2013_2015",
        publisher="Ofsted",
        title="Schools of the monthly management information, 2013 to 2015",
        page="https://www.gov.uk/government/organisations/ofsted",
        files=("*ofsted_mi_2013_2015.*",),
        lag_days=0,
        read=read_monthly_names,
        table="organisations",
        standing=Standing.EXTRACTED,
        compiled_by="aircury/public-uk-education-data",
    ),
    Publication(
        id="gias_academies",
        publisher="Department for Education, Get Information about Schools",
        title="Academies and free schools, 18 quarterly lists of 2015 to 2021",
        page="https://get-information-schools.service.gov.uk/Downloads",
        files=("*gias_academies_quarterly.*",),
        lag_days=0,
        read=read_academies,
        table="organisations",
        standing=Standing.EXTRACTED,
        compiled_by="aircury/public-uk-education-data",
    ),
    Publication(
        id="gias_linked_academies",
        publisher="Department for Education, Get Information about Schools",
        title="Academies named by the group links, 2016 to 2024",
        page="https://get-information-schools.service.gov.uk/Downloads",
        files=("*gias_grouplinks_monthly.*",),
        lag_days=0,
        read=read_linked,
        table="organisations",
        standing=Standing.EXTRACTED,
        compiled_by="aircury/public-uk-education-data and philipnye/gias",
    ),
    Publication(
        id="gias_links_2026",
        required=True,
        publisher="Department for Education, Get Information about Schools",
        title="Links between schools, 21 August 2026",
        page="https://get-information-schools.service.gov.uk/Downloads",
        files=("*gias_links_2026-08-21.*", "*links_edubasealldata.csv"),
        lag_days=0,
        read=read_links,
        table="successions",
        standing=Standing.EXTRACTED,
        compiled_by="aircury/public-uk-education-data",
    ),
)
