"""Figures of merged organisations: added up from the parts where adding is right, and marked where not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker import Matchmaker, Snapshot
from matchmaker.snapshot.mergers import describe_merger, with_combined

DAY = date(2026, 7, 1)
CASES = Path(__file__).parents[1] / "cases"


def figure(code: str, measure: str, value: float, end: date = date(2025, 6, 30)) -> dict[str, object]:
    return {
        "code": code,
        "measure": measure,
        "period_start": date(end.year, 1, 1),
        "period_end": end,
        "value": float(value),
        "unit": "",
        "source": "s",
        "file": "f",
        "known_from": date(2025, 8, 1),
    }


def combined(snapshot: Snapshot, *rows: dict[str, object]) -> pl.DataFrame:
    frame = pl.DataFrame(list(rows))
    return with_combined(snapshot, frame).slice(len(rows))


@pytest.mark.snapshot
def test_counts_are_added_up_from_the_day_of_the_merger(snapshot: Snapshot) -> None:
    made = combined(snapshot, figure("RA7", "beds_available", 1049), figure("RVJ", "beds_available", 1018))
    assert made.rows(named=True)[0]["value"] == 2067
    assert made["code"].to_list() == ["RA7"]
    assert made["known_from"].to_list() == [DAY]
    assert made["file"].to_list() == ["f + RVJ"]


@pytest.mark.snapshot
def test_shares_are_averaged_by_what_they_are_shares_of(snapshot: Snapshot) -> None:
    made = combined(
        snapshot,
        figure("RA7", "operating_margin", 0.04),
        figure("RVJ", "operating_margin", -0.02),
        figure("RA7", "operating_income", 300.0),
        figure("RVJ", "operating_income", 100.0),
    )
    values = dict(made.select("measure", "value").iter_rows())
    assert values["operating_margin"] == pytest.approx((0.04 * 300 - 0.02 * 100) / 400)
    assert values["operating_income"] == 400


@pytest.mark.snapshot
def test_nothing_is_made_of_a_part_or_of_what_can_t_be_combined(snapshot: Snapshot) -> None:
    assert combined(snapshot, figure("RA7", "beds_available", 1049)).is_empty()
    ratings = (figure("RA7", "cqc_overall", 3), figure("RVJ", "cqc_overall", 3))
    assert combined(snapshot, *ratings).is_empty()
    after = date(2026, 9, 30)
    late = (figure("RA7", "beds_available", 2000, after), figure("RVJ", "beds_available", 1, after))
    assert combined(snapshot, *late).is_empty()


@pytest.mark.snapshot
def test_a_profile_is_of_the_whole_from_the_merger_on_and_says_so(engine: Matchmaker) -> None:
    def beds(day: date) -> tuple[float | None, str | None]:
        cell = next(one for one in engine.profile("RA7", day).cells if one.feature == "beds")
        return cell.value, cell.merger

    before, of_part = beds(date(2026, 6, 30))
    whole, note = beds(DAY)
    assert before is not None and whole is not None
    assert whole > 1.9 * before
    assert of_part is None
    assert note == "Added up from its parts, which merged on 1 July 2026: North Bristol NHS Trust (RVJ)."


@pytest.mark.snapshot
def test_what_is_of_a_part_alone_is_marked(engine: Matchmaker) -> None:
    cells = {one.feature: one for one in engine.profile("RA7", DAY).cells}
    assert cells["mortality"].merger == (
        "From before it took in North Bristol NHS Trust (RVJ) on 1 July 2026."
    )
    notes = engine.shortlist("RA7", as_of=DAY, limit=1, n_draws=0).notes
    assert any("North Bristol NHS Trust (RVJ)" in note for note in notes)


@pytest.mark.snapshot
def test_a_later_merger_says_nothing_of_an_earlier_day(snapshot: Snapshot) -> None:
    asked = (snapshot, "RA7", date(2026, 6, 30), date(2025, 6, 30), "f")
    assert describe_merger(*asked) is None


@pytest.mark.snapshot
@pytest.mark.parametrize(
    ("code", "day", "expected"),
    [
        ("RNN", date(2019, 6, 30), "mental_health"),
        ("RNN", date(2019, 12, 31), "acute"),
        ("RH5", date(2019, 12, 31), "mental_health"),
        ("RH5", date(2020, 6, 30), "acute"),
    ],
)
def test_the_type_is_that_of_the_body_that_the_code_then_meant(
    engine: Matchmaker, code: str, day: date, expected: str
) -> None:
    profiles = engine.profiles(day)
    assert profiles.types[profiles.position[code]] == expected


@pytest.mark.snapshot
def test_merged_trusts_are_shown_whole_at_every_door(engine: Matchmaker) -> None:
    """`tests/cases/merged_trusts.csv`: half of each was shown, and nothing said so."""
    for case in pl.read_csv(CASES / "merged_trusts.csv", try_parse_dates=True).iter_rows(named=True):
        joined = f"({case['took_in']})"
        overview = engine.overview(case["ods"])
        cells = {cell.feature: cell for cell in overview.profile.cells}
        assert round(cells["staff"].value or 0) == case["of_both_staff"] != case["staff_shown"]
        if case["of_both"] is not None:
            assert round(cells["beds"].value or 0) == case["of_both"] != case["overnight_beds_shown"]
        assert any("added up from its parts" in note and joined in note for note in overview.notes)
        before = next(note for note in overview.notes if "from before it took in" in note and joined in note)
        assert "CQC overall rating" in before
        # As an option, too, and where it is asked why it is none.
        facts = {fact.key: fact for fact in engine.shortlist(case["ods"], n_draws=0, limit=1).recipient_facts}
        assert facts["staff"].period.endswith("; added up from its parts")
        asked = engine.why_not("RPA", case["ods"]).notes
        assert any("of the candidate's figures: from before" in note and joined in note for note in asked)


@pytest.mark.snapshot
def test_an_option_that_merged_says_which_facts_are_of_a_part(engine: Matchmaker) -> None:
    options = engine.shortlist("RPA", limit=100, n_draws=0).options
    facts = {one.key: one for option in options if option.organisation.code == "RA7" for one in option.facts}
    took_in = "from before it took in North Bristol NHS Trust (RVJ) on 1 July 2026"
    assert facts["mortality"].period == f"January to December 2025; {took_in}"
    assert facts["beds"].period == "April to June 2025; added up from its parts"
    assert facts["support_programme"].period == ""


@pytest.mark.snapshot
def test_a_day_after_a_merger_is_answered_in_the_kind_of_the_new_body(engine: Matchmaker) -> None:
    """`tests/cases/as_of_after_merger.csv`: Somerset, and every month until its type was published."""
    cases = pl.read_csv(CASES / "as_of_after_merger.csv", try_parse_dates=True)
    for asked, day, _ in cases.iter_rows():
        answer = engine.shortlist(asked, as_of=day, n_draws=0)
        assert (answer.recipient.code, answer.recipient.type) == ("RH5", "acute")
        assert {option.organisation.type for option in answer.options} == {"acute"}
        assert any("added up from its parts, which merged on 1 April 2020" in note for note in answer.notes)
    for year, month in ((2020, 12), (2021, 3), (2021, 12), (2022, 3)):
        on_day = engine.profiles(date(year, month, 28))
        assert on_day.types[on_day.position["RH5"]] == "acute", (year, month)
