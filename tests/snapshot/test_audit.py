"""The audit finds figures in their files without the readers, and tells the wrong ones."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from openpyxl import Workbook

from matchmaker.snapshot import Snapshot
from matchmaker.snapshot.audit import AuditedFigure, audit

YEAR = (date(2024, 1, 1), date(2024, 12, 31))
CODES = tuple(f"H{a}{b}" for a in "ABCD" for b in "ABCDE")
COUNTS = {code: (37 * at + 11, 91 * at + 503, 53 * at + 7) for at, code in enumerate(CODES)}
"""Three printed numbers of each harbour."""


def made(figures: list[tuple[str, float]], file: str, harbour_snapshot: Snapshot, unit: str = "") -> Snapshot:
    """A snapshot of one measure of one file."""
    n = len(figures)
    columns = {
        "code": [code for code, _ in figures],
        "measure": ["berths"] * n,
        "period_start": [YEAR[0]] * n,
        "period_end": [YEAR[1]] * n,
        "value": [float(value) for _, value in figures],
        "unit": [unit] * n,
        "source": ["survey"] * n,
        "file": [file] * n,
        "known_from": [date(2025, 3, 1)] * n,
    }
    tables = {name: harbour_snapshot.table(name) for name in harbour_snapshot.manifest["tables"]}
    tables["measures"] = pl.DataFrame(columns)
    return Snapshot.of(tables, harbour_snapshot.manifest, harbour_snapshot.sector)


def written(folder: Path, name: str) -> None:
    """The printed numbers in one form of file, two years in all."""
    rows = [
        (code, year, *(count + later for count in COUNTS[code]))
        for year, later in (("2024", 0), ("2023", 1))
        for code in CODES
    ]
    path = folder / name
    if path.suffix == ".csv":
        path.write_text("a heading\n" + "".join(f"{','.join(map(str, row))}\n" for row in rows), "utf-8")
    elif path.suffix == ".json":
        path.write_text(json.dumps({"rows": [dict(zip("abcde", row, strict=True)) for row in rows]}), "utf-8")
    else:
        book = Workbook()
        for row in rows:
            book.active.append(row)  # type: ignore[union-attr]
        book.save(path)


def statuses(found: list[AuditedFigure]) -> dict[str, int]:
    return dict(Counter(one.status for one in found))


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.json"])
@pytest.mark.parametrize(
    ("of", "way"),
    [
        (lambda a, b, c: b, "printed"),
        (lambda a, b, c: b * 1000, "printed, times 0.001"),
        (lambda a, b, c: b + c, "a sum of what is printed"),
        (lambda a, b, c: 1 - a / (a + b), "a share of what is printed"),
    ],
)
def test_figures_are_found_and_a_wrong_one_is_told(
    harbour_snapshot: Snapshot,
    tmp_path: Path,
    name: str,
    of,
    way: str,  # type: ignore[no-untyped-def]
) -> None:
    written(tmp_path, name)
    figures = [(code, of(*COUNTS[code])) for code in CODES]
    found = audit(made(figures, name, harbour_snapshot), tmp_path, 20)
    assert statuses(found) == {"right": 20} and {one.why for one in found} == {way}
    figures[3] = (CODES[3], figures[3][1] * 1.0137)
    found = audit(made(figures, name, harbour_snapshot), tmp_path, 20)
    assert [one.code for one in found if one.status == "wrong"] == [CODES[3]]


def test_the_figure_of_another_year_is_wrong(harbour_snapshot: Snapshot, tmp_path: Path) -> None:
    written(tmp_path, "a.csv")
    figures = [(code, COUNTS[code][1]) for code in CODES]
    figures[5] = (CODES[5], figures[5][1] + 1)  # printed in the row of 2023
    found = audit(made(figures, "a.csv", harbour_snapshot), tmp_path, 20)
    assert [one.code for one in found if one.status == "wrong"] == [CODES[5]]


def test_a_count_is_not_taken_for_the_number_of_a_day(harbour_snapshot: Snapshot, tmp_path: Path) -> None:
    """1 January 2024 is day 19,723 of R, and so many one harbour counted in a month of another year."""
    months = [("2024-01", 3), ("2024-02", 5), ("2024-03", 7), ("2022-10", 9)]
    rows = [(code, month, COUNTS[code][0] * times) for code in CODES for month, times in months]
    rows[-1] = (CODES[-1], "2022-10", 19723)
    (tmp_path / "a.csv").write_text("".join(f"{','.join(map(str, row))}\n" for row in rows), "utf-8")
    figures = [(code, COUNTS[code][0] * 15) for code in CODES]
    quarter = made(figures, "a.csv", harbour_snapshot)
    measures = quarter.measures.with_columns(period_end=pl.lit(date(2024, 3, 31)))
    tables = {name: quarter.table(name) for name in quarter.manifest["tables"]} | {"measures": measures}
    found = audit(Snapshot.of(tables, quarter.manifest, quarter.sector), tmp_path, 20)
    assert statuses(found) == {"right": 20}


def test_what_can_not_be_checked_says_why(harbour_snapshot: Snapshot, tmp_path: Path) -> None:
    written(tmp_path, "a.csv")
    figures = [(code, COUNTS[code][1] ** 1.5) for code in CODES]
    (why,) = {one.why for one in audit(made(figures, "a.csv", harbour_snapshot), tmp_path, 20)}
    assert why == "it is worked out in a manner that this path does not know"
    (why,) = {one.why for one in audit(made(figures, "b.csv", harbour_snapshot), tmp_path, 20)}
    assert why == "the file is not in the folder"
