"""One entry of the decision log, and the hash that ties it to the one before."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

from pydantic import TypeAdapter

from matchmaker.models.query import ShortlistQuery
from matchmaker.models.types import Shortlist

GENESIS_HASH = "0" * 64
"""The previous hash of the first entry."""
Choice = Literal["option", "other", "none"]
YesNo = Literal["yes", "no", "unknown"]
Result = Literal["better", "same", "worse", "not begun", "unknown"]


@dataclass(frozen=True, slots=True)
class DisplayedOption:
    """One option as it was shown."""

    rank: int
    """Its place on the list."""
    code: str
    """The organisation's code."""
    name: str
    """The organisation's name."""
    fit: float
    """Its score by the method."""


@dataclass(frozen=True, slots=True)
class DecisionOutcome:
    """What came of an earlier decision: the entry that holds it says so, and changes nothing of that one."""

    of: int
    """Number of the decision."""
    decision_hash: str
    """Its hash."""
    months: int
    """Whole months from the decision to this entry."""
    asked: YesNo
    """Whether the one chosen was asked."""
    accepted: YesNo
    """Whether it said yes."""
    result: Result
    """How the recipient does now against the day of the decision, in the judgement of who records it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What somebody was shown, what they chose and why."""

    who: str
    """The person or body that decided, in their own words."""
    key: str | None
    """Name of the API key with which it was sent; None where none was needed."""
    recipient: str
    """Code of the organisation that needs a partner."""
    recipient_name: str
    """Its name."""
    arrangement: str
    """The form of partnership."""
    as_of: str
    """Day of the figures, YYYY-MM-DD."""
    snapshot: str
    """Content hash of the figures."""
    method: str
    """How the options were ranked."""
    version: str
    """Of the software and of the method."""
    query: dict[str, Any]
    """The sector, and every field of the query that the shortlist answered."""
    options: tuple[DisplayedOption, ...]
    """What was shown, in order."""
    shown: str
    """SHA-256 of the canonical JSON of the whole shortlist."""
    choice: Choice
    """`option`: one of those shown; `other`: another organisation; `none`: nobody."""
    chosen: str | None
    """Code of the one chosen; None where nobody was."""
    chosen_name: str | None
    """Its name."""
    reason: str
    """Why, in the decider's own words; of an outcome, what came of it."""
    outcome: DecisionOutcome | None = None
    """Of an entry that says what came of an earlier decision; all but who, key and reason is that one's."""

    @classmethod
    def from_shortlist(
        cls,
        shortlist: Shortlist,
        query: ShortlistQuery,
        sector: str,
        who: str,
        key: str | None,
        chosen: tuple[str, str] | None,
        reason: str,
    ) -> Decision:
        """A decision on a shortlist that the engine made.

        Args:
            query: that the shortlist answered.
            sector: name of the sector.
            who, key, reason: see the fields.
            chosen: code and name of the one chosen; None where nobody was.
        """
        options = tuple(
            DisplayedOption(option.rank, option.organisation.code, option.organisation.name, option.fit)
            for option in shortlist.options
        )
        code, name = chosen or (None, None)
        displayed = code in {option.code for option in options}
        return cls(
            who=who,
            key=key,
            recipient=shortlist.recipient.code,
            recipient_name=shortlist.recipient.name,
            arrangement=shortlist.arrangement,
            as_of=shortlist.as_of.isoformat(),
            snapshot=shortlist.snapshot,
            method=shortlist.method,
            version=shortlist.version,
            query={"sector": sector} | query.model_dump(mode="json", include={*ShortlistQuery.model_fields}),
            options=options,
            shown=digest(_SHORTLIST.dump_python(shortlist, mode="json")),
            choice="none" if code is None else "option" if displayed else "other",
            chosen=code,
            chosen_name=name,
            reason=reason,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Decision):
    """A decision as the log holds it."""

    number: int
    """1 for the first, and one more for each that follows."""
    at: str
    """When it was recorded: UTC, ISO 8601, to the microsecond."""
    previous: str
    """Hash of the entry before, 64 zeros for the first."""
    hash: str
    """SHA-256 of the canonical JSON of all the rest."""

    def hashed_fields(self) -> dict[str, Any]:
        """All that the hash covers; entries from before there were outcomes have no such field."""
        whole = self.fields()
        del whole["hash"]
        return whole

    def fields(self) -> dict[str, Any]:
        """Every field by name; `outcome` only where there is one."""
        whole = asdict(self)
        if whole["outcome"] is None:
            del whole["outcome"]
        return whole


FIELDS = tuple(one.name for one in fields(Entry))
_SHORTLIST = TypeAdapter(Shortlist)


def canonical(value: Any) -> str:
    """JSON that is the same, byte for byte, for the same value: sorted names, no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()
