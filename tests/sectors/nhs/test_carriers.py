"""Faults of the files that carry figures: the checks find each, and what a build makes of it is right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.sector import load_sector
from matchmaker.sectors.nhs import organisations
from matchmaker.sectors.nhs.sources import ods_trusts, staff_survey_history, trust_roster
from matchmaker.sectors.nhs.sources.nhs_codes import trust_table
from matchmaker.snapshot import merge, series
from matchmaker.snapshot.quarantine import NOT_SUBMITTED, quarantine
from matchmaker.sources import tabular
from matchmaker.sources.publication import measures, precedence, publications
from matchmaker.sources.tabular import number, text

pytestmark = pytest.mark.raw
NHS = load_sector("nhs")
Figures = Callable[..., pl.DataFrame]


@pytest.fixture(scope="module")
def figures(raw_data: Path) -> Figures:
    """Reads all files of some publications, as a build does."""

    def read(*ids: str) -> pl.DataFrame:
        found = [publications(NHS)[id_] for id_ in ids]
        parts = [
            (one, path.name, one.read(path))
            for one in found
            for pattern in one.files
            for path in sorted((raw_data / "raw").glob(pattern))
        ]
        return merge.long_measures(parts, NHS)

    return read


@pytest.fixture(scope="module")
def beds(figures: Figures) -> tuple[pl.DataFrame, pl.DataFrame]:
    """All beds: those to be used, and those kept apart."""
    ids = ("kh03_beds", "kh03_beds_panel", "kh03_series", "kh03_series_occupied", "kh03_beds_winter_2020")
    editions = {id_: one.edition for id_, one in publications(NHS).items() if one.edition}
    return quarantine(merge.vintages(figures(*ids), editions), NHS)


def at(rows: pl.DataFrame, code: str, measure: str, end: date) -> pl.DataFrame:
    return rows.filter(code=code, measure=measure, period_end=end).sort(*precedence())


def test_the_mixed_up_survey_of_2015_is_found_and_left_out(
    figures: Figures, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert series.out_of_step(figures("staff_survey_acute"), NHS) == []
    monkeypatch.setattr(staff_survey_history, "IN_DISORDER", 0)
    issues = series.out_of_step(figures("staff_survey_acute"), NHS)
    assert [issue.expected.partition(" to go")[0] for issue in issues] == [
        "survey_recommend_care of 2015-11-30",
        "survey_recommend_work of 2015-11-30",
    ]


def test_newcastle_has_no_share_of_another_trust(figures: Figures) -> None:
    care = (
        figures("staff_survey_acute").filter(code="RTD", measure="survey_recommend_care").sort("period_end")
    )
    found = {end.year: value for end, value in care.select("period_end", "value").iter_rows()}
    assert 2015 not in found  # the file has 0.57
    assert (found[2014], found[2016]) == pytest.approx((0.84, 0.91), abs=0.005)
    assert figures("staff_survey_acute").filter(period_end=date(2015, 11, 30))[
        "measure"
    ].unique().to_list() == ["survey_motivation_1_to_5"]


def test_yearly_shares_of_others_do_not_fit_the_months(raw_data: Path, figures: Figures) -> None:
    columns = (text("code", "ORG_CODE"), number("year", "YEAR"), number("score", "AE_SCORE"))
    yearly = trust_table(raw_data / "raw/lse-hospital-management/AE.csv", columns)
    start = pl.date(pl.col("year").cast(pl.Int32), 4, 1)
    end = start.dt.offset_by("12mo").dt.offset_by("-1d")
    years = tabular.long(
        yearly.with_columns(period_start=start, period_end=end), {"score": "ae_within_4_hours"}
    ).with_columns(source=pl.lit("years"), file=pl.lit("AE.csv"), standing=3, known_from=end_known())
    both = pl.concat([figures("ae_performance_2010_2021"), years], how="diagonal_relaxed")
    (issue,) = series.unlike_its_parts(both, NHS)
    assert issue.file == "AE.csv"


def end_known() -> pl.Expr:
    return pl.col("period_end").dt.offset_by("45d")


def test_four_returns_of_december_2024_are_nobody_s_size(beds: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    used, apart = beds
    day = date(2024, 12, 31)
    wrong = {"RKE": 2581.7, "RBS": 1191.3, "RBN": 1897.3, "RRF": 212.2}
    for code, value in wrong.items():
        assert at(used, code, "beds_available", day).is_empty(), code
        assert at(apart, code, "beds_available", day)["value"].item() == pytest.approx(value, abs=0.05)
    found = apart.filter(pl.col("reason") != NOT_SUBMITTED, measure="beds_available", period_end=day)
    assert sorted(found["code"]) == sorted(wrong)


def test_other_lone_returns_are_kept_apart(beds: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    used, apart = beds
    for code, measure, end in (
        ("RYW", "beds_available", date(2020, 6, 30)),
        ("RYW", "beds_occupied", date(2020, 6, 30)),
        ("TAD", "beds_available", date(2021, 6, 30)),
        ("RRF", "beds_occupied", date(2024, 12, 31)),
    ):
        assert at(used, code, measure, end).is_empty(), code
        assert not at(apart, code, measure, end).is_empty(), code


def test_the_revision_shows_which_return_of_norfolk_community_was_wrong(
    beds: tuple[pl.DataFrame, pl.DataFrame],
) -> None:
    used, _ = beds
    values = [
        at(used, "RY3", "beds_available", end)["value"][-1] for end in (date(2014, 12, 31), date(2015, 3, 31))
    ]
    assert values == pytest.approx([79.6, 78.9], abs=0.05)  # 254 in March as it came out


def test_a_revision_wins_over_the_first_release_from_its_day_on(
    beds: tuple[pl.DataFrame, pl.DataFrame],
) -> None:
    used, apart = beds
    occupied = at(used, "RA7", "beds_occupied", date(2020, 6, 30))
    assert occupied["value"].to_list() == pytest.approx([664.186813] * 2)
    assert occupied["known_from"].min() == date(2024, 2, 21)  # the first edition that has it
    assert at(apart, "RA7", "beds_occupied", date(2020, 6, 30))["value"].to_list() == pytest.approx(
        [216.197802]
    )
    oxleas = at(used, "RPG", "beds_available", date(2020, 6, 30))
    assert (oxleas["value"][0], oxleas["value"][-1]) == pytest.approx((398, 361.033), abs=0.001)


def test_a_revised_workbook_is_known_from_its_revision(beds: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    official = beds[0].filter(source="kh03_beds", measure="beds_available")
    known = dict(official.select("period_end", "known_from").unique().iter_rows())
    assert known == {
        date(2020, 6, 30): date(2020, 11, 19),  # published on 20 August
        date(2020, 9, 30): date(2020, 11, 19),
        date(2024, 9, 30): date(2024, 11, 21),
        date(2024, 12, 31): date(2025, 5, 21),  # published on 20 February
        date(2025, 3, 31): date(2025, 5, 21),
        date(2025, 6, 30): date(2025, 8, 21),
    }


def test_noughts_of_trusts_that_sent_no_beds_are_no_beds(beds: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    used, apart = beds
    assert used.filter(measure="beds_available", value=0).is_empty()
    noughts = apart.filter(reason=NOT_SUBMITTED, measure="beds_available")["code"].unique()
    assert {"RDR", "RT5", "RY5", "RY6", "RYX"} <= set(noughts)
    # That a mental health trust has no general beds is a fact.
    assert not used.filter(code="RDY", measure="beds_available_general_acute", value=0).is_empty()


def test_lone_waiting_lists_are_kept_apart(figures: Figures) -> None:
    used, apart = quarantine(
        figures("rtt_performance_2013_2019", "rtt_waiting_lists", "rtt_full_extract"), NHS
    )
    assert at(apart, "R1D", "rtt_waiting_list", date(2024, 3, 31))["value"].to_list() == [13223]
    assert at(apart, "RRD", "rtt_within_18_weeks", date(2014, 3, 31))["value"].item() == pytest.approx(
        0.202, abs=0.001
    )
    assert at(used, "R1D", "rtt_waiting_list", date(2024, 3, 31)).is_empty()


@pytest.fixture(scope="module")
def trusts(raw_data: Path) -> merge.Identities:
    """The list of trusts from the ODS editions, with what the roster says."""
    editions = [
        frame.with_columns(file=pl.lit(path.name), source=pl.lit("ods_trusts"))
        for folder, read in (("thf-trust-reference", ods_trusts.read_historic), ("ods-etr", ods_trusts.read))
        for path in sorted((raw_data / "raw" / folder).glob("etr_*.csv"))
        for frame in [read(path)]
    ]
    roster = raw_data / "raw/trust-reference-2026/trust_urls.csv"
    attributes = trust_roster.read_attributes(roster).with_columns(source=pl.lit("trust_roster"))
    rows = {"organisations": pl.concat(editions), "attributes": attributes}
    return organisations.identities(rows, NHS)


def test_oxleas_is_in_london(trusts: merge.Identities) -> None:
    (oxleas,) = trusts.organisations.filter(code="RPG").iter_rows(named=True)
    assert (oxleas["region"], oxleas["locality_code"]) == ("London", "QKK")
    assert oxleas["locality"] == "South East London"
    assert sum("stays in" in note for note in trusts.notes) == 2
    assert trusts.notes[0] == (
        "RPG stays in Y56: the lists since 2026-04-01 alone move it to Y59 (region_code)."
    )


def test_a_move_that_the_roster_confirms_is_followed(trusts: merge.Identities) -> None:
    # Sandwell, back in the Black Country after an edition that had it in Birmingham
    assert trusts.organisations.filter(code="RXK")["locality_code"].item() == "QUA"


def test_a_nought_of_a_size_is_no_return() -> None:
    for name in ("beds_available", "beds_occupied", "staff_fte", "admissions"):
        assert measures(NHS)[name].zero == "not submitted", name
