"""The transparency record as data: what is said, what is worked out, what is left to the organisation."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Worked = Literal["version", "inputs", "performance", "datasets", "development", "quantities", "completeness"]
"""What is worked out from the snapshot and the evaluation, so that it can't go stale."""


def _listed(given: object) -> object:
    return (given,) if isinstance(given, str) else given


class Entry(BaseModel):
    """One field of the record.

    Attributes:
        says: paragraphs.
        worked: what is added from the figures in use; `from` in the file.
        yours: what the organisation that uses the software is to write here.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=3)
    says: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    worked: Worked | None = Field(default=None, alias="from")
    yours: str | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.says or self.worked or self.yours):
            raise ValueError(f"'{self.name}' says nothing")
        return self


class Part(BaseModel):
    """One section of the record."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    fields: tuple[Entry, ...] = Field(min_length=1)


class Record(BaseModel):
    """The whole record."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    standard: str
    sections: tuple[Part, ...] = Field(min_length=1)


@cache
def record() -> Record:
    """The record that comes with the package."""
    return Record.model_validate(tomllib.loads(files(__package__).joinpath("atrs.toml").read_text("utf-8")))
