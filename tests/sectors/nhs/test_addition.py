"""One official file laid over the bundled snapshot by somebody who has nothing else."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from matchmaker import Snapshot
from matchmaker.errors import BadFile, InvalidParameter
from matchmaker.snapshot import addition
from matchmaker.snapshot.store import bundled

TODAY = date(2026, 11, 28)
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
    cells = [line.split(",") for line in lines]
    first = cells[0].index("A&E attendances Type 1")
    for at, row in enumerate(cells[1:]):
        row[first:] = [
            str(int(cell) + at % 7 + 1) if cell.isdigit() and cell != "0" else cell for cell in row[first:]
        ]
    path = tmp_path / "next.csv"
    path.write_text("\n".join(",".join(row) for row in cells), "utf-8")
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
    assert "a period that has ended by 28 November 2026" in said


def test_changed_headings_are_refused(snapshot: Snapshot, raw_data: Path, tmp_path: Path) -> None:
    path = altered(raw_data, tmp_path / "headings.csv", "Org Code", "Provider")
    assert "expected the headings of a known publication" in refused(snapshot, path)
    with pytest.raises(BadFile, match="Org Code"):
        addition.add(snapshot, path, tmp_path / "new.zip", TODAY, "ae_monthly")


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
