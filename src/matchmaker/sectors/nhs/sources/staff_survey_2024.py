"""NHS Staff Survey 2024: theme and People Promise scores, and answers on care and speaking up."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from matchmaker.errors import BadFile, Issue
from matchmaker.sectors.nhs.sources import staff_survey
from matchmaker.sources import tabular
from matchmaker.sources.publication import Publication
from matchmaker.sources.tabular import number, text

PUBLISHED = date(2025, 3, 13)
SCORES = {
    "THEMES": {
        "staff_engagement": "Staff Engagement - score",
        "staff_morale": "Morale - score",
    },
    "PEOPLE PROMISE ELEMENTS": {
        "survey_compassionate": "PP1 - score",
        "survey_recognised": "PP2 - score",
        "survey_voice": "PP3 - score",
        "survey_raising_concerns": "PP3_2 - score",
        "survey_safe_healthy": "PP4 - score",
        "survey_learning": "PP5 - score",
        "survey_flexible": "PP6 - score",
        "survey_team": "PP7 - score",
    },
}
QUESTIONS = "YOUR ORGANISATION Q25-26"
ANSWERS = {
    "survey_acts_on_patient_concerns": "Q25b",
    "survey_recommend_work": "Q25c",
    "survey_recommend_care": "Q25d",
    "survey_safe_to_speak_up": "Q25e",
    "survey_staff_concerns_addressed": "Q25f",
}


def _scores(path: Path, sheet: str) -> pl.DataFrame:
    wanted = SCORES[sheet]
    columns = [text("code", "ODS code"), *(number(name, heading) for name, heading in wanted.items())]
    frame = tabular.table(path, columns, sheet=sheet, keep=staff_survey.PARTS)
    return _long(frame, list(wanted), sheet)


def _answers(path: Path) -> pl.DataFrame:
    # The questions stand in the first row, their answers in the heading row below it, and all of
    # them are asked on one scale: the third question has the third "% Agree".
    first = tabular.cells(path, QUESTIONS).row(0)
    asked = [cell.split(" ")[0] for cell in first if cell and cell.startswith("Q")]
    missing = sorted(set(ANSWERS.values()) - set(asked))
    if missing:
        issue = Issue(path.name, f"the questions {missing} in the first row", sheet=QUESTIONS, row=1)
        raise BadFile([issue], "Check that this is the right edition.")
    columns = [text("code", "ODS code")]
    for name, question in ANSWERS.items():
        place = asked.index(question) + 1
        columns.append(number(f"{name}:agree", "% Agree", occurrence=place, factor=0.01))
        columns.append(number(f"{name}:strongly", "% Strongly agree", occurrence=place, factor=0.01))
    frame = tabular.table(path, columns, sheet=QUESTIONS, keep=staff_survey.PARTS)
    shares = [(pl.col(f"{name}:agree") + pl.col(f"{name}:strongly")).alias(name) for name in ANSWERS]
    return _long(frame.with_columns(shares), list(ANSWERS), QUESTIONS)


def _long(frame: pl.DataFrame, names: list[str], sheet: str) -> pl.DataFrame:
    frame = staff_survey.whole_trusts(frame).with_columns(known_from=pl.lit(PUBLISHED))
    return tabular.long(frame, names, staff_survey.autumn(2024), sheet=sheet)


def read(path: Path) -> pl.DataFrame:
    """The organisational results workbook; scores are 0 to 10, answers the share who agree."""
    return pl.concat([*(_scores(path, sheet) for sheet in SCORES), _answers(path)])


PUBLICATIONS = (
    Publication(
        id="staff_survey_2024",
        publisher=staff_survey.PUBLISHER,
        title="NHS Staff Survey 2024, organisational results",
        page=staff_survey.PAGE,
        files=("nhs-staff-survey-2024/NSS24*organisational results.xlsx",),
        lag_days=staff_survey.LAG_DAYS,
        read=read,
    ),
)
