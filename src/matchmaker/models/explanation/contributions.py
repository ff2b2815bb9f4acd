"""Explanations of scores: the rows that add up, and the published figures behind each."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Any

import numpy as np

from matchmaker.cache import cached
from matchmaker.features.profiles import Profiles
from matchmaker.models.scoring.phrases import MIDDLE_BAND
from matchmaker.models.scoring.ranker import Component, Ranker, Scores
from matchmaker.models.types import DETAILS, Detail, ExplanationRow, Figure, Organisation
from matchmaker.typing import Floats, Mask

MIN_CONTRIBUTION = 0.005
"""Contributions smaller than this are no reason, for or against."""


@cached
def organisations_of(profiles: Profiles) -> tuple[Organisation, ...]:
    """All organisations of the profiles, as an answer names them."""
    columns = profiles.organisations.select("code", "name", "type", "region", "locality")
    return tuple(Organisation(*row) for row in columns.iter_rows())


def explanation_rows(
    ranker: Ranker,
    profiles: Profiles,
    scores: Scores,
    recipient: int,
    candidate: int,
    areas: tuple[int, ...] = (),
    details: Collection[Detail] = DETAILS,
) -> tuple[ExplanationRow, ...]:
    """The start, one row per component, and the total.

    Args:
        ranker: whose components are explained.
        profiles: that it is bound to.
        scores: (k, 1, 1) of this pair alone, as the ranker gave them.
        recipient, candidate: rows of the profiles.
        areas: columns of the recipient's focus areas.
        details: without `figures`, none stand behind the rows.
    """
    rows = [ExplanationRow("start", "Start", None, 0.0, scores.base_value, "Every candidate begins here.")]
    values = scores.values[:, 0, 0].tolist()
    contributions = scores.contributions[:, 0, 0].tolist()
    for k, (component, number, contribution) in enumerate(
        zip(ranker.components, values, contributions, strict=True)
    ):
        value = None if math.isnan(number) else number
        rows.append(
            ExplanationRow(
                name=component.name,
                label=component.label,
                value=value,
                weight=component.weight,
                contribution=contribution,
                sentence=ranker.describe(k, value, recipient, candidate),
                evidence=component.evidence,
                figures=(
                    _figures(profiles, _columns(profiles, component, areas), recipient, candidate)
                    if "figures" in details
                    else ()
                ),
            )
        )
    total = float(scores.score[0, 0])
    weight = sum(component.weight for component in ranker.components)
    rows.append(ExplanationRow("total", "Total", total, weight, total, "What the rows above add up to."))
    return tuple(rows)


def is_reason(values: Floats, contributions: Floats) -> Mask:
    """Which values count for enough, and are as far from the middle as 60 in 100, as they are told.

    Args:
        values, contributions: of one shape; NaN is unknown, and no reason.
    """
    percent = np.clip(np.rint(100 * values), 1, 99)  # as `percent_1_99`
    far: Mask = np.abs(percent - 50) >= round(100 * MIDDLE_BAND)
    return (np.abs(contributions) > MIN_CONTRIBUTION) & far


def _columns(profiles: Profiles, component: Component, areas: tuple[int, ...]) -> tuple[int, ...]:
    """The features behind a component."""
    if component.of_focus:
        return areas
    return (
        _of_dimension(profiles, component.dimension)
        if component.dimension
        else _named(profiles, component.features)
    )


@cached
def _of_dimension(profiles: Profiles, dimension: str) -> tuple[int, ...]:
    return tuple(profiles.of_dimension(dimension))


@cached
def _named(profiles: Profiles, features: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(profiles.column[name] for name in features)


def _figures(
    profiles: Profiles, columns: tuple[int, ...], recipient: int, candidate: int
) -> tuple[Figure, ...]:
    own, other, labels = _cells(profiles, recipient), _cells(profiles, candidate), _labels(profiles)
    return tuple([Figure(*labels[column], own[column][0], *other[column]) for column in columns])


@cached
def _labels(profiles: Profiles) -> list[tuple[str, str, str]]:
    """Name, label and unit, feature by feature."""
    return [(feature.name, feature.label, feature.unit) for feature in profiles.features]


@cached
def _cells(profiles: Profiles, at: int) -> list[tuple[Any, ...]]:
    """Value, state, end of period and source of one organisation, feature by feature."""
    width = len(profiles.features)
    own = profiles.cells.slice(at * width, width)
    return own.select("value", "state", "period_end", "source").rows()
