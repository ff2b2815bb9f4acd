"""Figures of the bundled snapshot against what their publishers printed, across dimensions and years."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from matchmaker import Matchmaker
from matchmaker.sector import load_sector
from matchmaker.snapshot import Snapshot
from matchmaker.snapshot.reconciliation import Total, missed, totals
from matchmaker.sources.publication import measures

KNOWN = [
    # size
    ("R1H", "beds_available", "2025-06-30", 2163, 0.5, "NHS England, KH03 2025-26 quarter 1"),
    ("R1H", "beds_available", "2013-06-30", 1949, 0.5, "NHS England, KH03 2013-14 quarter 1"),
    ("RCF", "beds_available", "2020-09-30", 384, 0.5, "NHS England, KH03 2020-21 quarter 2"),
    ("R1H", "staff_fte", "2025-05-31", 19_298, 0.5, "NHS England, NHS Workforce Statistics, May 2025"),
    ("RCF", "staff_fte", "2025-05-31", 3_401, 0.5, "NHS England, NHS Workforce Statistics, May 2025"),
    ("R1H", "admissions", "2015-03-31", 225_504, 0, "HSCIC, Hospital Admitted Patient Care Activity 2014-15"),
    ("RCF", "admissions", "2025-03-31", 73_120, 0, "NHS England, Admitted Patient Care Activity 2024-25"),
    ("R1H", "catchment_population_first_choice", "2020-12-31", 1_173_479, 0, "OHID, catchments, 2022"),
    # scale
    ("R1H", "floor_area", "2020-03-31", 458_922, 0.5, "NHS Digital, ERIC 2019/20"),
    ("RCF", "floor_area", "2014-03-31", 62_128, 0.5, "HSCIC, ERIC 2013/14"),
    # finance
    ("R1H", "operating_income", "2025-03-31", 2_652.1e6, 0.1e6, "Barts Health, annual accounts 2024/25"),
    ("R1H", "operating_cost", "2024-03-31", 2_372.2e6, 0.1e6, "NHS England, accounts data 2023/24"),
    ("RJ7", "interim_revenue_loans", "2019-03-31", 240.3e6, 0.1e6, "DHSC, section 40 report 2018/19"),
    # quality
    ("RPA", "cqc_overall", "2014-08-04", 1, 0, "CQC, special measures: one year on (inadequate)"),
    ("RPA", "cqc_overall", "2017-03-17", 2, 0, "CQC, report of 17 March 2017 (requires improvement)"),
    # performance
    ("R1H", "cancer_within_62_days", "2025-06-30", 534.5 / 720.5, 1e-4, "NHS England, cancer waits, 2025-26"),
    ("R1H", "cancelled_operations", "2025-06-30", 382, 0, "NHS England, cancelled operations, 2025-26 Q1"),
    (
        "RCF",
        "general_acute_occupancy",
        "2025-06-30",
        1012 / 1086,
        1e-4,
        "NHS England, critical care and beds",
    ),
    # workforce
    (
        "RCF",
        "sickness_absence",
        "2013-03-31",
        0.043,
        0.0005,
        "HSCIC, sickness absence, January to March 2013",
    ),
]


@pytest.mark.parametrize(("code", "measure", "ends", "value", "apart", "publisher"), KNOWN)
def test_a_figure_is_the_published_one(
    snapshot: Snapshot, code: str, measure: str, ends: str, value: float, apart: float, publisher: str
) -> None:
    found = snapshot.measures.filter(code=code, measure=measure, period_end=date.fromisoformat(ends))
    assert found.height >= 1, publisher
    assert found["value"].to_list() == pytest.approx([value] * found.height, abs=apart), publisher


@pytest.mark.parametrize(
    "total", totals(load_sector("nhs")), ids=lambda total: f"{total.measure} {total.period_end}"
)
def test_the_country_adds_up_to_what_was_published(snapshot: Snapshot, total: Total) -> None:
    found = total.of(snapshot.measures)
    assert found == pytest.approx(total.value, rel=total.within), total.said_by


def test_the_sector_s_deficit_of_2015_16(snapshot: Snapshot) -> None:
    year = snapshot.measures.filter(measure="surplus", period_end=date(2016, 3, 31))
    assert year["value"].sum() == pytest.approx(-2442e6, rel=0.001)  # NHS Improvement, outturn 2015/16


def test_a_total_that_is_missed_is_told_with_who_published_it(snapshot: Snapshot) -> None:
    doubled = snapshot.measures.filter(measure="surplus").with_columns(
        pl.col("value") * 2, sheet=pl.lit(None, pl.String)
    )
    faults = missed(doubled, snapshot.sector)
    assert [fault.expected.partition(" (")[0] for fault in faults] == [
        "surplus of -106,000,000 in all at 2014-03-31",
        "surplus of -843,000,000 in all at 2015-03-31",
        "surplus of -2,442,000,000 in all at 2016-03-31",
    ]
    assert "NHS Improvement, outturn 2015/16" in faults[-1].expected
    assert faults[-1].file.endswith("financial_positions.csv")


def test_totals_name_measures_of_the_catalogue() -> None:
    for total in totals(load_sector("nhs")):
        assert total.measure in measures(load_sector("nhs"))
        assert total.weighted_by is None or total.weighted_by in measures(load_sector("nhs"))


def test_nothing_is_known_before_its_period_has_ended(snapshot: Snapshot) -> None:
    early = snapshot.measures.filter(pl.col("known_from") < pl.col("period_end"))
    assert early.is_empty()
    assert snapshot.measures["known_from"].max() <= snapshot.as_of


def test_a_rating_enters_only_from_its_publication(snapshot: Snapshot) -> None:
    from matchmaker.features.definition import features
    from matchmaker.features.profiles import profiles

    (overall,) = (feature for feature in features(snapshot.sector) if feature.name == "cqc_overall")
    published = date(2017, 3, 17)

    def known_on(day: date) -> float:
        cells = profiles(snapshot, day, [overall]).cells
        return float(cells.filter(code="RPA", feature="cqc_overall")["value"].item())

    assert known_on(date(2017, 3, 16)) == 1
    assert known_on(published) == 2
    # A list of the ratings that stood on its day says when each was given, and is known from its own day.
    lists = {"cqc_ratings_2019": date(2019, 3, 31), "cqc_ratings_latest": date(2026, 7, 31)}
    ratings = snapshot.measures.filter(pl.col("unit") == "rating")
    listed = pl.col("source").replace_strict(lists, default=None, return_dtype=pl.Date)
    expected = pl.coalesce(listed, "period_end")
    assert ratings.filter(pl.col("known_from") != expected).is_empty()


WRONG = [
    # A scrambled survey, the shares of which stood beside other trusts.
    *(
        (code, measure, "2015-11-30")
        for code in ("RTD", "RM3", "RXK", "RN3", "RJC", "RA9", "RK5", "RBK", "RNA", "RFR", "RE9", "RTR")
        for measure in ("survey_recommend_care", "survey_recommend_work")
    ),
    # Wrong returns in official files.
    *((code, "beds_available", "2024-12-31") for code in ("RKE", "RBS", "RBN", "RRF")),
    ("RRF", "beds_occupied", "2024-12-31"),
    ("RYW", "beds_available", "2020-06-30"),
    ("RYW", "beds_occupied", "2020-06-30"),
    ("TAD", "beds_available", "2021-06-30"),
    ("R1D", "rtt_waiting_list", "2024-03-31"),
    ("RRD", "rtt_within_18_weeks", "2014-03-31"),
    # Noughts of trusts that sent no beds.
    ("RYX", "beds_available", "2025-06-30"),
    ("RY6", "beds_available", "2025-03-31"),
    ("RT5", "beds_available", "2015-06-30"),
]


def test_a_figure_that_a_carrier_had_wrong_is_not_there(snapshot: Snapshot) -> None:
    for code, measure, ends in WRONG:
        place = {"code": code, "measure": measure, "period_end": date.fromisoformat(ends)}
        assert snapshot.measures.filter(**place).is_empty(), (code, measure, ends)
        # What an official file prints is kept apart with the reason; a scrambled copy is not read at all.
        apart = snapshot.quarantine.filter(**place)
        assert apart.is_empty() == measure.startswith("survey"), (code, measure, ends)


@pytest.mark.parametrize(
    ("code", "measure", "ends", "value"),
    [
        ("RTD", "survey_recommend_care", "2014-11-30", 0.84),
        ("RTD", "survey_recommend_care", "2016-11-30", 0.91),
        ("RKE", "beds_available", "2024-09-30", 308),
        ("RBS", "beds_available", "2025-03-31", 213),
        ("RBN", "beds_available", "2025-03-31", 1298.26),
        ("RRF", "beds_available", "2025-03-31", 563.16),
        ("RA7", "beds_occupied", "2020-06-30", 664.19),
        ("RY3", "beds_available", "2014-12-31", 79.62),
        ("RY3", "beds_available", "2015-03-31", 78.87),
        ("RY6", "beds_available", "2024-12-31", 56.46),
        ("R1D", "rtt_waiting_list", "2026-04-30", 7963),
    ],
)
def test_the_right_figure_beside_a_wrong_one(
    snapshot: Snapshot, code: str, measure: str, ends: str, value: float
) -> None:
    found = snapshot.measures.filter(code=code, measure=measure, period_end=date.fromisoformat(ends))
    assert found["value"].to_list() == pytest.approx([value] * max(1, found.height), abs=0.006)


@pytest.mark.parametrize(
    ("code", "year", "official"),
    [
        ("RTP", 2015, 0.9507),
        ("RCU", 2013, 0.9765),
        ("RH8", 2015, 0.9467),
        ("RA2", 2013, 0.9514),
        ("RA2", 2014, 0.9513),
        ("RH8", 2013, 0.9521),
    ],
)
def test_the_quarters_of_a_year_come_to_the_official_share(
    snapshot: Snapshot, code: str, year: int, official: float
) -> None:
    """A&E within four hours by the monthly counts; a compilation had 0.57 for RTP and 0.84 for RCU."""
    within = pl.col("period_end").is_between(date(year - 1, 4, 1), date(year, 3, 31))
    own = snapshot.measures.filter(within, code=code)
    quarters = own.filter(measure="ae_within_4_hours")
    months = own.filter(measure="ae_attendances").unique("period_end")
    weights = [
        months.filter(pl.col("period_end").is_between(start, end))["value"].sum()
        for start, end in quarters.select("period_start", "period_end").iter_rows()
    ]
    assert len(weights) == 4 and months.height == 12
    share = sum(v * w for v, w in zip(quarters["value"], weights, strict=True)) / sum(weights)
    assert share == pytest.approx(official, abs=1e-4)


def test_walk_in_centres_have_the_official_share(snapshot: Snapshot) -> None:
    """Central London Community: none of 217,464 over four hours in 2015/16; a compilation had 94%."""
    own = snapshot.measures.filter(code="RYX", measure="ae_within_4_hours")
    year = own.filter(pl.col("period_end").is_between(date(2015, 4, 1), date(2016, 3, 31)))
    assert year["value"].to_list() == [1.0] * 3


def test_days_on_which_figures_came_out(snapshot: Snapshot) -> None:
    beds = snapshot.measures.filter(measure="beds_available", period_end=date(2024, 12, 31))
    assert beds["known_from"].unique().to_list() == [date(2025, 5, 21)]  # revised; first on 20 February
    sea = snapshot.measures.filter(measure="sea_distance")
    assert sea["known_from"].max() == date(2010, 1, 1)  # geography


def test_pairings_end_with_the_body_that_closed(snapshot: Snapshot) -> None:
    columns = ("recipient", "partner", "status", "end")
    rows = {row[0]: row[1:] for row in snapshot.pairings.select("pairing_id", *columns).iter_rows()}
    assert rows["ACQ-RNK-TAF-2025"] == ("RNK", "G6V2S", "completed", date(2026, 4, 1))
    assert rows["MRG-RY2-RWW-2019"] == ("RY2", "RWW", "completed", date(2026, 4, 1))
    assert rows["SHL-RY2-RWW-2024"] == ("RY2", "RWW", "completed", date(2026, 4, 1))
    assert rows["SHL-RVJ-RA7-2025"] == ("RVJ", "RA7", "completed", date(2026, 7, 1))
    # Rows that were missing.
    assert rows.keys() >= {
        *("SHL-RPA-RN7-2025", "MRG-RVJ-RA7-2026", "MRG-RYV-RY3-2026", "ACQ-RYK-RNA-2024", "ACQ-RYK-TAJ-2024"),
        *("BUD-RXR-RTD-2013", "SHL-RNA-RXK-2022", "BUD-RPA-RVV-2013", "BUD-RPA-RRK-2014", "BUD-RPA-RJ1-2015"),
    }
    doubtful = snapshot.pairings.filter(pairing_id="BUD-RK5-RTD-2013")
    assert doubtful["confidence"].item() == "low"


def test_days_of_successions(snapshot: Snapshot) -> None:
    days = {
        (old, new): day for old, new, day in snapshot.successions.select("old", "new", "date").iter_rows()
    }
    assert days["RW6", "R0A"] == date(2021, 4, 1)
    assert days["RW6", "RM3"] == date(2021, 10, 1)
    assert days["RN1", "RN5"] == date(2012, 1, 9)
    assert days["RVJ", "RA7"] == date(2026, 7, 1)
    assert {new for old, new in days if old == "RYQ"} == {"RJ2", "RJZ", "RPG"}
    assert {new for old, new in days if old == "RYK"} == {"RNA", "TAJ"}


def test_days_of_regimes(snapshot: Snapshot) -> None:
    spells = snapshot.interventions.select(
        "code", "regime", "entry", "entry_precision", "exit", "exit_precision"
    )
    assert ("RTX", "RSP", date(2021, 8, 18), "day") in {row[:4] for row in spells.rows()}
    (left,) = [row[4:] for row in spells.rows() if row[:2] == ("RJ7", "quality")]
    assert left == (date(2019, 1, 1), "year")  # CQC recommended it after its inspection of July 2019


def test_a_chief_executive_whom_nobody_has_shown_for_a_year_is_unknown(engine: Matchmaker) -> None:
    """Both had left in the spring of 2025."""
    for code in ("RTD", "RTH"):
        states = {cell.feature: cell.state for cell in engine.profile(code).cells}
        assert states["chief_executive_tenure"] == states["chief_executive_interim"] == "unknown"


def test_a_joint_post_does_not_start_a_tenure_anew(engine: Matchmaker) -> None:
    """Dartford's chief executive since September 2022 leads Medway, too, since April 2025."""
    cells = {cell.feature: cell.value for cell in engine.profile("RN7", date(2025, 9, 1)).cells}
    assert cells["chief_executive_tenure"] == pytest.approx(3.0, abs=0.01)
    assert (cells["chief_executive_changes"], cells["chief_executive_interim"]) == (1, 0)


def test_oxleas_is_in_london(snapshot: Snapshot) -> None:
    own = snapshot.organisations.filter(code="RPG")
    assert own.select("region", "locality", "locality_code").row(0) == (
        *("London", "South East London", "QKK"),
    )
