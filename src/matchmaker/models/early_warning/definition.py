"""What a sector's `early_warning.toml` holds: the signs, and how they are validated."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Self

from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator

from matchmaker.cache import cached
from matchmaker.errors import BadFile, Issue
from matchmaker.features.definition import features
from matchmaker.sector import Definition, Name, Sector

FILE = "early_warning.toml"


class Sign(Definition):
    """One early-warning sign."""

    name: Name
    """Short name."""
    label: str = Field(min_length=3)
    """What it says where it is shown."""
    sources: Annotated[tuple[str, ...], Field(alias="from", min_length=1)]
    """Features with a direction; the first that is known of an organisation counts."""
    evidence: tuple[Annotated[str, Field(pattern=r"^E\d+$")], ...] = ()
    """Findings (E1, E2, ...) that it rests on."""
    why: str = Field(min_length=10)
    """The reason for it, in one sentence."""

    @field_validator("sources")
    @classmethod
    def _with_a_direction(cls, sources: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        directions = {feature.name: feature.direction for feature in features(_sector(info))}
        for name in sources:
            if directions.get(name, "none") == "none":
                raise ValueError(f"{name} is not a feature with a direction")
        return sources


class Ended(Definition):
    """The regime of the base rates no longer exists."""

    on: date
    """The day on which it ended."""
    says: str
    """What a reader must know from that day on."""


class Validation(Definition):
    """How signs are compared with later formal interventions."""

    regimes: Annotated[dict[str, tuple[str, ...]], Field(min_length=1)]
    """Regime that signs are validated for -> regimes of the table of interventions that count as it."""
    base_rates: str
    """The regime of these for which base rates are given."""
    within_years: Annotated[int, Field(ge=1)]
    """A sign counts as right where the organisation enters within this many years."""
    index_dates: Annotated[tuple[date, ...], Field(min_length=1)]
    """Days on which signs are read for base rates, far enough apart that no entry is counted twice."""
    ended: Ended | None = None
    """Whether the regime of the base rates has ended."""

    @model_validator(mode="after")
    def _regimes_that_exist(self, info: ValidationInfo) -> Self:
        known = _sector(info).interventions.regimes
        for name in {*self.regimes, *(one for several in self.regimes.values() for one in several)}:
            if name not in known:
                raise ValueError(f"{name} is not a regime: {', '.join(known)}")
        if self.base_rates not in self.regimes:
            raise ValueError(f"base_rates is not one of {', '.join(self.regimes)}")
        return self


class EarlyWarning(Definition):
    """`early_warning.toml`."""

    warning: str
    """What to read before any list of signs."""
    signs: tuple[Sign, ...]
    """In the order of the file."""
    validation: Validation | None = None
    """None where nothing is known by which signs could be validated."""

    @field_validator("signs", mode="before")
    @classmethod
    def _named(cls, signs: Any) -> Any:
        if not isinstance(signs, dict):
            return signs
        return [{**sign, "name": name} if isinstance(sign, dict) else sign for name, sign in signs.items()]


@cached
def early_warning(sector: Sector) -> EarlyWarning | None:
    """The early-warning signs of a sector; None where it defines none.

    Raises:
        BadFile: with every fault of the file.
    """
    content = sector.toml(FILE)
    return parse(content, sector) if content else None


def signs(sector: Sector) -> tuple[Sign, ...]:
    """Every sign, in the order of the file; empty where the sector defines none."""
    defined = early_warning(sector)
    return () if defined is None else defined.signs


def parse(content: dict[str, Any], sector: Sector) -> EarlyWarning:
    """The content of an `early_warning.toml`, checked.

    Raises:
        BadFile: with every fault.
    """
    try:
        return EarlyWarning.model_validate(content, context=sector)
    except ValidationError as error:
        names = list(content.get("signs", ()))
        issues = [
            Issue(FILE, one["msg"], str(one["input"])[:60], column=_column(one["loc"], names))
            for one in error.errors()
        ]
        raise BadFile(issues, "Mend the signs.") from error


def _column(loc: tuple[int | str, ...], names: list[str]) -> str:
    return ".".join(
        names[part] if isinstance(part, int) and at == 1 else str(part) for at, part in enumerate(loc)
    )


def _sector(info: ValidationInfo) -> Sector:
    assert isinstance(info.context, Sector)  # as `parse` gives it
    return info.context


def regime_label(sector: Sector, regime: str) -> str:
    """How reports on early-warning signs call a regime."""
    known = sector.interventions.regimes.get(regime)
    return regime.replace("_", " ") if known is None else known.early_warning or known.label
