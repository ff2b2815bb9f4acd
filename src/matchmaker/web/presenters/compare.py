"""A recipient beside some candidates, and where they differ."""

from __future__ import annotations

from itertools import groupby

from matchmaker.features.comparison import ComparedFeature, Comparison
from matchmaker.models.types import WhyNot
from matchmaker.rendering.organisation import dimension_order
from matchmaker.sector import Sector

MAX_CANDIDATES = 3
"""Candidates that fit beside a recipient."""
MAX_DIFFERENCES = 10


def most_different(comparison: Comparison) -> list[ComparedFeature]:
    """The features in which the organisations are furthest apart."""
    return [row for row in comparison.rows if row.gap is not None][:MAX_DIFFERENCES]


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
