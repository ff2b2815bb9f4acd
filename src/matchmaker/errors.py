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
        shown = " | ".join(str(fault) for fault in faults[:20])
        more = f" | and {len(faults) - 20} more" if len(faults) > 20 else ""
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
