"""The log as CSV and as JSON lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields

from matchmaker.api.audit_log.entry import FIELDS, DecisionOutcome, Entry, canonical
from matchmaker.models.tables import Row, to_csv

FIRST = ("number", "at", "who", "recipient", "recipient_name", "choice", "chosen", "chosen_name", "reason")
OUTCOME = tuple(f"outcome_{one.name}" for one in fields(DecisionOutcome))
COLUMNS = (*FIRST, *OUTCOME, *(name for name in FIELDS if name not in {*FIRST, "outcome"}))


def as_csv(entries: Iterable[Entry]) -> Iterator[str]:
    """A heading, then one line for each entry; options as codes in order."""
    return to_csv(map(_row, entries), COLUMNS)


def as_json_lines(entries: Iterable[Entry]) -> Iterator[str]:
    """Each entry whole, with its hash, in canonical JSON."""
    return (canonical(entry.fields()) + "\n" for entry in entries)


def _row(entry: Entry) -> Row:
    query, options = canonical(entry.query), [option.code for option in entry.options]
    came = {} if entry.outcome is None else asdict(entry.outcome)
    outcome = {name: came.get(name.removeprefix("outcome_")) for name in OUTCOME}
    return asdict(entry) | {"query": query, "options": options} | outcome
