"""The figures behind every list: how current and complete they are, what each means, where it is from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from matchmaker.features import DIMENSIONS, Feature, Profiles
from matchmaker.features.formatting import format_age
from matchmaker.features.profiles import KNOWN, NOT_APPLICABLE
from matchmaker.models.eligibility.rules import TYPE_LABELS
from matchmaker.sectors.nhs.derived import NAMES as FACTS
from matchmaker.snapshot import Snapshot
from matchmaker.sources.publication import Measure, measures

DAYS_A_MONTH = 365.25 / 12
DIRECTIONS = {"none": "neither way is good", "higher": "higher is good", "lower": "lower is good"}
HOW = {
    "latest": "the latest figure",
    "mean": "the mean of the year up to the latest",
    "trend": "yearly change",
}


@dataclass(frozen=True, slots=True)
class Dimension:
    """How much of one dimension is known, and how old it is.

    Attributes:
        known: share of the features that apply, over all open trusts, that are known and not too old.
        months: median age of these, from the end of their period.
        by_kind: the share in each kind of trust; None where nothing applies.
    """

    name: str
    features: int
    known: float
    months: int
    by_kind: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """One feature of the dictionary, in words.

    Attributes:
        made_from: measures or facts, and how.
        known: of which kinds of trust it says something, how many of them have a current value, and when
            a value is too old.
    """

    feature: Feature
    unit: str
    made_from: str
    known: str


def title(dimension: str) -> str:
    """A dimension's name for people."""
    return dimension.replace("_", " ").capitalize()


def kinds(profiles: Profiles) -> tuple[str, ...]:
    """Kinds of trust that are open, the most frequent first; without the few that fit no kind."""
    counted = profiles.organisations.filter(pl.col("kind") != "other")["kind"].value_counts()
    return tuple(counted.sort("count", "kind", descending=[True, False])["kind"])


def dimensions(profiles: Profiles) -> tuple[Dimension, ...]:
    """Coverage and age of every dimension, today."""
    cells = _applying(profiles)
    return tuple(_dimension(cells, name, profiles) for name in DIMENSIONS)


def _applying(profiles: Profiles) -> pl.DataFrame:
    """Every feature of every trust to which it applies, with kind, dimension and age in months."""
    of = {feature.name: feature.dimension for feature in profiles.features}
    months = (pl.lit(profiles.as_of) - pl.col("period_end")).dt.total_days() / DAYS_A_MONTH
    return (
        profiles.cells.filter(pl.col("state") != NOT_APPLICABLE)
        .join(profiles.organisations.select("code", "kind"), on="code", maintain_order="left")
        .with_columns(
            dimension=pl.col("feature").replace_strict(of), months=months, known=pl.col("state") == KNOWN
        )
    )


def _dimension(cells: pl.DataFrame, name: str, profiles: Profiles) -> Dimension:
    own = cells.filter(dimension=name)
    shares = dict(own.group_by("kind").agg(pl.col("known").mean()).iter_rows())
    return Dimension(
        name=title(name),
        features=sum(feature.dimension == name for feature in profiles.features),
        known=own.select(pl.col("known").mean()).item() or 0.0,
        months=round(own.filter("known").select(pl.col("months").median()).item() or 0),
        by_kind=tuple(shares.get(kind) for kind in kinds(profiles)),
    )


def kind_labels(profiles: Profiles) -> tuple[str, ...]:
    """What the kinds of `kinds` are called."""
    return tuple(TYPE_LABELS[kind].capitalize() for kind in kinds(profiles))


def dictionary(profiles: Profiles) -> tuple[tuple[str, tuple[Told, ...]], ...]:
    """Every feature by dimension."""
    shares = dict(_applying(profiles).group_by("feature").agg(pl.col("known").mean()).iter_rows())
    told = [_told(feature, shares.get(feature.name), measures(profiles.sector)) for feature in profiles.features]
    return tuple(
        (title(name), tuple(one for one in told if one.feature.dimension == name)) for name in DIMENSIONS
    )


def _told(feature: Feature, known: float | None, catalogue: dict[str, Measure]) -> Told:

    def label(source: str) -> str:
        if source in FACTS:
            return "facts on record: " + source.removeprefix("fact.").replace("_", " ")
        return catalogue[source].label

    names = tuple(label(source) for source in feature.sources)
    over = (f"divided by {label(feature.over)}",) if feature.over else ()
    how = f"{HOW[feature.how]} over {feature.years} years" if feature.how == "trend" else HOW[feature.how]
    whose = ", ".join(TYPE_LABELS[kind] for kind in feature.types) or "all"
    return Told(
        feature=feature,
        unit=f"{feature.unit.replace('m2', 'm²')}; {DIRECTIONS[feature.direction]}",
        made_from=f"{'; '.join(names + over)} ({how})",
        known=f"{100 * (known or 0):.0f}% of {whose} trusts; too old after {format_age(feature.stale_after_months)}",
    )


def without_any(profiles: Profiles) -> tuple[str, ...]:
    """Features of which no trust has a current figure: they are used for past days only."""
    known = _applying(profiles).group_by("feature").agg(pl.col("known").any())
    found = set(known.filter(~pl.col("known"))["feature"])
    return tuple(feature.label for feature in profiles.features if feature.name in found)


@dataclass(frozen=True, slots=True)
class Source:
    """One source; `months` is its age from the end of its last period, None where it has no period."""

    id: str
    title: str
    page: str | None
    first: date | None
    last: date | None
    months: int | None
    licence: str
    carried_by: str | None


def sources(snapshot: Snapshot) -> tuple[tuple[str, tuple[Source, ...]], ...]:
    """Every source by its publisher; publishers with the most come first."""
    by: dict[str, list[Source]] = {}
    for one in snapshot.sources.values():
        by.setdefault(one["publisher"], []).append(_source(one, snapshot.as_of))
    order = sorted(by, key=lambda publisher: (-len(by[publisher]), publisher))
    return tuple((publisher, tuple(sorted(by[publisher], key=_newest))) for publisher in order)


def _newest(one: Source) -> tuple[int, str]:
    return (-one.last.toordinal() if one.last else 0, one.title)


def _source(one: dict[str, str | None], today: date) -> Source:
    first, last = (
        date.fromisoformat(day) if (day := one[key]) else None for key in ("period_first", "period_last")
    )
    return Source(
        id=str(one["id"]),
        title=str(one["title"]),
        page=one["page"] or None,
        first=first,
        last=last,
        months=None if last is None else int((today - last).days / DAYS_A_MONTH),
        licence=LICENCES.get(str(one["licence"]), str(one["licence"])),
        carried_by=one["compiled_by"],
    )


LICENCES = {
    "OGL-3.0": "Open Government Licence v3.0",
    "CC0-1.0": "CC0 (public domain)",
    "MIT": "MIT licence",
}


def licences(snapshot: Snapshot) -> Sequence[tuple[str, int]]:
    """How many sources are under each licence, the most frequent first."""
    counted: dict[str, int] = {}
    for one in snapshot.sources.values():
        name = LICENCES.get(one["licence"], one["licence"])
        counted[name] = counted.get(name, 0) + 1
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
