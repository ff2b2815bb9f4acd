"""What a build refuses, each told with its place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from matchmaker.sector import Sector
from matchmaker.snapshot import checks
from matchmaker.snapshot.schema import TABLES
from matchmaker.sources.publication import measures


def figures(rows: list[tuple[str, str, float, str]]) -> pl.DataFrame:
    """Rows of (code, measure, value, file), all of one quarter."""
    frame = pl.DataFrame(rows, schema=["code", "measure", "value", "file"], orient="row")
    return frame.with_columns(
        period_start=pl.lit(date(2025, 4, 1)),
        period_end=pl.lit(date(2025, 6, 30)),
        source=pl.lit("survey"),
        sheet=pl.lit("Berths"),
        row=pl.int_range(pl.len()) + 2,
        column=pl.lit("Total"),
    )


def test_a_name_that_is_anothers_own_is_told(harbours: Sector) -> None:
    owners = pl.DataFrame(
        {"code": ["EEL", "GUL", "OLD"], "name": ["Eelhythe Harbour", "Gullstead", "Weir Quay"]}
    ).with_columns(closed=pl.Series([None, None, date(2018, 3, 31)]))
    rows = [("EEL", "Gullstead Harbour Board", "other"), ("EEL", "Gullstead", "former")]
    rows += [("GUL", "Gullstead Board", "other"), ("GUL", "Weir Quay", "other")]
    names = pl.DataFrame(rows, schema=["code", "name", "kind"], orient="row")
    names = names.with_columns(file=pl.lit("names.csv"), row=pl.int_range(pl.len()) + 2)
    (issue,) = checks.names_of_others(names, owners, harbours)
    assert (issue.row, issue.value) == (2, "Gullstead Harbour Board")
    assert issue.expected == "a name of EEL, not the own name of GUL"


def test_negative_berths_are_told_with_their_place(harbours: Sector) -> None:
    (fault,) = checks.out_of_range(figures([("RPA", "berths", -5.0, "a.xlsx")]), harbours)
    assert str(fault) == (
        "a.xlsx, sheet Berths, row 2, column Total: found '-5'; "
        "expected berths of RPA between 1 and 2000 berths."
    )


def test_a_measure_outside_the_catalogue_is_told(harbours: Sector) -> None:
    (fault,) = checks.out_of_range(figures([("RPA", "berths_on_the_moon", 5.0, "a.xlsx")]), harbours)
    assert fault.value == "berths_on_the_moon"


def test_the_same_figure_twice_with_another_value_is_told(harbours: Sector) -> None:
    rows = [("RPA", "berths", 5.0, "a.xlsx"), ("RPA", "berths", 6.0, "a.xlsx")]
    (fault,) = checks.given_twice(figures(rows), harbours)
    assert "rows [2, 3]" in fault.expected
    assert checks.given_twice(figures([rows[0], rows[0]]), harbours) == []


def test_thirty_times_the_unit_is_told_and_a_merger_is_not(harbours: Sector) -> None:
    codes = [f"R{a}{b}" for a in "ABCD" for b in "12345"]
    usual = [(code, "berths", 300.0 + at, file) for file in ("a", "b", "c") for at, code in enumerate(codes)]
    thirtyfold = [(code, "berths", 9000.0 + at, "d") for at, code in enumerate(codes)]
    (fault,) = checks.other_unit(figures(usual + thirtyfold), harbours)
    assert (fault.file, "berths" in fault.expected) == ("d", True)
    merged = [(code, "berths", 300.0 * (9 if at == 0 else 1), "d") for at, code in enumerate(codes)]
    assert checks.other_unit(figures(usual + merged), harbours) == []


def test_of_two_files_in_different_units_both_are_told(harbours: Sector) -> None:
    codes = [f"R{a}{b}" for a in "ABCD" for b in "12345"]
    rows = [(code, "berths", size, file) for file, size in (("a", 300.0), ("b", 9000.0)) for code in codes]
    assert [fault.file for fault in checks.other_unit(figures(rows), harbours)] == ["a", "b"]


def test_one_year_in_thousands_is_told_though_its_file_is_right_otherwise(harbours: Sector) -> None:
    codes = [f"R{a}{b}" for a in "ABCD" for b in "12345"]
    years = [
        figures([(code, "berths", 0.3 if year == 2014 else 300.0, "a") for code in codes]).with_columns(
            period_start=date(year, 4, 1), period_end=date(year, 6, 30)
        )
        for year in range(2010, 2020)
    ]
    (fault,) = checks.other_unit(pl.concat(years), harbours)
    assert "of 2014-04-01 to 2014-06-30" in fault.expected


def two_quarters(copied: int, values: int = 40) -> pl.DataFrame:
    """Figures of 40 harbours in two quarters; of so many, the second repeats the first."""
    codes = [f"R{at:02}" for at in range(40)]
    first = [(code, "berths", 300.0 + at % values, "a") for at, code in enumerate(codes)]
    second = [
        (code, name, value if at < copied else value + 0.5, "b")
        for at, (code, name, value, _) in enumerate(first)
    ]
    later = figures(second).with_columns(period_start=date(2025, 7, 1), period_end=date(2025, 9, 30))
    return pl.concat([figures(first), later])


def test_a_quarter_that_repeats_another_is_told(harbours: Sector) -> None:
    (fault,) = checks.repeated_period(two_quarters(copied=40), harbours)
    assert str(fault) == (
        "b, sheet Berths, column Total: found 'for 40 of 40 organisations the figure of 2025-04-01 to "
        "2025-06-30'; expected berths of 2025-07-01 to 2025-09-30 with figures of its own. "
        "Leave out the period that is a copy of the other."
    )


def test_some_equal_figures_are_no_copy(harbours: Sector) -> None:
    assert checks.repeated_period(two_quarters(copied=30), harbours) == []
    # Few values, such as ratings and numbers of sites, may well stay as they are.
    assert checks.repeated_period(two_quarters(copied=40, values=5), harbours) == []


def test_a_measure_of_yearly_inputs_may_repeat_itself(harbours: Sector) -> None:
    """Half of a score may be a cost of the year, and the other half may take few values."""
    repeating = {name: replace(one, repeats=True) for name, one in measures(harbours).items()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checks, "measures", lambda _: repeating)
        assert checks.repeated_period(two_quarters(copied=40), harbours) == []


def test_a_figure_known_before_the_edition_that_lists_it_is_told() -> None:
    """An edition holds what stood on its day: nothing in it is known from its own earlier day."""
    frame = figures([("RPA", "berths", 3.0, "a.csv"), ("RVV", "berths", 2.0, "a.csv")]).with_columns(
        source=pl.lit("ratings"), known_from=pl.Series([date(2012, 1, 1), date(2026, 7, 31)])
    )
    (issue,) = checks.known_before_listed(frame, {"ratings": date(2026, 7, 31)})
    assert (issue.file, issue.expected, issue.value) == (
        "a.csv",
        "berths of ratings to be known from its list of 2026-07-31 on",
        "1 figures known earlier, the first from 2012-01-01",
    )
    assert checks.known_before_listed(frame, {"another": date(2026, 7, 31)}) == []


PAIRINGS = pl.DataFrame(
    {
        "pairing_id": ["P1", "P2", "P3"],
        "recipient": ["AMB", "AMB", "COR"],
        "partner": ["BRI", "COR", "BRI"],
        "status": ["ongoing", "completed", "ongoing"],
        "start": [date(2019, 1, 1)] * 3,
        "end": [None, date(2019, 6, 1), None],
        "end_precision": [None, "day", None],
        "file": ["pairings.csv"] * 3,
        "row": [2, 3, 4],
    }
)


class TestPairingsOfTheClosed:
    def closed(self, on: date) -> pl.DataFrame:
        return pl.DataFrame({"code": ["AMB", "BRI", "COR"], "closed": [on, None, None]})

    def test_one_going_on_is_ended_and_that_is_said(self) -> None:
        ended, said = checks.ended_by_closing(PAIRINGS, self.closed(date(2020, 3, 31)), date(2020, 4, 1))
        assert said == ["P1 ended on 2020-03-31, when a side closed"]
        assert ended["status"].to_list() == ["completed", "completed", "ongoing"]
        assert ended["end"].to_list() == [date(2020, 4, 1), date(2019, 6, 1), None]
        # On its last day it is still open.
        _, said = checks.ended_by_closing(PAIRINGS, self.closed(date(2020, 3, 31)), date(2020, 3, 31))
        assert said == []

    def test_one_that_begins_long_after_a_side_closed_has_the_code_of_another(self) -> None:
        (first, second) = checks.begun_after_closing(PAIRINGS, self.closed(date(2018, 12, 1)))
        assert (first.row, first.column) == (2, "recipient")
        assert first.expected == "a recipient that was open when the pairing began"
        assert second.value == "AMB, closed on 2018-12-01"
        # The code of a body that closed within a month before is that of the one it formed.
        assert checks.begun_after_closing(PAIRINGS, self.closed(date(2018, 12, 2))) == []


def test_a_figure_known_before_its_period_ended_is_told(harbours: Sector) -> None:
    frame = figures([("RPA", "berths", 5.0, "a.xlsx"), ("RVV", "berths", 5.0, "a.xlsx")])
    known = frame.with_columns(known_from=pl.Series([date(2025, 6, 29), date(2025, 6, 30)]))
    (fault,) = checks.known_too_early(known, harbours)
    assert (fault.row, fault.column) == (2, "Total")
    assert fault.value == "2025-04-01 to 2025-06-30, known from 2025-06-29"


def test_rows_that_contradict_each_other_are_told_and_repetitions_are_not() -> None:
    rows = pl.DataFrame(
        {
            "file": ["a", "a", "a", "b"],
            "row": [1, 2, 3, 1],
            "code": ["RPA", "RVV", "RPA", "RPA"],
            "name": ["Medway", "East Kent", "Medway Towns", "Medway Maritime"],
            "closed": [None, None, None, date(2020, 1, 1)],
        }
    )
    (fault,) = checks.contradicted(rows, ["code"], ["name", "closed"])
    assert (
        str(fault)
        == "a, row 3, column name: found 'Medway Towns'; expected one name of RPA: Medway as in row 1."
    )


# Rules of the schemas and of the sector


def organisations(**changes: object) -> pl.DataFrame:
    rows = [
        {"code": "AMB", "name": "Amberwick", "type": "fishing", "latitude": 50.0, "longitude": 0.0},
        {"code": "BRI", "name": "Brineham", "type": "fishing", "latitude": 50.1, "longitude": 0.0} | changes,
    ]
    schema = TABLES["organisations"].create_empty().lazy().collect().schema
    frame = pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)
    return frame.with_columns(file=pl.lit("organisations.csv"), row=pl.int_range(pl.len()) + 2)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"name": None}, "organisations.csv, row 3, column name: expected a value."),
        ({"name": "B"}, "organisations.csv, row 3, column name: found 'B'; expected 2 letters or more."),
        ({"latitude": 91.0}, "row 3, column latitude: found '91.0'; expected 90.0 or less."),
        ({"opened": date(2020, 1, 2), "closed": date(2020, 1, 1)}, "row 3: expected opens before it closes."),
        ({"code": "AMB"}, "row 3, column code: found 'AMB'; expected one row for each code."),
    ],
)
def test_a_cell_that_breaks_its_schema_is_named(changes: dict[str, object], expected: str) -> None:
    schema = TABLES["organisations"]
    assert checks.broken_rules(organisations(), schema) == []
    issues = [str(issue) for issue in checks.broken_rules(organisations(**changes), schema)]
    assert any(expected in issue for issue in issues), issues


@pytest.mark.parametrize(
    ("changes", "column", "expected"),
    [
        ({"code": "BRI1"}, "code", "port code of the form ^[A-Z]{3}$"),
        ({"type": "river"}, "type", "one of types: fishing, ferry, marina"),
        ({"latitude": 52.1}, "latitude", "a place within the extent of the sector, 49.0 to 52.0 degrees"),
        ({"longitude": -1.1}, "longitude", "a place within the extent of the sector, -1.0 to 3.0 degrees"),
    ],
)
def test_what_the_sector_does_not_know_is_named(
    harbours: Sector, changes: dict[str, object], column: str, expected: str
) -> None:
    assert checks.of_sector({"organisations": organisations()}, harbours) == []
    (issue,) = checks.of_sector({"organisations": organisations(**changes)}, harbours)
    assert (issue.row, issue.column, issue.expected) == (3, column, expected)


def test_a_nought_whose_meaning_no_definition_gives_is_told(harbours: Sector) -> None:
    (issue,) = checks.unexplained_zero(
        figures([("AMB", "berths", 0.0, "a"), ("BRI", "berths", 0.0, "b")]), harbours
    )
    assert str(issue) == (
        "a, sheet Berths, row 2, column Total: found '0'; expected the definition of berths to say what "
        "0 means, "
        "as of AMB. Add zero = 'none' or 'not submitted' to it."
    )
    # What is no size can well be nought.
    assert checks.unexplained_zero(figures([("AMB", "surplus", 0.0, "a")]), harbours) == []


def lists(*regions: dict[str, str]) -> pl.DataFrame:
    """Lists of harbours, a year apart, with the region of each."""
    return pl.DataFrame(
        [
            {"code": code, "region": region, "edition": date(2022 + at, 7, 1)}
            for at, said in enumerate(regions)
            for code, region in said.items()
        ]
    )


def test_one_that_moves_alone_is_found_and_a_renamed_region_is_none() -> None:
    before = {"AMB": "west", "BRI": "west", "COR": "west", "DUN": "east"}
    alone = before | {"COR": "east"}
    found = checks.moved_alone(lists(before, before, alone, alone), "region")
    assert found.rows() == [("COR", "west", "east", date(2024, 7, 1))]
    renamed = before | dict.fromkeys(("AMB", "BRI", "COR"), "far west")
    assert checks.moved_alone(lists(before, renamed), "region").is_empty()
    assert checks.moved_alone(lists(before, alone, before), "region").is_empty()  # it came back
