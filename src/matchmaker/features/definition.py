"""What a feature is: definitions as data (`definitions/*.toml`), checked together when loaded."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from matchmaker.errors import Fault, Faults
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
FACTS = "fact."
"""Figures that are worked out from the tables of board facts, spells and ratings, not published as such."""


class Feature(BaseModel):
    """One feature of a profile.

    Attributes:
        name: short name, unique over all dimensions.
        dimension: which of `DIMENSIONS` it belongs to (the name of its file).
        label, unit: in plain language.
        sources: measures (or `fact.` figures) it is derived from, in the order of preference.
        over: a measure by which each value is divided, of the same or the nearest earlier period.
        over_within_months: how much earlier that period may end.
        how: `latest` value; `mean` of the periods that end within a year of the latest; `trend`, the
            yearly change over `years`, relative where the transform is `log`.
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
    unit: str
    sources: Annotated[tuple[str, ...], Field(alias="from", min_length=1)]
    over: str | None = None
    over_within_months: int = Field(default=15, ge=1)
    how: Literal["latest", "mean", "trend"] = "latest"
    years: int = Field(default=3, ge=1, le=10)
    per_year: bool = False
    kinds: tuple[Kind, ...] = ()
    transform: Literal["none", "log"] = "none"
    direction: Literal["none", "higher", "lower"] = "none"
    similar: bool = True
    stale_after_months: int = Field(default=36, ge=1)
    evidence: tuple[Annotated[str, Field(pattern=r"^E\d+$")], ...] = ()
    why: str = Field(min_length=10)


@cache
def features() -> tuple[Feature, ...]:
    """Every feature, by dimension and in the order of its file.

    Raises:
        BadFile: with every fault of every definition file.
    """
    faults = Faults()
    found: list[Feature] = []
    for dimension in DIMENSIONS:
        file = files("matchmaker.features") / "definitions" / f"{dimension}.toml"
        if file.is_file():
            found += _parsed(dimension, file.read_text("utf-8"), faults)
    seen: set[str] = set()
    for feature in found:
        place = f"{feature.dimension}.toml"
        if feature.name in seen:
            faults.add(Fault(place, "a name that no other feature has", feature.name))
        seen.add(feature.name)
        for source in (*feature.sources, *([feature.over] if feature.over else [])):
            if not source.startswith(FACTS) and source not in measures():
                faults.add(Fault(place, f"a measure of the catalogue for {feature.name}", source))
    faults.raise_if_any("Mend the definitions.")
    return tuple(found)


def _parsed(dimension: str, text: str, faults: Faults) -> list[Feature]:
    file = f"{dimension}.toml"
    try:
        content: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        faults.add(Fault(file, f"TOML ({error})"))
        return []
    out = []
    for name, fields in content.items():
        try:
            out.append(Feature(name=name, dimension=dimension, **fields))
        except ValidationError as error:
            for one in error.errors():
                where = ".".join(str(part) for part in one["loc"])
                faults.add(Fault(file, one["msg"], str(one["input"])[:60], column=f"{name}.{where}"))
    return out
