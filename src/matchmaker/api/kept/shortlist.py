"""What a working shortlist holds. It imports neither the engine nor the service."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, StringConstraints

from matchmaker.api.plain_text import plain_text

MAX_OPTIONS, MAX_NOTES, MAX_NAME, MAX_TEXT = 60, 200, 120, 2000
FORM: Final = "matchmaker-kept-1"
"""Of the file; a later form gets a later number."""

Short = Annotated[str, StringConstraints(max_length=MAX_NAME), AfterValidator(plain_text)]
Long = Annotated[str, StringConstraints(max_length=MAX_TEXT), AfterValidator(plain_text)]
Named = Annotated[str, StringConstraints(min_length=1, max_length=300), AfterValidator(plain_text)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{1,12}$")]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,79}$")]
Moment = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\d$")]
Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{12,64}$")]


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was said or found out, such as what came of a call."""

    at: Moment
    """When it was written: UTC."""
    by: Short
    """Who wrote it, in their own words; empty where they did not say."""
    text: Annotated[Long, Field(min_length=1)]
    """What it says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptOption:
    """One option that was kept, from the list on which it stood."""

    code: Code
    """Code of the organisation."""
    name: Named
    """Its name."""
    arrangement: Word
    """The form of partnership of the list."""
    query: Annotated[tuple[tuple[Word, Named], ...], Field(max_length=200)]
    """Fields of an address that asks for the list again."""
    rank: Annotated[int, Field(ge=1, le=100_000)] | None
    """Its rank when it was kept; None where rules left it out."""
    left_out: Annotated[tuple[Long, ...], Field(max_length=30)] = ()
    """Why rules left it out when it was kept."""
    as_of: Day
    """Day of the figures when it was kept."""
    snapshot: Hash
    """Content hash of these figures."""
    kept_at: Moment
    """When it was kept: UTC."""
    kept_by: Short = ""
    """Who kept it; empty where they did not say."""
    ruled_out: Note | None = None
    """Why it was ruled out, by whom and when; None while it is still considered."""
    notes: Annotated[tuple[Note, ...], Field(max_length=MAX_NOTES)] = ()
    """Notes on it, the earliest first."""

    @property
    def key(self) -> tuple[str, str]:
        """What makes it one on the list: an organisation stands once for each form of partnership."""
        return self.arrangement, self.code


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptShortlist:
    """Options that are being considered for one recipient, whatever lists they came from."""

    form: Literal["matchmaker-kept-1"] = FORM
    """Form of the file."""
    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{0,40}$")] = ""
    """By which the store knows it; empty where it is in no store."""
    name: Annotated[Short, Field(min_length=1)]
    """What people call it."""
    sector: Word
    """The sector of its organisations."""
    recipient: Code
    """Code of the organisation that needs a partner."""
    recipient_name: Named
    """Its name."""
    created: Moment
    """When it was begun: UTC."""
    changed: Moment
    """When it was last changed: UTC."""
    options: Annotated[tuple[KeptOption, ...], Field(max_length=MAX_OPTIONS)] = ()
    """The options, by form of partnership in the order in which they were kept."""
    notes: Annotated[tuple[Note, ...], Field(max_length=MAX_NOTES)] = ()
    """Notes on the whole, the earliest first."""

    @property
    def considered(self) -> tuple[KeptOption, ...]:
        """Those that nobody has ruled out."""
        return tuple(option for option in self.options if option.ruled_out is None)

    @property
    def arrangements(self) -> tuple[str, ...]:
        """The forms of partnership in it, in the order in which they came."""
        return tuple(dict.fromkeys(option.arrangement for option in self.options))

    def without_id(self) -> KeptShortlist:
        """The same, as a file or an address holds it."""
        return replace(self, id="")
