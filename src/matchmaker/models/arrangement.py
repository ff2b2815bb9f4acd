"""Arrangements as data: what is weighed, which rules exclude, what only people can judge."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from matchmaker.errors import BadFile, Fault, OutOfRange
from matchmaker.features import DIMENSIONS

Evidence = Annotated[str, Field(pattern=r"^E\d+$")]


class Criterion(BaseModel):
    """One thing that is weighed about a recipient and a candidate.

    Attributes:
        kind: `similarity` of the two in a dimension; `standing` of the candidate in a dimension
            among its kind; `proximity` of their headquarters.
        weight: its share before unknown criteria are left out; any positive number.
        half_km: for proximity, the distance at which it is worth half.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: str
    kind: Literal["similarity", "standing", "proximity"]
    dimension: str | None = None
    weight: float = Field(ge=0)
    half_km: float = Field(default=50.0, gt=0)
    evidence: tuple[Evidence, ...] = ()
    why: str

    @model_validator(mode="after")
    def _dimension_is_known(self) -> Criterion:
        if self.kind != "proximity" and self.dimension not in DIMENSIONS:
            raise ValueError(f"a {self.kind} needs a dimension, one of {', '.join(DIMENSIONS)}")
        return self


class Rule(BaseModel):
    """One reason to exclude a candidate; `rules.RULES` says what each name does."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    evidence: tuple[Evidence, ...] = ()
    why: str


class Arrangement(BaseModel):
    """One form of partnership: its typology, weights and rules, each with its evidence.

    Attributes:
        checklist: what helps or harms according to the evidence and no published figure shows.
        first_step: the smaller thing to try first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    label: str
    partner: str
    version: int = Field(ge=1)
    nature: Literal["mandated", "voluntary"]
    scale: Literal["individual", "structural"]
    summary: str
    criteria: tuple[Criterion, ...] = Field(min_length=1)
    rules: tuple[Rule, ...] = ()
    checklist: tuple[str, ...] = ()
    first_step: str = ""

    @model_validator(mode="after")
    def _weights_count(self) -> Arrangement:
        if sum(criterion.weight for criterion in self.criteria) <= 0:
            raise ValueError("the weights add up to nothing: give at least one criterion a weight above 0")
        names = [criterion.name for criterion in self.criteria]
        if len(set(names)) < len(names):
            raise ValueError("two criteria have the same name")
        return self


@cache
def arrangements() -> dict[str, Arrangement]:
    """Every arrangement that ships with the package, by name."""
    folder = files("matchmaker.models") / "arrangements"
    found = [
        _parsed(file.name, file.read_text("utf-8"))
        for file in folder.iterdir()
        if file.name.endswith(".toml")
    ]
    return {arrangement.name: arrangement for arrangement in sorted(found, key=lambda one: one.name)}


def arrangement(name: str) -> Arrangement:
    """An arrangement of the package by its name.

    Raises:
        OutOfRange: there is none of that name.
    """
    if name not in arrangements():
        step = f"Choose one of {', '.join(arrangements())}, or give a TOML file of your own."
        raise OutOfRange(f"There is no arrangement '{name}'.", step)
    return arrangements()[name]


def read_arrangement(path: Path) -> Arrangement:
    """An arrangement from a TOML file of the user's own.

    Raises:
        BadFile: the file breaks the form; all faults are told.
    """
    try:
        return _parsed(path.name, path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile([Fault(path.name, f"a readable text file ({error})")], "Check the path.") from error


def _parsed(file: str, text: str) -> Arrangement:
    try:
        content: dict[str, Any] = tomllib.loads(text)
        return Arrangement.model_validate(
            content
            | {
                "criteria": [{"name": name, **fields} for name, fields in content["criteria"].items()],
                "rules": [{"name": name, **fields} for name, fields in content.get("rules", {}).items()],
            }
        )
    except tomllib.TOMLDecodeError as error:
        raise BadFile([Fault(file, f"TOML ({error})")], "Mend the file.") from error
    except KeyError as error:
        raise BadFile([Fault(file, f"a table {error}")], "Mend the file.") from error
    except ValidationError as error:
        faults = [
            Fault(file, one["msg"], str(one["input"])[:60], column=".".join(map(str, one["loc"])))
            for one in error.errors()
        ]
        raise BadFile(faults, "Mend the file.") from error
