"""What a build refuses: negative beds, another unit, the same figure twice, unknown measures."""

from __future__ import annotations

from datetime import date

import polars as pl

from matchmaker.snapshot import checks


def figures(rows: list[tuple[str, str, float, str]]) -> pl.DataFrame:
    """Rows of (ods, measure, value, file), all of one quarter."""
    frame = pl.DataFrame(rows, schema=["ods", "measure", "value", "file"], orient="row")
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
        (ods, "beds_available", 300.0 + at, file) for file in ("a", "b", "c") for at, ods in enumerate(codes)
    ]
    tenfold = [(ods, "beds_available", 3000.0 + at, "d") for at, ods in enumerate(codes)]
    (fault,) = checks.other_unit(figures(usual + tenfold))
    assert (fault.file, "beds_available" in fault.expected) == ("d", True)
    merged = [(ods, "beds_available", 300.0 * (9 if at == 0 else 1), "d") for at, ods in enumerate(codes)]
    assert checks.other_unit(figures(usual + merged)) == []
