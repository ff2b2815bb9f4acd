"""The transparency record (Algorithmic Transparency Recording Standard) of a sector that has one.

Its texts stand in `pages/atrs.toml` of the sector; what could go stale is worked out when it is shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from matchmaker.cache import cached
from matchmaker.dates import format_date
from matchmaker.evaluation.published import published_evaluation
from matchmaker.evaluation.report.outcomes import answer
from matchmaker.features.profiles import KNOWN, NOT_APPLICABLE, STALE, UNKNOWN
from matchmaker.models.engine import Matchmaker
from matchmaker.rendering.environment import with_article
from matchmaker.sector import Sector
from matchmaker.version import __version__
from matchmaker.web.navigation import TRANSPARENCY_RECORD
from matchmaker.web.owner import Owner
from matchmaker.web.presenters.evaluation import short_comparisons

MAX_PUBLISHERS = 12
"""Publishers named one by one."""
Derived = Literal["version", "inputs", "performance", "datasets", "development", "quantities", "completeness"]
"""What is worked out from the snapshot and the evaluation."""
Setting = Literal["organisation", "team", "contact", "senior_owner", "retention", "website", "phase"]
"""What the settings of the service say of its owner."""


def _listed(given: object) -> object:
    return (given,) if isinstance(given, str) else given


class Entry(BaseModel):
    """One field of the record."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    name: str = Field(min_length=3)
    says: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    """Paragraphs."""
    derived: Derived | None = Field(default=None, alias="from")
    """What is added from the figures in use; `from` in the file."""
    yours: str | None = None
    """What the organisation that uses the software is to write here; shown to it, not to the public."""
    owner: Setting | None = None
    """The setting that says it."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.says or self.derived or self.yours):
            raise ValueError(f"'{self.name}' says nothing")
        return self

    def by_owner(self, owner: Owner) -> tuple[str, ...]:
        """What the organisation that uses the software says here."""
        said = dict(owner.record).get(self.name) or (getattr(owner, self.owner) if self.owner else "")
        return (said,) if said else ()


class Section(BaseModel):
    """One section of the record."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    fields: tuple[Entry, ...] = Field(min_length=1)


class Record(BaseModel):
    """The whole record."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    standard: str
    sections: tuple[Section, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class EntryView:
    """One field as it is shown."""

    name: str
    says: tuple[str, ...]


@cached
def record_of(sector: Sector) -> Record | None:
    """The record of a sector; None where it has none."""
    content = sector.toml(TRANSPARENCY_RECORD)
    return Record.model_validate(content) if content else None


def record_views(record: Record, engine: Matchmaker, owner: Owner) -> list[tuple[str, list[EntryView]]]:
    """Every section by title, with what is worked out from the figures in use and what the owner says.

    A field of which nothing is known is left out: the operator is told so, not the public.
    """
    found = [
        (
            section.title,
            [
                EntryView(one.name, said)
                for one in section.fields
                if (
                    said := (
                        *one.says,
                        *(DERIVED[one.derived](engine) if one.derived else ()),
                        *one.by_owner(owner),
                    )
                )
            ],
        )
        for section in record.sections
    ]
    return [(title, shown) for title, shown in found if shown]


def rows(record: Record, engine: Matchmaker, owner: Owner) -> list[dict[str, str]]:
    """Every field of which something is known, as a row of a table."""
    return [
        {"section": title, "field": one.name, "text": "\n\n".join(one.says)}
        for title, shown in record_views(record, engine, owner)
        for one in shown
    ]


def _version(engine: Matchmaker) -> tuple[str, ...]:
    snapshot = engine.snapshot
    return (f"matchmaker {__version__}, snapshot {snapshot.hash[:12]} of {format_date(snapshot.as_of)}.",)


def _inputs(engine: Matchmaker) -> tuple[str, ...]:
    counted = Counter(feature.dimension for feature in engine.profiles().features)
    parts = ", ".join(f"{engine.sector.dimensions[name].label.lower()} {n}" for name, n in counted.items())
    return (f"{counted.total()} features of each {engine.sector.words.organisation}, by dimension: {parts}.",)


def _performance(engine: Matchmaker) -> tuple[str, ...]:
    published = published_evaluation(engine.sector)
    if published is None:
        return ()
    notice = published.stale_notice(engine.snapshot.hash, engine.snapshot.as_of)
    outcome = answer(published.outcomes, engine.sector)
    return (
        f"{published.replayed} past pairings were replayed from what was known on the day before each.",
        *short_comparisons(published, engine.sector),
        *((outcome,) if outcome else ()),
        "Intervals and all other results are under 'How good is this'.",
        *((notice,) if notice else ()),
    )


def _datasets(engine: Matchmaker) -> tuple[str, ...]:
    counted = Counter(str(source["publisher"]) for source in engine.snapshot.sources.values())
    named = "; ".join(f"{publisher} ({n})" for publisher, n in counted.most_common(MAX_PUBLISHERS))
    rest = len(counted) - MAX_PUBLISHERS
    more = f"; and {rest} more" if rest > 0 else ""
    return (f"{counted.total()} datasets, by publisher: {named}{more}.",)


def _development(engine: Matchmaker) -> tuple[str, ...]:
    snapshot = engine.snapshot
    return (
        f"{snapshot.pairings.height} past partnerships or attempts, {snapshot.interventions.height} spells "
        "under formal intervention.",
    )


def _quantities(engine: Matchmaker) -> tuple[str, ...]:
    measures, today = engine.snapshot.measures, engine.profiles()
    n_open, many = len(today.organisations), engine.sector.words.organisations
    return (
        f"{measures.height:,} figures on {measures['code'].n_unique()} organisations; {n_open} {many} are "
        f"open on {format_date(today.as_of)}.",
    )


def _completeness(engine: Matchmaker) -> tuple[str, ...]:
    counted = Counter(engine.profiles().cells["state"])
    applying = counted.total() - counted[NOT_APPLICABLE]
    known, stale, unknown = (round(100 * counted[state] / applying) for state in (KNOWN, STALE, UNKNOWN))
    one = with_article(engine.sector.words.organisation)
    return (
        f"Of the features that apply to {one}, {known}% are known, {stale}% are known but too old to use, "
        f"and {unknown}% are not known.",
    )


DERIVED: dict[Derived, Callable[[Matchmaker], tuple[str, ...]]] = {
    "version": _version,
    "inputs": _inputs,
    "performance": _performance,
    "datasets": _datasets,
    "development": _development,
    "quantities": _quantities,
    "completeness": _completeness,
}
