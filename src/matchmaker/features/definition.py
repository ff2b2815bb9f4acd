"""What a feature is: definitions as data (`features/*.toml` of a sector), checked together when loaded."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, ValidationError, model_validator

from matchmaker.cache import cached
from matchmaker.described import Described
from matchmaker.errors import Issue, IssueList
from matchmaker.sector import Sector
from matchmaker.sources.publication import measures

DERIVED = "fact."
"""How the names of derived figures begin; all other sources are measures, published as such."""
YEARS, OVER_WITHIN_MONTHS = 3, 15
"""Defaults of a definition."""


class RollUp(Described):
    """How a feature of an organisation that is made of others comes from its members on the day.

    Members whose figure is unknown or too old are left out; where less than half of them have one, the
    feature is unknown. What was published of the whole itself counts before it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    how: Literal["mean", "sum", "count", "share", "growth"]
    """`mean` of the members, by `weight`; `sum`, scaled up from the members that are known; `count` of
    members; `share` of them at `at_least` or above; `growth`, how many more there are than `years` before."""
    of: str | None = None
    """The members' feature; by default the same."""
    weight: str | None = None
    """For a mean: the members' feature by which each counts; one of which it is unknown is left out."""
    at_least: float | None = None
    """For a share: the value that counts."""
    years: int = Field(default=YEARS, ge=1, le=10)
    """For growth."""

    @model_validator(mode="after")
    def _share_has_a_limit(self) -> Self:
        if (self.how == "share") != (self.at_least is not None):
            raise ValueError("at_least belongs to a share, and a share needs it")
        return self


class Feature(Described):
    """One feature of a profile."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    """Short name, unique over all dimensions."""
    dimension: str
    """The dimension it belongs to: the name of its file."""
    label: str = Field(min_length=3)
    """What it is, in plain language."""
    unit: str = Field(min_length=1)
    """In plain language; shares are from 0 to 1."""
    sources: Annotated[tuple[str, ...], Field(alias="from", min_length=1)]
    """Measures it is derived from, the preferred one first where they are of the same period; or one figure
    that the sector derives from tables of facts."""
    over: str | None = None
    """A measure by which each value is divided, of the same or the nearest earlier period."""
    over_within_months: int = Field(default=OVER_WITHIN_MONTHS, ge=1)
    """How much earlier that period may end."""
    how: Literal["latest", "mean", "trend"] = "latest"
    """`latest` value; `mean` of the year up to the latest, weighted by days; `trend`, the yearly change over
    `years`, relative where the transform is `log`."""
    years: int = Field(default=YEARS, ge=1, le=10)
    """Length of a trend."""
    seasonal: bool = False
    """Whether a trend compares only figures of the same quarter of the year."""
    per_year: bool = False
    """Whether flows are scaled to a year, whatever the length of their period."""
    types: tuple[str, ...] = ()
    """The types of organisation it applies to; empty means all."""
    transform: Literal["none", "log"] = "none"
    """Applied before scaling and comparing; the value shown stays as published."""
    direction: Literal["none", "higher", "lower"] = "none"
    """Which way is good, or `none` where neither is."""
    similar: bool = True
    """Whether it counts in the similarity of two organisations."""
    across_types: bool = False
    """Whether it is compared among organisations of all types that know it, in place of each one's own."""
    stale_after_months: int = Field(default=36, ge=1)
    """Age of the period's end from which the value is stale."""
    fades_out_months: int | None = Field(default=None, ge=1)
    """Age at which a value counts for nothing in a standing; until then it counts for less month by month.
    None: it counts in full until it is stale."""
    roll_up: RollUp | None = None
    """How it is made for organisations that are made of others; None where it is not."""
    basis: str = ""
    """What a judgement rests on, as a phrase; one that has a basis is told among the facts of an overview."""
    evidence: tuple[Annotated[str, Field(pattern=r"^E\d+$")], ...] = ()
    """Findings (E1, E2, ...) it rests on; empty means a judgement."""
    why: str = Field(min_length=10)
    """The reason for it, in one sentence."""

    @property
    def is_derived(self) -> bool:
        """Whether the sector derives it from tables of facts, as of a day."""
        return self.sources[0].startswith(DERIVED)

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
        if self.is_derived and (len(self.sources) > 1 or self.over or self.how != "latest" or self.per_year):
            raise ValueError("a derived figure stands by itself: one source, no over, how = 'latest'")
        return self


@cached
def features(sector: Sector) -> tuple[Feature, ...]:
    """Every feature of a sector, by dimension and in the order of its file.

    Args:
        sector: its folder `features` holds one TOML file for each dimension.

    Raises:
        BadFile: with every fault of every definition file.
    """
    issues = IssueList()
    texts = sector.texts("features")
    for name in sorted(texts.keys() - sector.dimensions.keys()):
        expected = f"a file named after a dimension: {', '.join(sector.dimensions)}"
        remedy = f"Or add {name} to [dimensions] of sector.toml."
        issues.add(Issue(f"features/{name}.toml", expected, remedy=remedy))
    defined = [
        feature
        for dimension in sector.dimensions
        for feature in _parse(dimension, texts.get(dimension, ""), issues)
    ]
    issues.extend(list(_unknown_names(defined, sector)))
    issues.raise_if_any("Mend the definitions.")
    return tuple(defined)


def _parse(dimension: str, text: str, issues: IssueList) -> list[Feature]:
    file = f"{dimension}.toml"
    try:
        content: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        issues.add(Issue(file, f"TOML ({error})"))
        return []
    out = []
    for name, fields in content.items():
        if not isinstance(fields, dict):
            issues.add(Issue(file, "a paragraph for each feature", str(fields)[:60], column=name))
            continue
        try:
            out.append(Feature.model_validate({**fields, "name": name, "dimension": dimension}))
        except ValidationError as error:
            for one in error.errors():
                value = None if one["type"] in ("missing", "value_error") else str(one["input"])[:60]
                where = ".".join(str(part) for part in (name, *one["loc"]))
                issues.add(Issue(file, one["msg"], value, column=where))
    return out


def _unknown_names(defined: list[Feature], sector: Sector) -> Iterator[Issue]:
    """Names that are used twice; sources and types that do not exist."""
    files: dict[str, str] = {}
    known = {*measures(sector), *sector.derived}
    for feature in defined:
        file = f"{feature.dimension}.toml"
        if feature.name in files:
            yield Issue(file, f"a name that {files[feature.name]} does not have", feature.name)
        files.setdefault(feature.name, file)
        for source in (*feature.sources, *([feature.over] if feature.over else [])):
            if source not in known:
                yield Issue(file, f"a measure of the catalogue for {feature.name}", source)
        for org_type in feature.types:
            if org_type not in sector.types:
                expected = (
                    f"a type of {sector.words.organisation} for {feature.name}: {', '.join(sector.types)}"
                )
                yield Issue(file, expected, org_type)
