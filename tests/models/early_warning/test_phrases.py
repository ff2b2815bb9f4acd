"""What signs mean in sentences, with the words of the sector."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from matchmaker.models.early_warning.phrases import CAUTION, describe_rate, explain_signs
from matchmaker.models.early_warning.types import BaseRates, SignReading
from matchmaker.models.early_warning.validation import rate
from matchmaker.sector import Sector

NONE = pl.DataFrame(schema={"regime": pl.String, "entry": pl.Date, "exit": pl.Date})
RATES = BaseRates(
    "fishing", (date(2020, 6, 30), date(2022, 6, 30)), (rate(10, 100), rate(6, 20), rate(1, 1), rate(0, 0)), 3
)


def shown(*values: bool | None) -> list[SignReading]:
    return [SignReading(f"s{at}", f"Sign {at}", value, None) for at, value in enumerate(values)]


def explain(sector: Sector, *values: bool | None, rates: BaseRates | None = RATES, day: date, **more: object):
    return explain_signs(sector, "fishing", shown(*values), rates, day, more.get("interventions", NONE))


DAY = date(2023, 12, 31)


def test_signs_and_what_became_of_those_with_as_many(watched: Sector) -> None:
    assert explain(watched, True, False, None, False, day=DAY) == (
        "It shows 1 of the 3 early signs for which figures are known (4 apply to fishing harbours).",
        "Looked at on 30 June of 2020 and 2022, fishing harbours showed 1 or more signs 20 times. "
        "6 of these 20 times the harbour entered a safety notice within 2 years: "
        "30 in 100 (95% interval 15 to 52). So 70 in 100 were false alarms.",
        "With any number of signs, or none, it was 10 of 100 times: 10 in 100 (95% interval 6 to 17).",
        CAUTION,
    )


def test_no_sign_is_compared_with_those_that_showed_none(watched: Sector) -> None:
    _, past, *_ = explain(watched, False, False, day=DAY)
    assert "showed no sign 80 times. 4 of these 80 times" in past
    assert "false alarms" not in past


def test_what_was_never_seen_is_not_judged(watched: Sector) -> None:
    _, past, *_ = explain(watched, True, True, True, day=DAY)
    assert past.endswith("no fishing harbour showed 3 or more signs: what it means can't be told.")
    _, once, *_ = explain(watched, True, True, day=DAY)
    assert "showed 2 or more signs once." in once


@pytest.mark.parametrize(("known", "enough"), [(1, False), (2, True)])
def test_half_of_the_signs_must_be_known(watched: Sector, known: int, enough: bool) -> None:
    lines = explain(watched, *([False] * known + [None] * (4 - known)), day=DAY)
    assert (lines[-1] == "Too few are known to say what that means.") is not enough


def test_before_any_follow_up_has_ended(watched: Sector) -> None:
    none = BaseRates("fishing", (), (rate(0, 0),), 0)
    lines = explain(watched, True, False, rates=none, day=date(2021, 1, 1))
    assert lines[1:] == ("By 1 January 2021 too little time had passed to say what signs mean.", CAUTION)


def test_without_a_validation_only_the_caution_stands(watched: Sector) -> None:
    assert explain(watched, True, False, rates=None, day=DAY)[1:] == (CAUTION,)


@pytest.mark.parametrize(("day", "told"), [(date(2023, 12, 31), False), (date(2024, 1, 1), True)])
def test_that_a_regime_has_ended_is_told_from_that_day(watched: Sector, day: date, told: bool) -> None:
    assert (explain(watched, True, day=day)[-1] == "Safety notices ended in 2024.") is told


def test_one_that_has_entered_shows_no_early_sign(watched: Sector) -> None:
    rows = pl.DataFrame(
        [
            {"regime": "notice", "entry": None, "exit": None},
            {"regime": "administration", "entry": date(2022, 3, 1), "exit": date(2024, 1, 1)},
        ],
        schema=NONE.schema,
    )
    last = explain(watched, True, day=DAY, interventions=rows)[1]
    assert last == (
        "It was reported to have entered administration in 2022 and has not left: "
        "for this harbour such signs are no longer early."
    )
    assert explain(watched, True, day=DAY, interventions=rows.head(1))[1].startswith(
        "It was reported to have entered a safety notice and is not known to have left"
    )


def test_a_rate_of_nothing() -> None:
    assert describe_rate(rate(0, 0)) == "nothing to count"
    assert describe_rate(rate(13, 100)) == "13 in 100 (95% interval 8 to 21)"
