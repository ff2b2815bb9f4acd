"""The log as CSV and as JSON lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from matchmaker.api.decisions.entry import FIELDS, Entry, canonical

RISKY = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a cell that begins with one of these for a formula."""
FIRST = ("number", "at", "who", "recipient", "recipient_name", "choice", "chosen", "chosen_name", "reason")
COLUMNS = (*FIRST, *(name for name in FIELDS if name not in FIRST))


def as_csv(entries: Iterable[Entry]) -> Iterator[str]:
    """A heading, then one line for each entry; options as codes in order."""
    yield _line(COLUMNS)
    for entry in entries:
        parts = asdict(entry)
        parts["question"] = canonical(parts["question"])
        parts["options"] = " ".join(one.ods for one in entry.options)
        yield _line([_cell(parts[name]) for name in COLUMNS])


def as_json_lines(entries: Iterable[Entry]) -> Iterator[str]:
    """Each entry whole, with its hash, in canonical JSON."""
    for entry in entries:
        yield canonical(asdict(entry)) + "\n"


def _cell(value: Any) -> str:
    said = "" if value is None else str(value)
    return f"'{said}" if said.startswith(RISKY) else said


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()
