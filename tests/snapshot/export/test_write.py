"""The files of a published dataset, opened and checked by the tools of others."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from matchmaker.errors import InvalidParameter
from matchmaker.snapshot import Snapshot
from matchmaker.snapshot.export.write import export
from matchmaker.snapshot.store import bundled, load
from matchmaker.sources.publication import Standing, precedence

PAPER = Path(__file__).parents[3] / "docs" / "data-paper.md"


@pytest.fixture(scope="module")
def published(harbour_snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published") / "harbours"
    export(harbour_snapshot, folder)
    return folder


@pytest.fixture(scope="module")
def trusts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published") / "trusts"
    export(load(bundled("nhs")), folder)
    return folder


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sector with millions of figures."""
    folder = tmp_path_factory.mktemp("published") / "schools"
    export(load(bundled("schools")), folder)
    return folder


def package(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "datapackage.json").read_text("utf-8"))
    return content


def errors_by_frictionless(folder: Path, described: str = "datapackage.json") -> list[Any]:
    frictionless = pytest.importorskip("frictionless")
    report = frictionless.validate(str(folder / described))
    return list(report.flatten(["title", "message"]))


def test_the_same_snapshot_gives_the_same_bytes(
    harbour_snapshot: Snapshot, published: Path, tmp_path: Path
) -> None:
    export(harbour_snapshot, tmp_path)
    first, again = (
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        for folder in (published, tmp_path)
    )
    assert first == again


