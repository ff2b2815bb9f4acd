"""What a feature is: definitions as data (`definitions/*.toml`), checked together when loaded."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from matchmaker.errors import Issue, IssueList
from matchmaker.sectors.nhs.derived import FACTS, NAMES
from matchmaker.sources.publication import measures

DIMENSIONS = (
    "size",
    "scale",
    "context",
    "finance",
    "board_stability",
    "quality",
    "performance",
    "workforce",
)
Kind = Literal["acute", "acute_specialist", "mental_health", "community", "ambulance", "other"]


YEARS, OVER_WITHIN_MONTHS = 3, 15
"""What a definition has where it does not say."""


class Feature(BaseModel):
    """One feature of a profile.

    Attributes:
        name: short name, unique over all dimensions.
        dimension: which of `DIMENSIONS` it belongs to (the name of its file).
        label, unit: in plain language.
        sources: measures it is derived from, in the order of preference where they are of the same
            period; or one figure worked out from the tables of facts (`facts.NAMES`).
        over: a measure by which each value is divided, of the same or the nearest earlier period.
        over_within_months: how much earlier that period may end.
        how: `latest` value; `mean` of the year up to the latest, each figure weighed by its days in that
            year; `trend`, the yearly change over `years`, relative where the transform is `log`.
        seasonal: a trend compares only figures of the same quarter of the year.
        per_year: flows are scaled to a year, whatever the length of their period.
        kinds: the kinds of trust it says something of; empty means all.
        transform: applied before scaling and comparing; the value shown stays as published.
        direction: which way is good, or `none` where neither is.
        similar: whether it counts in the similarity of two organisations.
        stale_after_months: age of the period's end from which the value is stale.
        evidence: findings (E1, E2, ...) it rests on; empty means a judgement.
        why: the reason, in one sentence.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    dimension: str
    label: str = Field(min_length=3)
    unit: str = Field(min_length=1)
    sources: Annotated[tuple[str, ...], Field(alias="from", min_length=1)]
    over: str | None = None
    over_within_months: int = Field(default=OVER_WITHIN_MONTHS, ge=1)
    how: Literal["latest", "mean", "trend"] = "latest"
    years: int = Field(default=YEARS, ge=1, le=10)
    seasonal: bool = False
    per_year: bool = False
    types: tuple[Kind, ...] = ()
    transform: Literal["none", "log"] = "none"
    direction: Literal["none", "higher", "lower"] = "none"
    similar: bool = True
    stale_after_months: int = Field(default=36, ge=1)
    evidence: tuple[Annotated[str, Field(pattern=r"^E\d+$")], ...] = ()
    why: str = Field(min_length=10)

    @property
    def worked_out(self) -> bool:
        """Whether it is worked out from the tables of facts."""
        return self.sources[0].startswith(FACTS)

    @property
    def takes_log(self) -> bool:
        """Whether its values are compared by their logarithms; a trend of a log is relative already."""
        return self.transform == "log" and self.how != "trend"

    @model_validator(mode="after")
    def _fields_that_fit_together(self) -> Self:
        # by value, not by what was set, so that a definition that was written out can be read again
        if self.how != "trend" and (self.years, self.seasonal) != (YEARS, False):
            raise ValueError("years and seasonal only with how = 'trend'")
        if self.over is None and self.over_within_months != OVER_WITHIN_MONTHS:
            raise ValueError("over_within_months only with over")
        if self.worked_out and (len(self.sources) > 1 or self.over or self.how != "latest" or self.per_year):
            raise ValueError("a figure worked out from facts by itself: one source, no over, how = 'latest'")
        return self


@cache
def features(folder: Path | None = None) -> tuple[Feature, ...]:
    """Every feature, by dimension and in the order of its file.

    Args:
        folder: of the definitions, one TOML file for each dimension; by default the package's own.

    Raises:
        BadFile: with every fault of every definition file.
    """
    place = folder or files("matchmaker.sectors.nhs") / "features"
    faults = IssueList()
    if not place.is_dir():
        faults.add(Issue(str(place), "a folder of definitions"))
        faults.raise_if_any("Give the folder that holds the definitions.")
    texts = {
        file.name.removesuffix(".toml"): file.read_text("utf-8")
        for file in sorted(place.iterdir(), key=lambda entry: entry.name)
        if file.name.endswith(".toml")
    }
    for name in sorted(texts.keys() - set(DIMENSIONS)):
        faults.add(Issue(f"{name}.toml", f"a file named after a dimension: {', '.join(DIMENSIONS)}"))
    found = [
        feature
        for dimension in DIMENSIONS
        for feature in _parsed(dimension, texts.get(dimension, ""), faults)
    ]
    faults.extend(list(_names_at_fault(found)))
    faults.raise_if_any("Mend the definitions.")
    return tuple(found)


def _parsed(dimension: str, text: str, faults: IssueList) -> list[Feature]:
    file = f"{dimension}.toml"
    try:
        content: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        faults.add(Issue(file, f"TOML ({error})"))
        return []
    out = []
    for name, fields in content.items():
        if not isinstance(fields, dict):
            faults.add(Issue(file, "a paragraph for each feature", str(fields)[:60], column=name))
            continue
        try:
            out.append(Feature.model_validate({**fields, "name": name, "dimension": dimension}))
        except ValidationError as error:
            for one in error.errors():
                value = None if one["type"] in ("missing", "value_error") else str(one["input"])[:60]
                where = ".".join(str(part) for part in (name, *one["loc"]))
                faults.add(Issue(file, one["msg"], value, column=where))
    return out


def _names_at_fault(found: list[Feature]) -> Iterator[Issue]:
    """Names that are used twice, and sources that there are not."""
    seen: dict[str, str] = {}
    for feature in found:
        file = f"{feature.dimension}.toml"
        if feature.name in seen:
            yield Issue(file, f"a name that {seen[feature.name]} does not have", feature.name)
        seen.setdefault(feature.name, file)
        for source in (*feature.sources, *([feature.over] if feature.over else [])):
            if source not in measures() and source not in NAMES:
                yield Issue(file, f"a measure of the catalogue for {feature.name}", source)
