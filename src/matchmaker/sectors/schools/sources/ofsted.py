"""Ofsted: graded inspections of four publications, and the state-funded schools of August 2025.

Grades count upwards here, 4 is outstanding, so that higher is better as everywhere else. From September 2024
inspectors gave no overall grade; the lowest of the key judgements stands in for it, as a measure of its own.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from matchmaker.sectors.schools.sources.forms import day, is_school, long, number, table, urn
from matchmaker.sources.publication import Publication, Standing

OUTCOMES_DAY = date(2025, 8, 31)
"""The day of the list of outcomes."""
WORDS = {
    "outstanding": 4,
    "good": 3,
    "satisfactory": 2,
    "requires improvement": 2,
    "inadequate": 1,
    "serious weaknesses": 1,
    "special measures": 1,
}
"""Satisfactory became requires improvement in September 2012."""
PHASES = {
    "Primary": "primary",
    "Secondary": "secondary",
    "Special": "special",
    "Nursery": "nursery",
    "PRU": "alternative",
}
JUDGEMENTS = (
    "Quality of education",
    "Behaviour and attitudes",
    "Personal development",
    "Effectiveness of leadership and management",
)
REPORT_DAYS = 40
"""From an inspection to its report, where the file has no day of publication; the median of 2025 is 39."""
CONCERN = {"SM": 2.0, "SWK": 1.0}
"""Special measures, and serious weaknesses."""


def grade(column: str) -> pl.Expr:
    """1 (outstanding) to 4 (inadequate) turned round; null for what is no grade."""
    value = number(column)
    return pl.when(value.is_between(1, 4)).then(5 - value)


def read_outcomes(path: Path) -> pl.DataFrame:
    """Latest and previous graded inspection of each open school, at its URN now and at that of the time.

    A grade that was given to a predecessor is known of the school from the day on which the school opened.
    """
    wanted = ("URN", "School open date", "Overall effectiveness", "Category of concern", *JUDGEMENTS)
    latest = ("Inspection start date", "Publication date", "URN at time of latest graded inspection")
    before = (
        "Previous inspection start date",
        "Previous publication date",
        "URN at time of previous graded inspection",
    )
    graded = ("Previous graded inspection overall effectiveness", "Previous category of concern")
    raw = table(path, (*wanted, *latest, *before, *graded)).with_columns(open=day("School open date"))
    parts = [
        raw.select(
            urn("URN").alias("code"),
            urn(days[2]).alias("then"),
            "open",
            period_end=day(days[0]),
            known_from=day(days[1]),
            grade=grade(overall),
            concern=_concern(category),
            lowest_judgement=lowest,
        )
        for days, overall, category, lowest in (
            (latest, "Overall effectiveness", "Category of concern", _lowest()),
            (before, graded[0], graded[1], pl.lit(None, pl.Float64)),
        )
    ]
    every = pl.concat(parts).drop_nulls(["code", "period_end"])
    # The overall grade counts where there is one.
    every = every.with_columns(
        lowest_judgement=pl.when(pl.col("grade").is_null()).then("lowest_judgement"),
        known_from=pl.max_horizontal("known_from", "period_end"),
    )
    own = every.with_columns(
        known_from=pl.when(pl.col("then") != pl.col("code"))
        .then(pl.max_horizontal("known_from", "open"))
        .otherwise("known_from")
    )
    of_predecessor = every.filter(pl.col("then") != pl.col("code")).with_columns(code=pl.col("then"))
    both = pl.concat([own, of_predecessor]).drop("then", "open")
    both = both.unique(["code", "period_end"], keep="first", maintain_order=True)
    return long(
        both.with_columns(period_start=pl.col("period_end")), ["grade", "lowest_judgement", "concern"]
    ).filter(is_school(pl.col("code")))


def _lowest() -> pl.Expr:
    return pl.min_horizontal(grade(name) for name in JUDGEMENTS)


def _concern(column: str) -> pl.Expr:
    return pl.col(column).replace_strict(CONCERN, default=0.0, return_dtype=pl.Float64)


def read_monthly(path: Path) -> pl.DataFrame:
    """Thirteen month-ends of 2013 to 2015: latest and previous inspection of each school."""
    columns = ("urn", "insp_date", "grade", "prev_date", "prev_grade", "edition", "category")
    raw = table(path, columns).with_columns(seen=day("edition"))
    parts = [
        raw.select(urn("urn").alias("code"), "seen", period_end=day(on), grade=grade(value), concern=concern)
        for on, value, concern in (
            ("insp_date", "grade", _concern("category")),
            ("prev_date", "prev_grade", pl.lit(None, pl.Float64)),
        )
    ]
    every = pl.concat(parts).drop_nulls(["code", "period_end", "grade"]).sort("seen", maintain_order=True)
    every = every.unique(["code", "period_end"], keep="first", maintain_order=True)
    lagged = pl.col("period_end").dt.offset_by(f"{REPORT_DAYS}d")
    dated = every.with_columns(known_from=lagged, period_start=pl.col("period_end")).drop("seen")
    return long(dated, ["grade", "concern"]).filter(is_school(pl.col("code")))


def read_history(path: Path) -> pl.DataFrame:
    """Inspections of 2005 to 2020 as Ofsted's pages of reports listed them."""
    raw = table(path, ("URN", "Rating", "Inspection Date"))
    rows = raw.select(urn("URN").alias("code"), period_end=day("Inspection Date"), grade=_word("Rating"))
    rows = rows.drop_nulls().sort("grade").unique(["code", "period_end"], keep="first", maintain_order=True)
    return long(rows.with_columns(period_start=pl.col("period_end")), ["grade"]).filter(
        is_school(pl.col("code"))
    )


