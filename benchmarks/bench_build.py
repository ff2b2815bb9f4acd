"""How long a build takes, against merely opening the same files with the fastest reader of each form.

Run: python benchmarks/bench_build.py DIR [TIMES]
DIR is the folder of official files. Both sides run in turn, everything already imported, and the
fastest run of each counts. The build opens, reads, checks, writes and verifies.
"""

from __future__ import annotations

import io
import logging
import sys
import tempfile
import time
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import fastexcel
import polars as pl
import pydantic_core
import pyreadr
import rdata

import matchmaker.snapshot.schema  # noqa: F401  (imported here so that it does not count)
from matchmaker.errors import IssueList
from matchmaker.sector import load_sector
from matchmaker.snapshot import ingest
from matchmaker.snapshot.build import build
from matchmaker.sources import files

WORKBOOKS = {".xlsx", ".xls"}
R_DATA = {".rda", ".rds"}


def sheets_opened(folder: Path) -> list[tuple[Path, str | None]]:
    """Every file, with every sheet, that a build opens; each once."""
    found: dict[tuple[Path, str | None], None] = {}

    def noted(function: Callable[..., Any]) -> Callable[..., Any]:
        def opened(path: Path | str, *sheet: str | None) -> Any:
            found[Path(path), *sheet or (None,)] = None
            return function(path, *sheet)

        return opened

    sector = load_sector("nhs")
    listed = ingest.wanted(folder, sector)
    with (
        patch.object(files, "_sheet", noted(files._sheet)),
        patch.object(files, "_decoded", noted(files._decoded)),
        patch.object(pyreadr, "read_r", noted(pyreadr.read_r)),
    ):
        ingest.read_all(listed, folder, IssueList(), lambda done, total, name: None)
    known = {path for path, _ in found}
    return [*found, *dict.fromkeys((path, None) for _, path in listed if path not in known)]


def merely_open(path: Path, sheet: str | None) -> object:
    """Open one file with the fastest reader of its form."""
    if path.suffix in WORKBOOKS:
        book = fastexcel.read_excel(path)
        name = next((n for n in book.sheet_names if files.plain(n) == files.plain(sheet)), 0)
        return book.load_sheet(name, header_row=None, dtypes="string").to_polars()
    if path.suffix in R_DATA:
        try:
            return pyreadr.read_r(str(path))
        except pyreadr.LibrdataError:
            with warnings.catch_warnings(action="ignore"):
                return rdata.read_rda(path)
    if path.suffix == ".json":
        return pydantic_core.from_json(path.read_bytes())
    raw = path.read_bytes()
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            raw = archive.read(archive.namelist()[0])
    options = {"infer_schema": False, "has_header": False, "ignore_errors": True}
    return pl.read_csv(io.BytesIO(raw), truncate_ragged_lines=True, encoding="utf8-lossy", **options)


def seconds(run: Callable[[], object]) -> tuple[float, float]:
    """On the clock, and of the processors, which tells more on a busy machine."""
    clock, processors = time.perf_counter(), time.process_time()
    run()
    return time.perf_counter() - clock, time.process_time() - processors


def main(folder: Path, times: int = 5) -> None:
    logging.getLogger("calamine").setLevel(logging.ERROR)
    sheets = sheets_opened(folder)
    sector = load_sector("nhs")
    listed = ingest.wanted(folder, sector)
    taken: dict[str, list[tuple[float, float]]] = {"opening": [], "reading": [], "whole build": []}
    for _ in range(times):
        taken["opening"].append(seconds(lambda: [merely_open(path, sheet) for path, sheet in sheets]))
        taken["reading"].append(
            seconds(lambda: ingest.read_all(listed, folder, IssueList(), lambda *_: None))
        )
        with tempfile.TemporaryDirectory() as place:
            taken["whole build"].append(
                seconds(lambda: build(folder, Path(place) / "open.zip", sector=sector))
            )
    size = sum(path.stat().st_size for path in {path for path, _ in sheets}) / 1e6
    print(
        f"{len(listed)} files to read, {len(sheets)} sheets to open, {size:.0f} MB; fastest of {times} runs"
    )
    fastest = {name: [min(run[at] for run in runs) for at in (0, 1)] for name, runs in taken.items()}
    for name, (clock, processors) in fastest.items():
        ratios = [fastest[name][at] / fastest["opening"][at] for at in (0, 1)]
        print(
            f"{name:12} {clock:6.2f} s, {ratios[0]:.2f} times opening; "
            f"of the processors {processors:6.2f} s, {ratios[1]:.2f} times"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:3]))
