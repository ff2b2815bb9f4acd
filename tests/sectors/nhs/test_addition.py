"""One official file laid over the bundled snapshot by somebody who has nothing else."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from totals import totals_follow

from matchmaker import Snapshot
from matchmaker.errors import BadFile, InvalidParameter
from matchmaker.features.profiles import profiles
from matchmaker.models.data_age import age_notes, data_age
from matchmaker.snapshot import addition
from matchmaker.snapshot.store import bundled

TODAY = date(2026, 11, 28)
ENGLAND = 16
"""Row of the line of totals in a workbook of beds."""
AE = "raw/ae-2026-05/May-2026-CSV-F4flrg.csv"
MONTHLY = (
    "Period,Org Code,A&E attendances Type 1,A&E attendances Type 2,A&E attendances Other A&E Department,"
    "A&E attendances Booked Appointments Type 1,A&E attendances Booked Appointments Type 2,"
    "A&E attendances Booked Appointments Other Department,Attendances over 4hrs Type 1,"
    "Attendances over 4hrs Type 2,Attendances over 4hrs Other Department,"
    "Attendances over 4hrs Booked Appointments Type 1,Attendances over 4hrs Booked Appointments Type 2,"
    "Attendances over 4hrs Booked Appointments Other Department,"
    "Patients who have waited 12+ hrs from DTA to admission,Emergency admissions via A&E - Type 1,"
    "Emergency admissions via A&E - Type 2,Emergency admissions via A&E - Other A&E department,"
    "Other emergency admissions"
)


def altered(raw_data: Path, to: Path, old: str, new: str) -> Path:
    """The official file of May 2026 with one word changed."""
    to.write_text((raw_data / AE).read_text("utf-8-sig").replace(old, new), "utf-8")
    return to


def refused(snapshot: Snapshot, path: Path) -> str:
    """What is said of a file that is refused; nothing is written."""
    to = path.with_suffix(".zip")
    with pytest.raises(BadFile) as caught:
        addition.add(snapshot, path, to, TODAY)
    assert not to.exists()
    return str(caught.value)


def test_a_file_is_recognised_checked_and_laid_over(
    snapshot: Snapshot, raw_data: Path, tmp_path: Path
) -> None:
    lines = (raw_data / AE).read_text("utf-8-sig").replace("MAY-2026", "JUNE-2026").splitlines()
    cells = list(csv.reader(lines))
    first = cells[0].index("A&E attendances Type 1")
    for at, row in enumerate(cells[1:]):
        row[first:] = [
            str(int(cell) + at % 7 + 1) if cell.isdigit() and cell != "0" else cell for cell in row[first:]
        ]
    (total,) = (row for row in cells if row[0].strip() == "TOTAL")
    for at in range(first, len(total)):
        total[at] = str(sum(int(row[at]) for row in cells[1:] if row is not total and row[at].isdigit()))
    path = tmp_path / "next.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(cells)
    made = addition.add(snapshot, path, tmp_path / "new.zip", TODAY)
    assert made.sources == ("ae_monthly", "ae_performance_latest")
    new = made.snapshot.measures.filter(file="next.csv")
    assert new.height == made.new > 900 and not made.revised
    assert new["period_end"].unique().to_list() == [date(2026, 6, 30)]
    assert new["known_from"].unique().to_list() == [date(2026, 7, 16)]
    row = next(row for row in cells[1:] if row[1] == "RPA")
    value = new.filter(code="RPA", measure="ae_attendances")["value"].item()
    assert value == sum(int(cell) for cell in row[first : first + 6])
    made.snapshot.verify()
    entry = made.snapshot.sources["ae_monthly"]
    assert "next.csv" in {file["name"] for file in entry["files"]} and entry["period_last"] == "2026-06-30"
    # Once more, it says nothing new.
    with pytest.raises(InvalidParameter, match="says nothing that the snapshot does not hold"):
        addition.add(made.snapshot, path, tmp_path / "again.zip", TODAY)


def test_the_first_sixty_lines_are_refused(snapshot: Snapshot, raw_data: Path, tmp_path: Path) -> None:
    path = tmp_path / "cut.csv"
    lines = (raw_data / AE).read_text("utf-8-sig").splitlines()
    path.write_text("\n".join(lines[:60]), "utf-8")
    assert "The file seems to be cut short" in refused(snapshot, path)


def test_two_trusts_are_no_file(snapshot: Snapshot, tmp_path: Path) -> None:
    path = tmp_path / "two.csv"
    rows = "".join(
        f"MSitAE-NOVEMBER-2025,{code},10000,0,6000,200,0,1000,3000,0,100,0,0,0,200,1800,0,0,500\n"
        for code in ("RPA", "RVV")
    )
    path.write_text(f"{MONTHLY}\n{rows}", "utf-8")
    said = refused(snapshot, path)
    assert "2 of them in the period to 30 November 2025" in said


def test_the_name_of_another_month_is_refused(snapshot: Snapshot, raw_data: Path, tmp_path: Path) -> None:
    said = refused(snapshot, altered(raw_data, tmp_path / "wrong.csv", "MAY-2026", "JUNE-2025"))
    assert "The period that the file names may be wrong" in said
    said = refused(snapshot, altered(raw_data, tmp_path / "none.csv", "MAY-2026", "OCTEMBER-2025"))
    assert "column Period" in said and "OCTEMBER" in said
    said = refused(snapshot, altered(raw_data, tmp_path / "late.csv", "MAY-2026", "MAY-2027"))
    assert "up to 31 May 2027" in said


def test_changed_headings_are_refused(snapshot: Snapshot, raw_data: Path, tmp_path: Path) -> None:
    path = altered(raw_data, tmp_path / "headings.csv", "Org Code", "Provider")
    assert "expected the headings of a known publication" in refused(snapshot, path)
    with pytest.raises(BadFile, match="Org Code"):
        addition.add(snapshot, path, tmp_path / "new.zip", TODAY, "ae_monthly")


def test_a_newer_list_of_ratings_is_laid_over_and_known_from_the_day(
    snapshot: Snapshot, raw_data: Path, tmp_path: Path
) -> None:
    """Its ratings are of many days: they are no periods to compare, and it says no day of its own."""
    held = json.loads((raw_data / "raw/cqc-provider-ratings-2026/cqc.json").read_text("utf-8"))
    path = tmp_path / "cqc.json"
    path.write_text(json.dumps(held | {"RPA": ["Good", "Good", "2026-10-01"]}), "utf-8")
    made = addition.add(snapshot, path, tmp_path / "new.zip", TODAY)
    assert (made.sources, made.new, made.revised) == (("cqc_ratings_latest",), 2, 0)
    new = made.snapshot.measures.filter(code="RPA", measure="cqc_overall").sort("period_end").tail(1)
    assert new.select("value", "period_end", "known_from").row(0) == (3, date(2026, 10, 1), TODAY)
    # The day of the snapshot moves; the age of all the other figures does not.
    age = data_age(profiles(made.snapshot), ["RPA"])
    assert (made.snapshot.as_of, age.snapshot_day) == (TODAY, snapshot.as_of)
    (note,) = age_notes(age, TODAY, TODAY)
    assert note.startswith("The published figures hold up to 22 August 2026, 98 days ago;")
    assert note.endswith("and CQC overall rating of 1 October 2026.")
    path.write_text(json.dumps(dict(list(held.items())[:100])), "utf-8")
    assert "about 200 organisations, as in the list before" in refused(snapshot, path)
    codes = list(held)
    mixed = {code: held[codes[(at + 7) % len(codes)]] for at, code in enumerate(codes)}
    path.write_text(json.dumps(mixed), "utf-8")
    assert "Rows or columns may be in disorder" in refused(snapshot, path)


def test_a_list_of_mental_health_trusts_is_not_short_of_acute_ones(
    snapshot: Snapshot, raw_data: Path, tmp_path: Path, changed: Callable[..., Snapshot]
) -> None:
    """Although the only segments before were another list's, with acute trusts in it."""
    folder = raw_data / "raw/nof-mh-community-q4-2025-26"
    path = folder / "nhs-oversight-framework-mental-health-and-community-trust-data.csv"
    without = changed(
        snapshot, measures=snapshot.measures.filter(pl.col("source") != "oversight_framework_mental_health")
    )
    made = addition.add(without, path, tmp_path / "new.zip", TODAY)
    assert made.new == 2425