def read_school_information(path: Path) -> pl.DataFrame:
    """The rating of each school, open or closed, in the school information of the performance tables.

    The day is that of the inspection: some files hold ratings of years after their own.
    """
    rating, on = ("Rating", "Inspect Date") if "details" in path.name else ("OFSTEDRATING", "OFSTEDLASTINSP")
    raw = table(path, ("URN", rating, on))
    rows = raw.select(urn("URN").alias("code"), period_end=day(on), grade=_word(rating))
    rows = rows.drop_nulls().unique(["code", "period_end"], keep="first", maintain_order=True)
    return long(rows.with_columns(period_start=pl.col("period_end")), ["grade"]).filter(
        is_school(pl.col("code"))
    )


def _word(column: str) -> pl.Expr:
    word = pl.col(column).str.to_lowercase()
    return word.replace_strict(WORDS, default=None, return_dtype=pl.Float64)


def read_schools(path: Path) -> pl.DataFrame:
    """The state-funded schools open on the day of the list, with phase, place and religious character."""
    columns = ("URN", "School name", "Ofsted phase", "Type of education", "School open date", "Region")
    raw = table(path, (*columns, "Local authority", "Designated religious character"))
    return raw.select(
        urn("URN").alias("code"),
        name="School name",
        type=pl.col("Ofsted phase").replace_strict(PHASES, default=None, return_dtype=pl.String),
        type_basis="Type of education",
        region="Region",
        locality="Local authority",
        opened=day("School open date"),
        closed=pl.lit(None, pl.Date),
        faith="Designated religious character",
        seen=pl.lit(OUTCOMES_DAY),
    ).drop_nulls("code")


def read_faith(path: Path) -> pl.DataFrame:
    """Religious character and kind of school in words."""
    raw = table(path, ("URN", "Designated religious character", "Type of education"))
    faith = raw.select(
        urn("URN").alias("code"),
        attribute=pl.lit("faith"),
        value=faith_of("Designated religious character"),
    )
    kind = raw.select(urn("URN").alias("code"), attribute=pl.lit("kind"), value="Type of education")
    # What a school is has no day of its own, and is no outcome.
    return pl.concat([faith, kind]).drop_nulls().with_columns(known_from=pl.lit(date(2010, 9, 1)))


def faith_of(column: str) -> pl.Expr:
    """Religious character in four words; a school without one is "none"."""
    text = pl.col(column).str.to_lowercase()
    return (
        pl.when(text.is_null() | text.is_in(["does not apply", "none", "unknown", "not applicable"]))
        .then(pl.lit("none"))
        .when(text.str.contains("church of england"))
        .then(pl.lit("Church of England"))
        .when(text.str.contains("catholic"))
        .then(pl.lit("Catholic"))
        .otherwise(pl.lit("other faith"))
    )


_OUTCOMES = ("*ofsted_outcomes_20250831.*",)
_PAGE = "https://www.gov.uk/government/organisations/ofsted"

PUBLICATIONS = (
    Publication(
        id="ofsted_outcomes_2025",
        required=True,
        publisher="Ofsted",
        title="State-funded schools inspections and outcomes as at 31 August 2025",
        page=_PAGE,
        files=_OUTCOMES,
        lag_days=REPORT_DAYS,
        read=read_outcomes,
        standing=Standing.EXTRACTED,
        compiled_by="benjamintee/CASA_UDV_Final",
    ),
    Publication(
        id="ofsted_schools_2025",
        publisher="Ofsted",
        title="State-funded schools open on 31 August 2025",
        page=_PAGE,
        files=_OUTCOMES,
        lag_days=0,
        read=read_schools,
        table="organisations",
        standing=Standing.EXTRACTED,
        compiled_by="benjamintee/CASA_UDV_Final",
    ),
    Publication(
        id="ofsted_faith_2025",
        publisher="Ofsted",
        title="Religious character and kind of school, 31 August 2025",
        page=_PAGE,
        files=_OUTCOMES,
        lag_days=0,
        read=read_faith,
        table="attributes",
        standing=Standing.EXTRACTED,
        compiled_by="benjamintee/CASA_UDV_Final",
    ),
    Publication(
        id="ofsted_monthly_2013_2015",
        publisher="Ofsted",
        title="Monthly management information, April 2013 to May 2015",
        page=_PAGE,
        files=("*ofsted_mi_2013_2015.*",),
        lag_days=REPORT_DAYS,
        read=read_monthly,
        standing=Standing.EXTRACTED,
        compiled_by="aircury/public-uk-education-data",
    ),
    Publication(
        id="ofsted_history_2020",
        publisher="Ofsted",
        title="Inspections of 2005 to 2020 from the pages of reports",
        page="https://reports.ofsted.gov.uk",
        files=("*ofsted_ratings_scrape_2020.*",),
        lag_days=REPORT_DAYS,
        read=read_history,
        standing=Standing.COMPILED,
        compiled_by="waiky8/schools-data",
    ),
    Publication(
        id="ofsted_school_information",
        publisher="Department for Education",
        title="Ratings in the lists of schools of 2018 and of 2018/19 to 2021/22",
        page="https://www.compare-school-performance.service.gov.uk/download-data",
        files=(
            "*pt_2019_england_school_information.*",
            "*pt_202[12]_england_school_information.*",
            "*school_details_2018.*",
        ),
        lag_days=REPORT_DAYS,
        read=read_school_information,
        standing=Standing.EXTRACTED,
        compiled_by="aircury/public-uk-education-data",
    ),
)
