"""What answers carry beside what the models say, typed for the description."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from pydantic import BaseModel, Field

from matchmaker.features.profile import Profile
from matchmaker.models.assignment_answer import Assignment
from matchmaker.models.explanation import Shortlist, WhyNot


class Answer(BaseModel):
    """What every answer carries.

    Attributes:
        snapshot: content hash of the figures that it rests on.
        version: of the software.
        as_of: the day; nothing known later was used.
        links: relation -> path on this service.
    """

    snapshot: str = Field(examples=["476f78869a11e070820eac621546645648df50a207bda1f8d6e2c52f2ec3bc99"])
    version: str = Field(examples=["0.1.0"])
    as_of: date = Field(examples=["2026-08-22"])
    links: dict[str, str] = Field(examples=[{"self": "/v1/trusts/RPA"}])


class Ranked(Answer):
    """What every answer carries that a method ranked."""

    method: str = Field(examples=["evidence"])


@dataclass(frozen=True, slots=True)
class ShortlistAnswer(Shortlist):
    """Options to consider for one recipient, with links."""

    links: dict[str, str] = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class WhyNotAnswer(WhyNot):
    """Why a candidate stands where it does, with links."""

    links: dict[str, str] = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class AssignmentAnswer(Assignment):
    """Options to consider for many recipients at once, with links."""

    method: str = field(kw_only=True)
    links: dict[str, str] = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class ProfileAnswer(Profile):
    """A profile, with links."""

    version: str = field(kw_only=True)
    links: dict[str, str] = field(kw_only=True)
