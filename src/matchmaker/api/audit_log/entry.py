"""One entry of the decision log, and the hash that ties it to the one before."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

from pydantic import TypeAdapter

from matchmaker.models.types import Shortlist

START = "0" * 64
"""What stands before the first entry."""
Choice = Literal["option", "other", "none"]


@dataclass(frozen=True, slots=True)
class Shown:
    """One option as it was shown."""

    rank: int
    code: str
    name: str
    fit: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What somebody was shown, what they chose and why.

    Attributes:
        who: the person or body that decided, in their own words.
        key: name of the API key with which it was sent; None where none was asked for.
        recipient: ODS code of the organisation that needs a partner.
        as_of: day of the figures, YYYY-MM-DD.
        question: how the shortlist was asked for, with every part of it.
        options: what was shown, in order.
        shown: SHA-256 of the canonical JSON of the whole shortlist.
        choice: `option`: one of those shown; `other`: another organisation; `none`: nobody.
        chosen: ODS code of the one chosen; None where nobody was.
        reason: why, in the decider's own words.
    """

    who: str
    key: str | None
    recipient: str
    recipient_name: str
    arrangement: str
    as_of: str
    snapshot: str
    method: str
    version: str
    question: dict[str, Any]
    options: tuple[Shown, ...]
    shown: str
    choice: Choice
    chosen: str | None
    chosen_name: str | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Decision):
    """A decision as the log holds it.

    Attributes:
        number: 1 for the first, and one more for each that follows.
        at: when it was recorded: UTC, ISO 8601, to the microsecond.
        previous: hash of the entry before, 64 zeros for the first.
        hash: SHA-256 of the canonical JSON of all the rest.
    """

    number: int
    at: str
    previous: str
    hash: str

    def rest(self) -> dict[str, Any]:
        """All that the hash covers."""
        whole = asdict(self)
        del whole["hash"]
        return whole


FIELDS = tuple(one.name for one in fields(Entry))
_SHORTLIST = TypeAdapter(Shortlist)


def canonical(value: Any) -> str:
    """JSON that is the same, byte for byte, for the same value: sorted names, no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def decision_on(
    shortlist: Shortlist,
    question: dict[str, Any],
    who: str,
    key: str | None,
    chosen: tuple[str, str] | None,
    reason: str,
) -> Decision:
    """A decision on a shortlist that was really made.

    Args:
        chosen: code and name of the one chosen; None where nobody was.
    """
    options = tuple(Shown(one.rank, one.trust.code, one.trust.name, one.fit) for one in shortlist.options)
    code, name = chosen or (None, None)
    among = code in {one.code for one in options}
    return Decision(
        who=who,
        key=key,
        recipient=shortlist.recipient.code,
        recipient_name=shortlist.recipient.name,
        arrangement=shortlist.arrangement,
        as_of=shortlist.as_of.isoformat(),
        snapshot=shortlist.snapshot,
        method=shortlist.method,
        version=shortlist.version,
        question=question,
        options=options,
        shown=digest(_SHORTLIST.dump_python(shortlist, mode="json")),
        choice="none" if code is None else "option" if among else "other",
        chosen=code,
        chosen_name=name,
        reason=reason,
    )