def test_what_is_there_is_overwritten_only_by_force(harbour_snapshot: Snapshot, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    (tmp_path / "notes.txt").write_text("mine, too")
    with pytest.raises(InvalidParameter, match=r"README\.md is there already"):
        export(harbour_snapshot, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["README.md", "notes.txt"]
    export(harbour_snapshot, tmp_path, force=True)
    assert "Harbours" in (tmp_path / "README.md").read_text("utf-8")
    assert (tmp_path / "notes.txt").read_text() == "mine, too"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_named(harbour_snapshot: Snapshot, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(InvalidParameter, match="can't be written"):
        export(harbour_snapshot, tmp_path / "data")


def test_a_file_where_the_folder_should_be_is_named(harbour_snapshot: Snapshot, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(InvalidParameter, match="can't be written: file exists"):
        export(harbour_snapshot, tmp_path / "data")


def test_every_file_is_described_with_its_hash(published: Path) -> None:
    described = {one["path"]: (one["bytes"], one["hash"]) for one in package(published)["resources"]}
    there = {
        path.relative_to(published).as_posix(): (
            path.stat().st_size,
            f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}",
        )
        for path in published.glob("*/*")
    }
    assert described == there


def test_frictionless_finds_no_fault_and_would_find_one(harbour_snapshot: Snapshot, tmp_path: Path) -> None:
    export(harbour_snapshot, tmp_path)
    assert errors_by_frictionless(tmp_path) == []
    content = package(tmp_path)
    for one in content["resources"]:
        one.pop("hash"), one.pop("bytes")
    (tmp_path / "datapackage.json").write_text(json.dumps(content))
    table = tmp_path / "csv" / "measures.csv"
    table.write_text(table.read_text("utf-8").replace("EEL,berths", "XXX,berths", 1), "utf-8")
    assert [title for title, _ in errors_by_frictionless(tmp_path)] == ["ForeignKey Error"]


@pytest.mark.snapshot
@pytest.mark.slow
def test_frictionless_finds_no_fault_in_what_is_shipped(trusts: Path) -> None:
    assert errors_by_frictionless(trusts) == []


@pytest.mark.snapshot
@pytest.mark.slow
def test_frictionless_finds_no_fault_in_a_large_sector(large: Path) -> None:
    """Millions of figures take it minutes, so that they are left out here; all other tables are checked."""
    content = package(large)
    content["resources"] = [one for one in content["resources"] if one["name"] != "measures"]
    (large / "without-measures.json").write_text(json.dumps(content))
    assert errors_by_frictionless(large, "without-measures.json") == []


@pytest.mark.filterwarnings("ignore")
def test_croissant_finds_no_fault_and_gives_the_records(published: Path, harbour_snapshot: Snapshot) -> None:
    mlcroissant = pytest.importorskip("mlcroissant")
    made = mlcroissant.Dataset(jsonld=str(published / "croissant.json"))
    assert made.metadata.ctx.issues.errors == set()
    records = list(made.records("successions"))
    assert len(records) == harbour_snapshot.successions.height
    assert {one["successions/old"].decode() for one in records} == set(harbour_snapshot.successions["old"])


@pytest.mark.snapshot
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("sector", ["trusts", "large"])
def test_croissant_finds_no_fault_in_what_is_shipped(sector: str, request: pytest.FixtureRequest) -> None:
    mlcroissant = pytest.importorskip("mlcroissant")
    folder: Path = request.getfixturevalue(sector)
    made = mlcroissant.Dataset(jsonld=str(folder / "croissant.json"))
    assert made.metadata.ctx.issues.errors == set()
    assert len(list(made.records("sources"))) == len(pl.read_csv(folder / "csv" / "sources.csv"))


@pytest.mark.snapshot
def test_csv_and_parquet_hold_what_the_snapshot_holds(trusts: Path) -> None:
    snapshot = load(bundled("nhs"))
    for name in ("measures", "pairings", "interventions", "board_tenure", "successions"):
        frame = snapshot.table(name)
        assert_frame_equal(pl.read_parquet(trusts / "parquet" / f"{name}.parquet"), frame)
        assert_frame_equal(pl.read_csv(trusts / "csv" / f"{name}.csv", schema=frame.schema), frame)


def example(language: str, number: int = 0) -> str:
    """The code of docs/data-paper.md in a language."""
    found = re.findall(rf"^```{language}\n(.*?)^```", PAPER.read_text("utf-8"), re.M | re.S)
    return str(found[number])


@pytest.mark.snapshot
def test_the_example_in_python_runs(trusts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(trusts.parent)
    names: dict[str, Any] = {}
    exec(compile(example("python"), str(PAPER), "exec"), names)
    assert len(names["measures"]) > 100_000
    assert names["pairings"]["start"].dt.year.min() == 2010


@pytest.mark.snapshot
def test_the_example_in_sql_runs(trusts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    duckdb = pytest.importorskip("duckdb")
    monkeypatch.chdir(trusts.parent)
    found = duckdb.sql(example("sql")).fetchall()
    days = [day for day, _ in found]
    assert len(days) > 10 and days == sorted(days)
    assert days[-1] < date(2020, 1, 1)


@pytest.mark.snapshot
def test_of_several_sources_the_example_takes_what_answers_take(
    trusts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    duckdb = pytest.importorskip("duckdb")
    monkeypatch.chdir(trusts.parent)
    figure = ["code", "measure", "period_start", "period_end"]
    taken = duckdb.sql(example("sql", 1)).pl().sort(figure)
    snapshot = load(bundled("nhs"))
    standing = {id_: Standing[one["standing"].upper()].value for id_, one in snapshot.sources.items()}
    expected = (
        snapshot.measures.with_columns(standing=pl.col("source").replace_strict(standing))
        .sort(*precedence())
        .unique(figure, keep="last")
        .sort(figure)
    )
    assert len(expected) < snapshot.measures.height
    assert_frame_equal(taken, expected.drop("standing"))


@pytest.mark.snapshot
@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_the_example_in_r_runs(trusts: Path) -> None:
    done = subprocess.run(
        ["Rscript", "--vanilla", "-e", example("r")], cwd=trusts.parent, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    counted = Counter(load(bundled("nhs")).interventions["regime"])
    regimes, numbers = (line.split() for line in done.stdout.splitlines() if line.split())
    assert dict(zip(regimes, map(int, numbers), strict=True)) == counted


@pytest.mark.snapshot
def test_pandas_reads_it(trusts: Path) -> None:
    measures = pd.read_parquet(trusts / "parquet" / "measures.parquet")
    snapshot = load(bundled("nhs"))
    assert len(measures) == snapshot.measures.height
    beds = measures[(measures["code"] == "RPA") & (measures["measure"] == "beds_available")]
    assert beds["value"].notna().all()
    pairings = pd.read_csv(trusts / "csv" / "pairings.csv", parse_dates=["start", "end"])
    assert (pairings["kind"] == "buddying").sum() == snapshot.pairings.filter(kind="buddying").height
    assert pairings["start"].dt.year.min() == 2010


@pytest.mark.snapshot
def test_duckdb_joins_it(trusts: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    found = duckdb.sql(
        f"select o.name, count(*) from '{trusts}/csv/interventions.csv' i "
        f"join '{trusts}/parquet/organisations.parquet' o using (code) where o.code = 'RPA' group by o.name"
    ).fetchall()
    spells = load(bundled("nhs")).interventions.filter(code="RPA").height
    assert found == [("Medway NHS Foundation Trust", spells)]


def test_a_table_that_is_no_longer_made_goes_and_what_others_put_there_stays(
    harbour_snapshot: Snapshot, tmp_path: Path
) -> None:
    export(harbour_snapshot, tmp_path)
    described = json.loads((tmp_path / "datapackage.json").read_text("utf-8"))
    gone, outside = tmp_path / "csv" / "of_before.csv", tmp_path / "notes.csv"
    described["resources"] += [{"path": "csv/of_before.csv"}, {"path": "notes.csv"}, {"path": "../x.csv"}]
    (tmp_path / "datapackage.json").write_text(json.dumps(described), "utf-8")
    gone.write_text("old\n")
    outside.write_text("mine\n")
    export(harbour_snapshot, tmp_path, force=True)
    assert not gone.exists() and outside.exists()
