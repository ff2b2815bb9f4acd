"""The log as CSV and as JSON lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict

from matchmaker.api.audit_log.entry import FIELDS, Entry, canonical
from matchmaker.models.tables import Row, to_csv

FIRST = ("number", "at", "who", "recipient", "recipient_name", "choice", "chosen", "chosen_name", "reason")
COLUMNS = (*FIRST, *(name for name in FIELDS if name not in FIRST))


def as_csv(entries: Iterable[Entry]) -> Iterator[str]:
    """A heading, then one line for each entry; options as codes in order."""
    return to_csv(map(_row, entries), COLUMNS)


def as_json_lines(entries: Iterable[Entry]) -> Iterator[str]:
    """Each entry whole, with its hash, in canonical JSON."""
    return (canonical(asdict(entry)) + "\n" for entry in entries)


def _row(entry: Entry) -> Row:
    query, options = canonical(entry.query), [option.code for option in entry.options]
    return asdict(entry) | {"query": query, "options": options}
