"""A recipient beside some candidates, where they differ, and what that does to their fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from matchmaker.features.comparison import MAX_COMPARED
from matchmaker.features.formatting import format_value
from matchmaker.features.profiles import Profiles
from matchmaker.features.types import ComparedFeature, Comparison
from matchmaker.models.types import WhyNot
from matchmaker.rendering.charts.spine import Spine, spine
from matchmaker.rendering.organisation import dimension_order
from matchmaker.sector import Sector

MAX_CANDIDATES = MAX_COMPARED - 1
"""Candidates that fit beside a recipient."""
MAX_DIFFERENCES = 10
MAX_DRAWN = 3
"""Candidates whose sums are drawn; those of more stand in a table of numbers."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One feature in which they differ.

    Attributes:
        spine: its chart; None where no set knows enough of it.
        counts: the criteria that it counts in: label, and what each adds to the fit of each candidate.
    """

    row: ComparedFeature
    spine: Spine | None
    counts: tuple[tuple[str, tuple[float, ...]], ...]


@dataclass(frozen=True, slots=True)
class SetChoice:
    """A drop-down of the form for a set of one's own: its label, and each term with its text."""

    name: str
    label: str
    terms: tuple[tuple[str, str], ...]


def most_different(comparison: Comparison) -> list[ComparedFeature]:
    """The features in which the organisations are furthest apart."""
    return [row for row in comparison.rows if row.gap is not None][:MAX_DIFFERENCES]


def differences(comparison: Comparison, answers: Sequence[WhyNot]) -> list[Difference]:
    """The largest differences, each with its chart and the criteria that it counts in."""
    found = []
    for row in most_different(comparison):
        counts = []
        for at, part in enumerate(answers[0].rows):
            if any(figure.feature == row.feature for figure in part.figures):
                counts.append((part.label, tuple(answer.rows[at].contribution for answer in answers)))
        found.append(Difference(row, spine(row), tuple(counts)))
    return found


def set_choices(profiles: Profiles) -> list[SetChoice]:
    """What a set of one's own can be chosen by: type, region, and the headline features."""
    sector = profiles.sector
    types = sorted(set(profiles.types.tolist()), key=sector.type_label)
    regions = profiles.organisations["region"].drop_nulls().unique().sort().to_list()
    choices = [
        SetChoice("type", "Type", tuple((f"type={one}", sector.type_label(one)) for one in types)),
        SetChoice(
            "region", sector.words.region.capitalize(), tuple((f"region={one}", one) for one in regions)
        ),
    ]
    for name in sector.display.headline_features:
        column = profiles.column[name]
        feature = profiles.features[column]
        values = np.unique(profiles.values[:, column])
        terms = tuple(
            (f"{name}={value:g}", format_value(float(value), feature.unit, sector))
            for value in values[~np.isnan(values)]
        )
        choices.append(SetChoice(name, feature.label, terms))
    return choices


def by_hand(terms: Sequence[str]) -> str:
    """The part of a set that names organisations, as one text."""
    return ", ".join(term for term in terms if "=" not in term)


def by_dimension(comparison: Comparison, sector: Sector) -> list[tuple[str, list[ComparedFeature]]]:
    """All features, dimension by dimension."""
    order = dimension_order(sector)
    ordered = sorted(comparison.rows, key=lambda row: order.index(row.dimension))
    groups = groupby(ordered, key=lambda row: row.dimension)
    return [(sector.dimensions[dimension].label, list(rows)) for dimension, rows in groups]


def describe_rank(answer: WhyNot) -> str:
    """A candidate's rank, in a few words."""
    if answer.rank is None:
        return f"Left out; its rank would be {answer.unrestricted_rank}"
    return f"Rank {answer.rank}"
