"""Writes a dataset into a folder; the same snapshot and version give the same bytes."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from pathlib import Path
from typing import Any

import polars as pl

from matchmaker.errors import InvalidParameter
from matchmaker.snapshot.export import croissant, datapackage
from matchmaker.snapshot.export.dataset import Dataset, dataset
from matchmaker.snapshot.export.tables import Table
from matchmaker.snapshot.export.texts import texts
from matchmaker.snapshot.store import Snapshot, parquet_bytes


def export(
    snapshot: Snapshot, folder: Path, *, force: bool = False, url: str = ""
) -> tuple[Dataset, list[Path]]:
    """Write a snapshot as a dataset.

    Every file is moved to its place when all are whole. Tables of an export that was there before and are no
    longer made are removed; other files of the folder stay.

    Args:
        snapshot: what is published.
        folder: where to; made where it is missing.
        force: whether an export that is there may be overwritten.
        url: the page where the dataset will be published, for its descriptions.

    Returns:
        The dataset, and its files.

    Raises:
        InvalidParameter: a file is there already, can't be written, or a source may not be passed on.
    """
    made = dataset(snapshot, url)
    content = texts(made)
    names = [*content, datapackage.NAME, croissant.NAME, *_paths(made)]
    there = [folder / name for name in names if (folder / name).exists()]
    if there and not force:
        step = "Give another folder, or overwrite what is there with --force."
        raise InvalidParameter(f"{there[0]} is there already.", step)
    old = _tables_of_before(folder) - set(names)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".part-") as part:
            _write(made, content, Path(part))
            for name in names:
                (folder / name).parent.mkdir(exist_ok=True)
                os.replace(Path(part) / name, folder / name)
        for name in old:
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InvalidParameter(f"{folder} can't be written: {reason}.", "Name another folder.") from error
    return made, [folder / name for name in names]


def _tables_of_before(folder: Path) -> set[str]:
    """The tables that the description of an earlier export names; none where there is no such description."""
    try:
        described = json.loads((folder / datapackage.NAME).read_text("utf-8"))
        named = {str(one["path"]) for one in described["resources"]}
    except (OSError, ValueError, LookupError, TypeError):
        return set()
    return {name for name in named if re.fullmatch(r"(csv|parquet)/[a-z0-9_]+\.(csv|parquet)", name)}


def _paths(made: Dataset) -> dict[str, Table]:
    """Path of each file of figures -> its table."""
    return {f"{ending}/{one.name}.{ending}": one for ending in ("csv", "parquet") for one in made.tables}


def _write(made: Dataset, texts: dict[str, str], folder: Path) -> None:
    for ending in ("csv", "parquet"):
        (folder / ending).mkdir()
    facts = {path: _written(folder / path, table.frame) for path, table in _paths(made).items()}
    described = {
        datapackage.NAME: datapackage.datapackage(made, facts),
        croissant.NAME: croissant.croissant(made, facts),
    }
    content = {name: f"{json.dumps(one, indent=1, ensure_ascii=False)}\n" for name, one in described.items()}
    for name, text in (texts | content).items():
        (folder / name).write_text(text, "utf-8", newline="\n")


def _written(path: Path, frame: pl.DataFrame) -> dict[str, Any]:
    """Write a table as the ending of the file says; returns its size and hash."""
    if path.suffix == ".csv":
        frame.write_csv(path)
    else:
        path.write_bytes(parquet_bytes(frame))
    with path.open("rb") as file:
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}
