"""Outcomes of a user's own file: read or refused with every fault, dated, and tested by the same model."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from matchmaker import Matchmaker
from matchmaker.errors import BadFile, InvalidParameter
from matchmaker.evaluation.effect.own_outcomes import (
    estimated,
    own_study,
    read_outcomes,
    with_own_outcome,
)
from matchmaker.evaluation.effect.own_page import as_json, page


def population(effect: float, n: int = 1500, seed: int = 1) -> pl.DataFrame:
    """Pairings whose value rises by `effect` with one standard deviation of likeness; partners differ."""
    rng = np.random.default_rng(seed)
    before, likeness = rng.normal(size=n), rng.normal(size=n)
    partner = rng.integers(200, size=n)
    value = effect * likeness + 0.5 * before + rng.normal(scale=0.3, size=200)[partner]
    return pl.DataFrame(
        {
            "partner": [f"P{one}" for one in partner],
            "kind": "mentoring",
            "type": rng.choice(["river", "sea"], n),
            "region": "north",
            "before": "",
            "start": [date(2017 + int(one), 1, 1) for one in rng.integers(4, size=n)],
            "km": rng.uniform(1, 60, n),
            "likeness": likeness,
            "own_outcome_before": before,
            "own": value + rng.normal(size=n),
        }
    )


@pytest.mark.parametrize("effect", [0.0, 0.3])
def test_an_effect_that_was_put_in_is_found_in_the_unit_of_the_file(effect: float) -> None:
    found = estimated(population(effect), {"likeness": "Likeness"}, "Mentoring")
    (one,) = found.effects
    assert one.estimate is not None and one.estimate.low <= effect <= one.estimate.high
    assert (one.p_holm is not None and one.p_holm < 0.001) == (effect > 0)
    assert not found.yes_or_no and "the unit of the file" in page(found, 24)


def test_yes_or_no_is_told_in_percentage_points() -> None:
    some = population(0.3).with_columns(own=(pl.col("own") > 0).cast(pl.Float64))
    found = estimated(some, {"likeness": "Likeness"}, "Mentoring")
    assert found.yes_or_no and found.effects[0].estimate is not None
    assert 3 < found.effects[0].estimate.value < 20 and "percentage points" in page(found, 24)


def test_of_too_few_pairings_nothing_is_estimated() -> None:
    found = estimated(population(0.3, n=30), {"likeness": "Likeness"}, "Mentoring")
    assert found.effects[0].estimate is None and found.with_outcome < found.needed
    text = page(found, 24)
    assert "too few" in text and f"fewer than {found.needed}" in text and '"p_holm": null' in as_json(found)


def test_the_outcome_is_the_first_value_late_enough_with_the_partner_still_there() -> None:
    pairings = pl.DataFrame(
        {
            "pairing_id": ["stays", "leaves"],
            "lineage": ["A", "B"],
            "start": [date(2018, 1, 1)] * 2,
            "end": [None, date(2019, 6, 1)],
        }
    )
    days = [date(2017, 1, 1), date(2019, 1, 1), date(2020, 2, 1), date(2021, 1, 1)]
    values = pl.DataFrame(
        [(code, day, float(at)) for code in "AB" for at, day in enumerate(days)],
        {"lineage": pl.String, "on": pl.Date, "value": pl.Float64},
        orient="row",
    )
    found = with_own_outcome(pairings, values, 24)
    assert found["own"].to_list() == [2.0, None] and found["own_outcome_before"].to_list() == [0.0, 0.0]


def test_names_yes_and_days_are_read_as_people_write_them(tmp_path: Path, harbour_engine: Matchmaker) -> None:
    code, name = next(iter((one.code, one.name) for one in harbour_engine.registry.by_code.values()))
    file = tmp_path / "own.csv"
    file.write_text(f"organisation,date,outcome,note\n{code.lower()},31/03/2021,yes,x\n{name},2022-03-31,0\n")
    found = read_outcomes(file, harbour_engine.registry).table
    assert found.rows() == [(code, date(2021, 3, 31), 1.0), (code, date(2022, 3, 31), 0.0)]


def test_every_fault_is_told_with_its_row_and_column(tmp_path: Path, harbour_engine: Matchmaker) -> None:
    file = tmp_path / "own.csv"
    file.write_text("organisation,date,outcome\nNobody at all,2020-13-01,fine\n")
    with pytest.raises(BadFile) as caught:
        read_outcomes(file, harbour_engine.registry)
    assert [(one.row, one.column) for one in caught.value.faults] == [
        (2, "date"),
        (2, "outcome"),
        (2, "organisation"),
    ]
    file.write_text("organisation,outcome\nKIT,1\n")
    with pytest.raises(BadFile, match="a heading date"):
        read_outcomes(file, harbour_engine.registry)


def test_a_sector_without_a_study_takes_own_outcomes(tmp_path: Path, harbour_engine: Matchmaker) -> None:
    """Its pairings are too few to estimate anything; they are counted, and others are refused."""
    pairings = harbour_engine.snapshot.pairings.filter(kind="mentoring")
    rows = [f"{one['recipient']},{one['start'].year + 3}-06-01,1" for one in pairings.iter_rows(named=True)]
    file = tmp_path / "own.csv"
    file.write_text("\n".join(["organisation,date,outcome", *rows]))
    outcomes = read_outcomes(file, harbour_engine.registry)
    found = own_study(harbour_engine, outcomes, "mentoring")
    assert 0 < found.with_outcome <= found.pairings <= pairings.height
    assert {one.estimate for one in found.effects} == {None}
    helped = set(harbour_engine.snapshot.pairings["recipient"])
    other = next(code for code in harbour_engine.registry.by_code if code not in helped)
    file.write_text(f"organisation,date,outcome\n{other},2020-01-01,1\n")
    with pytest.raises(InvalidParameter, match="nobody that was helped"):
        own_study(harbour_engine, read_outcomes(file, harbour_engine.registry), "mentoring")
