"""Errors for people: what is wrong, in one sentence, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

Loc = tuple[str | int, ...]
"""Where in a query a fault is: `("weights", "proximity")`; empty where that is not known."""


class MatchmakerError(Exception):
    """The base of every error a user can cause or mend.

    Args:
        message: one sentence that names the thing.
        next_step: one sentence that says what to do.
        loc: where in the query the fault is.
    """

    slug = "error"
    status = 400
    codes: tuple[str, ...] = ()
    """Of the organisations that may be meant, where the fault is a code or a name."""

    def __init__(self, message: str, next_step: str, loc: Loc = ()) -> None:
        super().__init__(f"{message} {next_step}")
        self.message = message
        self.next_step = next_step
        self.loc = loc


@dataclass(frozen=True, slots=True)
class Issue:
    """One fault of one file: where it is, what stands there, what was expected, what to do."""

    file: str
    expected: str
    value: str | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    remedy: str = ""

    def __str__(self) -> str:
        places = (("sheet", self.sheet), ("row", self.row), ("column", self.column))
        where = ", ".join([self.file, *(f"{name} {at}" for name, at in places if at is not None)])
        found = f" found {self.value!r};" if self.value is not None else ""
        return f"{where}:{found} expected {self.expected}. {self.remedy}".rstrip()


MANY = 3
"""More faults of one kind than this are told together."""
LISTED = 20
"""So many faults, or kinds of fault, stand in the message of an error."""


def grouped(faults: Sequence[Issue]) -> list[str]:
    """Faults as sentences, those of one kind in one column together where there are many of them.

    Args:
        faults: in any order; the sentences are in the order of the first of each kind.
    """
    kinds: dict[tuple[str | None, ...], list[Issue]] = {}
    for fault in faults:
        same = (fault.file, fault.sheet, fault.column, fault.expected, fault.remedy)
        kinds.setdefault(same, []).append(fault)
    out: list[str] = []
    for alike in kinds.values():
        if len(alike) <= MANY or any(fault.row is None for fault in alike):
            out += [str(fault) for fault in alike]
            continue
        first = alike[0]
        places = (("sheet", first.sheet), ("column", first.column))
        where = ", ".join([first.file, *(f"{name} {at}" for name, at in places if at is not None)])
        rows = ", ".join(str(fault.row) for fault in alike[:MANY])
        values = list(dict.fromkeys(fault.value for fault in alike if fault.value is not None))
        found = f" found {', '.join(map(repr, values[:MANY]))}" if values else ""
        more = f" and {len(values) - MANY} more" if len(values) > MANY else ""
        text = f"{where}, rows {rows} and {len(alike) - MANY} more:{found}{more}{';' if found else ''}"
        out.append(f"{text} expected {first.expected}. {first.remedy}".rstrip())
    return out


@dataclass
class IssueList:
    """Collects faults so that all of a file, or of a build, are told together."""

    found: list[Issue] = field(default_factory=list)

    def add(self, fault: Issue) -> None:
        """Keep one fault."""
        self.found.append(fault)

    def extend(self, faults: Sequence[Issue]) -> None:
        """Keep several faults."""
        self.found.extend(faults)

    def raise_if_any(self, next_step: str = "Mend the file or leave it out.") -> None:
        """Raise `BadFile` with every fault found so far.

        Raises:
            BadFile: when there is at least one fault.
        """
        if self.found:
            raise BadFile(self.found, next_step)


class BadFile(MatchmakerError):
    """A file that can't be read as what it should be; carries every fault found in it."""

    slug = "bad-file"
    status = 422

    def __init__(self, faults: Sequence[Issue], next_step: str) -> None:
        self.faults = tuple(faults)
        files = sorted({fault.file for fault in faults})
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        told = grouped(faults)
        shown = " | ".join(told[:LISTED])
        more = f" | and {len(told) - LISTED} more" if len(told) > LISTED else ""
        super().__init__(f"{count} in {', '.join(files)}: {shown}{more}", next_step)


class UnknownOrganisation(MatchmakerError):
    """No organisation has that code or name."""

    slug = "unknown-organisation"
    status = 404


class AmbiguousName(MatchmakerError):
    """More than one organisation answers to that name."""

    slug = "ambiguous-name"
    status = 409


class InvalidParameter(MatchmakerError):
    """A date, number or choice outside what the data or the method holds."""

    slug = "out-of-range"
    status = 422


class MissingExtra(MatchmakerError):
    """A command needs packages that are installed only on demand."""

    slug = "missing-extra"
    status = 501


class DamagedSnapshot(MatchmakerError):
    """A snapshot that is missing, truncated, edited or of another form."""

    slug = "damaged-snapshot"
    status = 503
