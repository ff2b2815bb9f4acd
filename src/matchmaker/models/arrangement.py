"""Arrangements as data: what is weighed, which rules exclude, what only people can judge."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from matchmaker.errors import BadFile, InvalidParameter, Issue
from matchmaker.features import DIMENSIONS

Evidence = Annotated[str, Field(pattern=r"^E\d+$")]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Criterion(BaseModel):
    """One thing that is weighed about a recipient and a candidate.

    Attributes:
        form: `similarity` of the two in a dimension; `standing` of the candidate in a dimension
            among its kind; `standing_of_both`, the weaker of the two; `strength` of the candidate
            where the recipient is weak; `capacity`, its size beside the recipient's; `proximity` of
            their headquarters; `relationship`, joint work on record.
        weight: its share before unknown criteria are left out; not negative.
        half_km: for proximity, the distance at which it is worth half.
        ratios: for capacity, the size ratios (candidate to recipient) worth 0 and 1.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    label: str
    form: Literal[
        "similarity", "standing", "standing_of_both", "strength", "capacity", "proximity", "relationship"
    ]
    dimension: str | None = None
    weight: float = Field(ge=0, allow_inf_nan=False)
    half_km: float = Field(default=50.0, gt=0)
    ratios: tuple[Annotated[float, Field(gt=0)], Annotated[float, Field(gt=0)]] = (0.5, 2.0)
    evidence: tuple[Evidence, ...] = ()
    why: str

    @model_validator(mode="after")
    def _dimension_is_known(self) -> Criterion:
        if self.form in {"similarity", "standing", "standing_of_both"} and self.dimension not in DIMENSIONS:
            raise ValueError(f"a {self.form} needs a dimension, one of {', '.join(DIMENSIONS)}")
        if self.ratios[0] >= self.ratios[1]:
            raise ValueError("the ratio worth 0 must be below the ratio worth 1")
        return self


class Rule(BaseModel):
    """One reason to exclude a candidate; `rules.RULES` says what each name does.

    Attributes:
        bounds: the rule's own numbers or words, such as `{ highest = 3 }`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    bounds: tuple[tuple[str, Any], ...] = ()
    evidence: tuple[Evidence, ...] = ()
    why: str

    @model_validator(mode="before")
    @classmethod
    def _bounds_from_table(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("bounds"), dict):
            return data | {"bounds": _settled(data["bounds"])}
        return data


class Arrangement(BaseModel):
    """One form of partnership: its typology, weights and rules, each with its evidence.

    Attributes:
        partner: what the partner is called.
        nature, scale: the typology of the evidence (E15).
        checklist: what helps or harms according to the evidence and no published figure shows.
        first_step: the smaller thing to try first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
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
        for parts in (self.criteria, self.rules):
            names = [part.name for part in parts]
            if len(set(names)) < len(names):
                raise ValueError("two criteria, or two rules, have the same name")
        return self

    def weighted(self, weights: Mapping[str, float]) -> Arrangement:
        """The same arrangement with some weights changed.

        Args:
            weights: criterion (its name, or the beginning of it: `context`) -> new weight.

        Raises:
            OutOfRange: an unknown or ambiguous criterion, a negative weight, or nothing left to weigh.
        """
        changed: dict[str, float] = {}
        for asked, weight in weights.items():
            if not 0 <= weight < float("inf"):
                text = f"The weight {weight:g} of '{asked}' is not 0 or more."
                raise InvalidParameter(text, "Give 0 or more.", ("weights", asked))
            changed[self._criterion_named(asked)] = weight
        criteria = [
            one.model_copy(update={"weight": changed.get(one.name, one.weight)}) for one in self.criteria
        ]
        if sum(criterion.weight for criterion in criteria) <= 0:
            text = "These weights add up to 0, so there is nothing to rank by."
            raise InvalidParameter(text, "Give at least one criterion a weight above 0.", ("weights",))
        return self.model_copy(update={"criteria": tuple(criteria)})

    def _criterion_named(self, asked: str) -> str:
        names = [criterion.name for criterion in self.criteria]
        wanted = _underscored(asked)
        if wanted in names:
            return wanted
        hits = [name for name in names if name.startswith(wanted)] if wanted else []
        if len(hits) == 1:
            return hits[0]
        step = f"The criteria are: {', '.join(hits or names)}."
        word = "means several criteria" if hits else "is no criterion"
        text = f"'{asked}' {word} of {self.label.casefold()}."
        raise InvalidParameter(text, step, ("weights", asked))

    def ruled(
        self, relax: tuple[str, ...] = (), bounds: Mapping[str, Mapping[str, Any]] | None = None
    ) -> Arrangement:
        """The same arrangement without some rules, and with rules added or their bounds changed.

        Args:
            relax: names of rules to leave out.
            bounds: rule -> its bounds; a rule that the arrangement lacks is added.

        Raises:
            OutOfRange: a rule to relax is not one of the arrangement's, or is relaxed and bounded.
        """
        known = {rule.name for rule in self.rules}
        relax = tuple(map(_underscored, relax))
        for at, name in enumerate(relax):
            if name not in known:
                step = f"The rules are: {', '.join(sorted(known))}."
                text = f"'{name}' is no rule of {self.label.casefold()}."
                raise InvalidParameter(text, step, ("relax", at))
            if name in (bounds or {}):
                text = f"The rule '{name}' is both relaxed and set."
                raise InvalidParameter(text, "Do one or the other.", ("relax", at))
        kept = {rule.name: rule for rule in self.rules if rule.name not in relax}
        for name, own in (bounds or {}).items():
            # not validated: whether there is such a rule is told where its bounds are checked
            before = kept.get(name) or Rule.model_construct(name=name, why="Asked for in the question.")
            kept[name] = before.model_copy(update={"bounds": _settled(dict(before.bounds) | dict(own))})
        return self.model_copy(update={"rules": tuple(kept.values())})


def _underscored(asked: str) -> str:
    """A name as people write it, as code does: "Same kind" is `same_type`."""
    return asked.strip().casefold().replace(" ", "_").replace("-", "_")


def _settled(bounds: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    """Bounds in one order and form, so that equal rules are equal."""
    return tuple(
        (name, tuple(bound) if isinstance(bound, list) else bound) for name, bound in sorted(bounds.items())
    )


@cache
def arrangements() -> dict[str, Arrangement]:
    """Every arrangement that ships with the package, by name."""
    folder = files("matchmaker.sectors.nhs") / "arrangements"
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
        raise InvalidParameter(f"There is no arrangement '{name}'.", step, ("arrangement",))
    return arrangements()[name]


def read_arrangement(path: Path) -> Arrangement:
    """An arrangement from a TOML file of the user's own.

    Raises:
        BadFile: the file breaks the form; all faults are told.
    """
    try:
        return _parsed(path.name, path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile([Issue(path.name, f"a readable text file ({error})")], "Check the path.") from error


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
        raise BadFile([Issue(file, f"TOML ({error})")], "Mend the file.") from error
    except KeyError as error:
        raise BadFile([Issue(file, f"a table {error}")], "Mend the file.") from error
    except ValidationError as error:
        faults = [
            Issue(file, one["msg"], str(one["input"])[:60], column=".".join(map(str, one["loc"])))
            for one in error.errors()
        ]
        raise BadFile(faults, "Mend the file.") from error