def test_a_workbook_of_beds_is_recognised_and_its_faults_are_refused(
    snapshot: Snapshot, raw_data: Path, tmp_path: Path, changed: Callable[..., Snapshot]
) -> None:
    """KH03 of April to June 2025 over a snapshot without it; cut short, and as of a past quarter."""
    name = "Beds-Open-Overnight-Web_File-Q1-2025-26.xlsx"
    path = raw_data / "raw/kh03-recent" / name
    without = changed(
        snapshot,
        **{
            table: snapshot.table(table).filter(~pl.col("file").str.contains(name, literal=True))
            for table in ("measures", "quarantine")
        },
    )
    made = addition.add(without, path, tmp_path / "new.zip", TODAY)
    assert (made.sources, made.new, made.quarantined) == (("kh03_beds",), 905, 5)
    assert made.snapshot.measures.filter(file=name)["known_from"].unique().to_list() == [date(2025, 8, 21)]

    def edited(to: str, edit: Callable[[Worksheet], None]) -> Path:
        book = load_workbook(path)
        for sheet in book:
            edit(sheet)
        book.save(tmp_path / to)
        return tmp_path / to

    def cut(sheet: Worksheet) -> None:
        with totals_follow(sheet, ENGLAND):
            sheet.delete_rows(75, sheet.max_row)

    short = edited("short.xlsx", cut)
    assert "The file seems to be cut short" in refused(without, short)

    def as_december(sheet: Worksheet) -> None:
        for row in sheet.iter_rows(max_col=5):
            for cell in row:
                if isinstance(cell.value, str):
                    for old, new in (
                        ("April to June 2025", "October to December 2024"),
                        ("2025-26", "2024-25"),
                        ("June", "December"),
                    ):
                        cell.value = cell.value.replace(old, new)

    assert "The period that the file names may be wrong" in refused(without, edited("past.xlsx", as_december))


def test_an_official_list_without_a_year_in_its_name(snapshot: Snapshot, tmp_path: Path) -> None:
    row = "RPA,MEDWAY NHS FOUNDATION TRUST,Y59,QKS,A HOUSE,A ROAD,,GILLINGHAM,,ME7 5NY,19940401" + "," * 16
    path = tmp_path / "etr.csv"
    path.write_text(f"{row}\n", "utf-8")
    assert "such as etr_2026-08.csv" in refused(snapshot, path)
    named = Path(shutil.copy(path, tmp_path / "etr_2026-08.csv"))
    with pytest.raises(InvalidParameter, match="is read by 'matchmaker snapshot build'"):
        addition.add(snapshot, named, tmp_path / "new.zip", TODAY)


def test_the_bundled_snapshot_is_never_written(snapshot: Snapshot, tmp_path: Path) -> None:
    with pytest.raises(InvalidParameter, match="is the bundled snapshot"):
        addition.add(snapshot, tmp_path / "any.csv", bundled("nhs"), TODAY)
