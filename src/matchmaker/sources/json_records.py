"""Reads lists of records out of JSON extracts of official tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from matchmaker.errors import BadFile, Issue, IssueList


def content(path: Path, expected: Mapping[str, str]) -> dict[str, Any]:
    """The whole file, once its headline fields say that it is the edition expected.

    Raises:
        BadFile: no JSON object, or another publication or period.
    """
    try:
        found = json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError) as error:
        issue = Issue(path.name, f"a JSON file ({str(error).splitlines()[0][:120]})")
        raise BadFile([issue], "Download the file again.") from error
    if not isinstance(found, dict):
        raise BadFile([Issue(path.name, "a JSON object")], "Check that this is the right file.")
    issues = IssueList()
    for field, value in expected.items():
        if found.get(field) != value:
            issues.add(Issue(path.name, repr(value), str(found.get(field)), column=field))
    issues.raise_if_any("Check that this is the right file and edition.")
    return found


def table(path: Path, records: Any, fields: Mapping[str, str], strip: str = "") -> pl.DataFrame:
    """One row per record: `row`, `code` and the numbers at the given paths.

    Args:
        path: the file that the records come from, for issues.
        records: the list of records.
        fields: column -> path to the number, its parts joined with slashes.
        strip: an ending to take off the codes.

    Raises:
        BadFile: a missing field, or anything but a number or null where a number belongs.
    """
    issues = IssueList()
    rows = []
    for at, record in enumerate(records, start=1):
        row: dict[str, Any] = {"row": at, "code": str(record.get("code", "")).removesuffix(strip)}
        for column, places in fields.items():
            value: Any = record
            for place in places.split("/"):
                value = value.get(place, "no such field") if isinstance(value, dict) else "no such field"
            if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
                issues.add(Issue(path.name, "a number or null", str(value), row=at, column=places))
                value = None
            row[column] = value
        rows.append(row)
    schema = {"row": pl.UInt32, "code": pl.String} | dict.fromkeys(fields, pl.Float64)
    issues.raise_if_any()
    return pl.DataFrame(rows, schema=schema, strict=False)
