"""What a build refuses, each told with its place."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.sectors.nhs.sources import ae_activity
from matchmaker.snapshot import checks


def figures(rows: list[tuple[str, str, float, str]]) -> pl.DataFrame:
    """Rows of (ods, measure, value, file), all of one quarter."""
    frame = pl.DataFrame(rows, schema=["code", "measure", "value", "file"], orient="row")
    return frame.with_columns(
        period_start=pl.lit(date(2025, 4, 1)),
        period_end=pl.lit(date(2025, 6, 30)),
        source=pl.lit("kh03_beds"),
        sheet=pl.lit("Beds"),
        row=pl.int_range(pl.len()) + 2,
        column=pl.lit("Total"),
    )


def test_negative_beds_are_told_with_their_place() -> None:
    (fault,) = checks.out_of_range(figures([("RPA", "beds_available", -5.0, "a.xlsx")]))
    assert str(fault) == (
        "a.xlsx, sheet Beds, row 2, column Total: found '-5'; "
        "expected beds_available of RPA between 0 and 4000 beds."
    )


def test_a_measure_outside_the_catalogue_is_told() -> None:
    (fault,) = checks.out_of_range(figures([("RPA", "beds_on_the_moon", 5.0, "a.xlsx")]))
    assert fault.value == "beds_on_the_moon"


def test_the_same_figure_twice_with_another_value_is_told() -> None:
    rows = [("RPA", "beds_available", 5.0, "a.xlsx"), ("RPA", "beds_available", 6.0, "a.xlsx")]
    (fault,) = checks.given_twice(figures(rows))
    assert "rows [2, 3]" in fault.expected
    assert checks.given_twice(figures([rows[0], rows[0]])) == []


def test_ten_times_the_unit_is_told_and_a_merger_is_not() -> None:
    codes = [f"R{a}{b}" for a in "ABCD" for b in "12345"]
    usual = [
        (code, "beds_available", 300.0 + at, file)
        for file in ("a", "b", "c")
        for at, code in enumerate(codes)
    ]
    tenfold = [(code, "beds_available", 3000.0 + at, "d") for at, code in enumerate(codes)]
    (fault,) = checks.other_unit(figures(usual + tenfold))
    assert (fault.file, "beds_available" in fault.expected) == ("d", True)
    merged = [(code, "beds_available", 300.0 * (9 if at == 0 else 1), "d") for at, code in enumerate(codes)]
    assert checks.other_unit(figures(usual + merged)) == []


def test_of_two_files_in_different_units_both_are_told() -> None:
    codes = [f"R{a}{b}" for a in "ABCD" for b in "12345"]
    rows = [
        (code, "beds_available", size, file) for file, size in (("a", 300.0), ("b", 3000.0)) for code in codes
    ]
    assert [fault.file for fault in checks.other_unit(figures(rows))] == ["a", "b"]


def test_one_year_in_thousands_is_told_though_its_file_is_right_otherwise() -> None:
    codes = [f"R{a}{b}" for a in "ABCD" for b in "12345"]
    years = [
        figures(
            [(code, "beds_available", 0.3 if year == 2014 else 300.0, "a") for code in codes]
        ).with_columns(period_start=date(year, 4, 1), period_end=date(year, 6, 30))
        for year in range(2010, 2020)
    ]
    (fault,) = checks.other_unit(pl.concat(years))
    assert "of 2014-04-01 to 2014-06-30" in fault.expected


def two_quarters(copied: int, values: int = 40) -> pl.DataFrame:
    """Figures of 40 trusts in two quarters; of so many, the second repeats the first."""
    codes = [f"R{at:02}" for at in range(40)]
    first = [(code, "beds_available", 300.0 + at % values, "a") for at, code in enumerate(codes)]
    second = [
        (code, name, value if at < copied else value + 0.5, "b")
        for at, (code, name, value, _) in enumerate(first)
    ]
    later = figures(second).with_columns(period_start=date(2025, 7, 1), period_end=date(2025, 9, 30))
    return pl.concat([figures(first), later])


def test_a_quarter_that_repeats_another_is_told() -> None:
    (fault,) = checks.repeated_period(two_quarters(copied=40))
    assert str(fault) == (
        "b, sheet Beds, column Total: found 'for 40 of 40 organisations the figure of 2025-04-01 to "
        "2025-06-30'; expected beds_available of 2025-07-01 to 2025-09-30 with figures of its own. "
        "Leave out the period that is a copy of the other."
    )


def test_the_copied_months_of_a_compiled_series_are_found(
    raw_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ae_activity, "REPEATED", ())  # the reader leaves them out, see there
    path = raw_data / "raw" / "healthyr" / "england_trust_accidents_emergency.rda"
    (published,) = (p for p in ae_activity.PUBLICATIONS if path.match(p.files[0]))
    read = published.read(path).with_columns(source=pl.lit(published.id), file=pl.lit(path.name))
    found = {fault.expected for fault in checks.repeated_period(read)}
    for month in ("2025-02-01 to 2025-02-28", "2025-03-01 to 2025-03-31"):
        assert f"ae_attendances of {month} with figures of its own" in found


def test_some_equal_figures_are_no_copy() -> None:
    assert checks.repeated_period(two_quarters(copied=30)) == []
    # Few values, such as ratings and numbers of sites, may well stay as they are.
    assert checks.repeated_period(two_quarters(copied=40, values=5)) == []


def test_a_figure_known_before_its_period_ended_is_told() -> None:
    frame = figures([("RPA", "beds_available", 5.0, "a.xlsx"), ("RVV", "beds_available", 5.0, "a.xlsx")])
    known = frame.with_columns(known_from=pl.Series([date(2025, 6, 29), date(2025, 6, 30)]))
    (fault,) = checks.known_too_early(known)
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
