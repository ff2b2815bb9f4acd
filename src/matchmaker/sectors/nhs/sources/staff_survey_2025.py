"""NHS Staff Survey 2025: theme and People Promise scores, from a third-party compilation."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from matchmaker.errors import BadFile, Issue
from matchmaker.sectors.nhs.sources import staff_survey
from matchmaker.sectors.nhs.sources.nhs_codes import trust_table
from matchmaker.sources import tabular
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.tabular import number, text

# The file also has `staff_engagement_score`: that is the 2024 survey, as the Oversight Framework
# used it. The columns here come from the benchmark workbook of 2025.
SCORES = {
    "staff_engagement": "theme_engagement",
    "staff_morale": "theme_morale",
    "survey_compassionate": "pp1_compassionate_inclusive",
    "survey_recognised": "pp2_recognised_rewarded",
    "survey_voice": "pp3_voice_counts",
    "survey_raising_concerns": "pp3_2_raising_concerns",
    "survey_safe_healthy": "pp4_safe_healthy",
    "survey_learning": "pp5_always_learning",
    "survey_flexible": "pp6_work_flexibly",
    "survey_team": "pp7_team",
}
COLUMNS = (
    text("code", "org_code"),
    text("survey", "survey_date"),
    *(number(name, heading) for name, heading in SCORES.items()),
)


def read(path: Path) -> pl.DataFrame:
    """The trusts that the compilation covers: those that send accident and emergency returns."""
    frame = trust_table(path, COLUMNS).filter(pl.col("survey") != "")
    other = frame.filter(~pl.col("survey").str.starts_with("2025")).select("row", "survey")
    if not other.is_empty():
        row, cell = other.row(0)
        issue = Issue(path.name, "a date in 2025", cell, None, row, "survey_date")
        raise BadFile([issue], "Check which survey this edition of the file holds.")
    return tabular.long(frame, list(SCORES), staff_survey.autumn(2025))


PUBLICATIONS = (
    Publication(
        id="staff_survey_2025",
        publisher=staff_survey.PUBLISHER,
        title="NHS Staff Survey 2025, benchmark scores",
        page=staff_survey.PAGE,
        files=("trustpulse-2026/trust_profiles.csv",),
        lag_days=staff_survey.LAG_DAYS,
        read=read,
        standing=Standing.COMPILED,
        compiled_by="larsen-analyst/trustpulse",
    ),
)
