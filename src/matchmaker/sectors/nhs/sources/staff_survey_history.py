"""NHS Staff Survey 2012 to 2019: what staff say of their managers, their motivation and the care.

The answers are not weighted by staff group, as those published since 2021 are; those on managers
are rounded to whole percents in 2016 and 2017.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from matchmaker.errors import BadFile, Issue
from matchmaker.sectors.nhs.sources import staff_survey
from matchmaker.sources import tabular
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.tabular import number, text

# Question 7a is left alone: in 2018 it asked something else.
MANAGERS = {
    "survey_immediate_manager_supportive": "7e",
    "survey_senior_managers_known": "8a",
    "survey_senior_managers_communicate": "8b",
    "survey_senior_managers_involve": "8c",
    "survey_senior_managers_act": "8d",
}
MANAGER_COLUMNS = (
    text("code", "ORG_CODE"),
    number("year", "YEAR"),
    *(
        number(f"{name}:{answer}", f"{question}_{answer}", factor=0.01)
        for name, question in MANAGERS.items()
        for answer in ("A", "SA")
    ),
)
# The file calls the mean of questions 2a to 2c engagement; they are the motivation part of the
# published engagement score, which has two more parts, so the two are not the same figure.
ACUTE = {
    "survey_motivation_1_to_5": "Engagement.Index",
    "survey_recommend_work": "RecommendWork.Index.dichot",
    "survey_recommend_care": "RecommendCare.Index.dichot",
}
RECOMMEND = ("survey_recommend_work", "survey_recommend_care")
IN_DISORDER = 2015
"""In this year the answers on recommending the trust are those of other trusts."""
ACUTE_COLUMNS = (
    text("code", "Code"),
    number("year", "Year.Index"),
    *(number(name, heading) for name, heading in ACUTE.items()),
)


def _dated(path: Path, frame: pl.DataFrame) -> pl.DataFrame:
    years = [int(year) for year in frame["year"].drop_nulls().unique()]
    odd = sorted(year for year in years if not 2003 <= year <= 2030)
    if odd or frame["year"].has_nulls():
        raise BadFile([Issue(path.name, "a year of the survey", str(odd))], "Check the column of years.")
    days = {float(year): staff_survey.autumn(year) for year in years}
    return staff_survey.whole_trusts(frame).with_columns(
        period_start=pl.col("year").replace_strict({year: start for year, (start, _) in days.items()}),
        period_end=pl.col("year").replace_strict({year: end for year, (_, end) in days.items()}),
    )


def read_managers(path: Path) -> pl.DataFrame:
    """The share of staff who agree, strongly or not, with what is said of managers."""
    frame = tabular.table(path, MANAGER_COLUMNS, keep=staff_survey.PARTS)
    shares = [(pl.col(f"{name}:A") + pl.col(f"{name}:SA")).alias(name) for name in MANAGERS]
    return tabular.long(_dated(path, frame.with_columns(shares)), list(MANAGERS))


def read_acute(path: Path) -> pl.DataFrame:
    """Motivation and recommending the trust; acute trusts only.

    The two answers on recommending it are left out in 2015, where they stand beside the wrong trusts: across
    trusts they go with those of 2014 and 2016 at 0.5 to 0.6, and these with one another at 0.7 to 0.85.
    """
    frame = tabular.table(path, ACUTE_COLUMNS, keep=staff_survey.PARTS)
    frame = frame.with_columns(
        pl.when(pl.col("year") != IN_DISORDER).then(name).alias(name) for name in RECOMMEND
    )
    return tabular.long(_dated(path, frame), list(ACUTE))


PUBLICATIONS = (
    Publication(
        id="staff_survey_managers",
        publisher=staff_survey.PUBLISHER,
        title="NHS Staff Survey 2012 to 2018, questions on managers",
        page=staff_survey.PAGE,
        files=("lse-hospital-management-extra/NHS_SS_management.csv",),
        lag_days=staff_survey.LAG_DAYS,
        read=read_managers,
        standing=Standing.EXTRACTED,
        compiled_by="miqdadasaria/hospital_management",
    ),
    Publication(
        id="staff_survey_acute",
        publisher=staff_survey.PUBLISHER,
        title="NHS Staff Survey 2012 to 2019, acute trusts",
        page=staff_survey.PAGE,
        files=("ebmgt-nhs-wellbeing/data.NHS.2012_2019.csv",),
        lag_days=staff_survey.LAG_DAYS,
        read=read_acute,
        standing=Standing.COMPILED,
        compiled_by="ebmgt/NHS-wellbeing",
    ),
)
