"""The figures behind every list: how current and complete they are, what each means, where it is from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from matchmaker.dates import DAYS_PER_MONTH
from matchmaker.features import Feature
from matchmaker.features.formatting import format_age
from matchmaker.features.profiles import KNOWN, NOT_APPLICABLE, Profiles
from matchmaker.sector import Sector
from matchmaker.snapshot import Snapshot
from matchmaker.sources.publication import measures

DIRECTIONS = {"none": "neither way is good", "higher": "higher is good", "lower": "lower is good"}
HOW = {
    "latest": "the latest figure",
    "mean": "the mean of the year up to the latest",
    "trend": "yearly change",
}


@dataclass(frozen=True, slots=True)
class DimensionView:
    """How much of one dimension is known, and how old it is.

    Attributes:
        known: share of the features that apply, over all open organisations, that are known and current.
        months: median age of these, from the end of their period.
        by_type: the share in each type of organisation; None where nothing applies.
    """

    label: str
    features: int
    known: float
    months: int
    by_type: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class FeatureView:
    """One feature of the dictionary, in words.

    Attributes:
        made_from: measures or derived facts, and how.
        known: of which types it says something, how many of them have a current value, and when a value is
            too old.
    """

    feature: Feature
    unit: str
    made_from: str
    known: str


def types_in_use(profiles: Profiles) -> tuple[str, ...]:
    """Types of the open organisations, the most frequent first; without the few of no published type."""
    counted = Counter(profiles.organisations["type"])
    del counted[str(profiles.sector.other_type)]
    return tuple(sorted(counted, key=lambda name: (-counted[name], name)))


def dimension_views(profiles: Profiles) -> tuple[DimensionView, ...]:
    """Coverage and age of every dimension, today."""
    cells = _applying(profiles)
    return tuple(_dimension(cells, name, profiles) for name in profiles.sector.dimensions)


def _applying(profiles: Profiles) -> pl.DataFrame:
    """Every feature of every organisation to which it applies, with type, dimension and age in months."""
    of = {feature.name: feature.dimension for feature in profiles.features}
    months = (pl.lit(profiles.as_of) - pl.col("period_end")).dt.total_days() / DAYS_PER_MONTH
    return (
        profiles.cells.filter(pl.col("state") != NOT_APPLICABLE)
        .join(profiles.organisations.select("code", "type"), on="code", maintain_order="left")
        .with_columns(
            dimension=pl.col("feature").replace_strict(of), months=months, known=pl.col("state") == KNOWN
        )
    )


def _dimension(cells: pl.DataFrame, name: str, profiles: Profiles) -> DimensionView:
    own = cells.filter(dimension=name)
    shares = dict(own.group_by("type").agg(pl.col("known").mean()).iter_rows())
    return DimensionView(
        label=profiles.sector.dimensions[name].label,
        features=sum(feature.dimension == name for feature in profiles.features),
        known=own.select(pl.col("known").mean()).item() or 0.0,
        months=round(own.filter("known").select(pl.col("months").median()).item() or 0),
        by_type=tuple(shares.get(one) for one in types_in_use(profiles)),
    )


def dictionary(profiles: Profiles) -> tuple[tuple[str, tuple[FeatureView, ...]], ...]:
    """Every feature by dimension."""
    shares = dict(_applying(profiles).group_by("feature").agg(pl.col("known").mean()).iter_rows())
    sector = profiles.sector
    views = [_feature(feature, shares.get(feature.name), sector) for feature in profiles.features]
    return tuple(
        (dimension.label, tuple(view for view in views if view.feature.dimension == name))
        for name, dimension in sector.dimensions.items()
    )


def _feature(feature: Feature, known: float | None, sector: Sector) -> FeatureView:
    catalogue = measures(sector)

    def label(source: str) -> str:
        if source in catalogue:
            return catalogue[source].label
        return "facts on record: " + source.rpartition(".")[2].replace("_", " ")

    names = tuple(label(source) for source in feature.sources)
    over = (f"divided by {label(feature.over)}",) if feature.over else ()
    how = f"{HOW[feature.how]} over {feature.years} years" if feature.how == "trend" else HOW[feature.how]
    many = sector.words.organisations
    types = ", ".join(sector.type_label(name) for name in feature.types)
    whose = f"{types} {many}" if types else f"all {many}"
    return FeatureView(
        feature=feature,
        unit=f"{feature.unit.replace('m2', 'm²')}; {DIRECTIONS[feature.direction]}",
        made_from=f"{'; '.join(names + over)} ({how})",
        known=f"{100 * (known or 0):.0f}% of {whose}; too old after {format_age(feature.stale_after_months)}",
    )


def without_any(profiles: Profiles) -> tuple[str, ...]:
    """Features of which no organisation has a current figure: they are used for past days only."""
    known = _applying(profiles).group_by("feature").agg(pl.col("known").any())
    found = set(known.filter(~pl.col("known"))["feature"])
    return tuple(feature.label for feature in profiles.features if feature.name in found)


@dataclass(frozen=True, slots=True)
class SourceView:
    """One source; `months` is its age from the end of its last period, None where it has no period."""

    id: str
    title: str
    page: str | None
    first: date | None
    last: date | None
    months: int | None
    licence: str
    carried_by: str | None


def sources(snapshot: Snapshot) -> tuple[tuple[str, tuple[SourceView, ...]], ...]:
    """Every source by its publisher; publishers with the most come first."""
    by: dict[str, list[SourceView]] = {}
    for one in snapshot.sources.values():
        by.setdefault(one["publisher"], []).append(_source(one, snapshot.as_of))
    order = sorted(by, key=lambda publisher: (-len(by[publisher]), publisher))
    return tuple((publisher, tuple(sorted(by[publisher], key=_newest))) for publisher in order)


def _newest(one: SourceView) -> tuple[int, str]:
    return (-one.last.toordinal() if one.last else 0, one.title)


def _source(one: dict[str, str | None], today: date) -> SourceView:
    first, last = (
        date.fromisoformat(day) if (day := one[key]) else None for key in ("period_first", "period_last")
    )
    return SourceView(
        id=str(one["id"]),
        title=str(one["title"]),
        page=one["page"] or None,
        first=first,
        last=last,
        months=None if last is None else int((today - last).days / DAYS_PER_MONTH),
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
    counted = Counter(LICENCES.get(one["licence"], one["licence"]) for one in snapshot.sources.values())
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
