"""What the tests of the NHS sector share: snapshots made from the bundled one, and a folder to build from."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import polars as pl
import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from matchmaker.errors import IssueList
from matchmaker.sector import load_sector
from matchmaker.snapshot import Snapshot
from matchmaker.snapshot.build import IDENTITY, _identities, build
from matchmaker.snapshot.ingest import read_all, wanted
from matchmaker.snapshot.registry import OrganisationRegistry
from matchmaker.snapshot.schema import schemas
from matchmaker.snapshot.store import bundled

FOLDERS = {
    "ods-etr": "etr_2026-07.csv",
    "kh03-recent": "Beds-*.xlsx",
    "hf-elective-constraints": "FINAL_overnight_beds.csv",
}


@pytest.fixture(scope="session")
def changed() -> Callable[..., Snapshot]:
    """Makes a snapshot in memory from another one, with some of its tables replaced."""

    def change(snapshot: Snapshot, **tables: pl.DataFrame) -> Snapshot:
        held = {name: snapshot.table(name) for name in snapshot.manifest["tables"]}
        assert tables.keys() <= held.keys()
        return Snapshot.of(held | tables, snapshot.manifest)

    return change


@pytest.fixture(scope="session")
def clean(raw_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small folder of official files: one list of trusts, and their beds by quarter."""
    folder = tmp_path_factory.mktemp("clean")
    for part, pattern in FOLDERS.items():
        (folder / part).mkdir()
        for file in (raw_data / "raw" / part).glob(pattern):
            shutil.copy(file, folder / part)
    return folder


@pytest.fixture(scope="session")
def expected(clean: Path, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """What the folder gives while nothing is wrong with it."""
    return build(clean, tmp_path_factory.mktemp("expected") / "clean.zip", sector=load_sector("nhs"))[0]


@pytest.fixture
def folder(clean: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(clean, tmp_path / "raw"))


@pytest.fixture
def in_use(tmp_path: Path) -> Path:
    return Path(shutil.copy(bundled("nhs"), tmp_path / "open.zip"))


@pytest.fixture
def change() -> Callable[[Path], AbstractContextManager[Worksheet]]:
    """Opens the sheet of trusts of a beds workbook to be changed, and saves it afterwards."""

    @contextmanager
    def changed(path: Path) -> Iterator[Worksheet]:
        book = load_workbook(path)
        yield book["NHS Trust by Sector"]
        book.save(path)

    return changed


@pytest.fixture(scope="session")
def raw_registry(raw_data: Path) -> OrganisationRegistry:
    """Finds trusts by what the official lists of today say of their names and sites; there are no figures."""
    sector = load_sector("nhs")
    files = [one for one in wanted(raw_data, sector) if one[0].table in IDENTITY]
    issues = IssueList()
    made = _identities(read_all(files, raw_data, issues, lambda done, total, name: None), sector)
    assert issues.found == made.issues == []
    tables = {name: schema.create_empty() for name, schema in schemas(sector).items()}
    for name in ("organisations", "names", "site_names", "other_bodies", "successions"):
        frame = getattr(made, name)
        tables[name] = frame.select(schemas(sector)[name].column_names()).sort(pl.all())
    facts = {"as_of": str(made.as_of), "known_since": "2009-01-01", "sources": []}
    return OrganisationRegistry(Snapshot.of(tables, facts, sector))
