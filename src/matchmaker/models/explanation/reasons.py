"""The figures behind each reason, both sides, and where a candidate is weak in part of what is weighed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal, NamedTuple

import numpy as np

from matchmaker.cache import cached
from matchmaker.dates import format_period
from matchmaker.features.definition import Feature
from matchmaker.features.formatting import format_value, join_and, with_minus
from matchmaker.features.profiles import Profiles
from matchmaker.features.states import NOT_APPLICABLE
from matchmaker.models.arrangement import Criterion
from matchmaker.models.explanation.contributions import Sides
from matchmaker.models.key_facts import fact_definitions
from matchmaker.models.reason import DOES_NOT_APPLY, Reason, ReasonFigure
from matchmaker.models.scoring.criteria import comparable
from matchmaker.models.scoring.phrases import FEWEST_FOR_PERCENT, percent_1_99
from matchmaker.models.types import ExplanationRow
from matchmaker.typing import Floats

TOLD = 3
"""At most so many figures stand behind a reason."""
WEAK_WHERE_NEEDED, WEAKEST = 0.4, 0.2
"""A standing at or below the first is weak where strength is looked for; at or below the second, anywhere."""
UNLIKE = 1.5
"""Robust units from which on two that are alike as a whole are unlike in a feature."""
Side = Literal["for", "against"]


def reasons_in_figures(
    profiles: Profiles,
    criteria: Sequence[Criterion],
    sides: Sides,
    recipient: int,
    candidate: int,
    areas: tuple[int, ...],
    structural: Sequence[str] = (),
) -> tuple[Reason, ...]:
    """What speaks for a candidate, then what against: structural reasons first, then the weightiest.

    Args:
        profiles: as of the day.
        criteria: of the evidence fit.
        sides: what the rows of the evidence fit say of this pair.
        recipient, candidate: rows of the profiles.
        areas: columns of the recipient's focus areas.
        structural: sentences on what speaks against the pair as such.
    """
    of_name = {criterion.name: criterion for criterion in criteria}
    pair = _Pair(profiles, recipient, candidate, areas)
    out: dict[Side, list[Reason]] = {"for": [], "against": []}
    told: tuple[tuple[Side, list[ExplanationRow]], ...] = (
        ("for", sides.speaks_for),
        ("against", sides.against),
    )
    for side, rows in told:
        for row in rows:
            figures = pair.behind(of_name[row.name], side) if row.name in of_name else ()
            out[side].append(Reason(side, row.name, row.sentence, figures))
    against = {one.criterion for one in out["against"]}
    weighed = [one for one in criteria if one.name not in against and one.weight > 0]
    needed = [one for one in weighed if one.form == "strength"]
    seen: set[str] = {figure.feature for one in out["against"] for figure in one.figures}
    where_needed = list(_weak_in_part(pair, needed, seen))
    elsewhere = list(_weak_in_part(pair, [one for one in weighed if one.form == "standing"], seen))
    own = [Reason("against", "", sentence) for sentence in structural]
    return (*out["for"], *own, *where_needed, *out["against"], *elsewhere)


def nothing_against(
    rows: tuple[ExplanationRow, ...], unchecked: Sequence[str], unknown_facts: Sequence[str]
) -> str:
    """What to say where nothing speaks against a candidate: that all was looked at, or what was not.

    Args:
        rows: of the evidence fit.
        unchecked: labels of rules that could not be applied.
        unknown_facts: labels of the facts that are unknown.
    """
    unknown = [row.label for row in rows[1:-1] if row.value is None and row.weight > 0]
    missing = list(dict.fromkeys([*unknown, *unchecked, *unknown_facts]))
    if not missing:
        return "Nothing speaks against it in what was looked at, and all of it is known."
    lowered = join_and([f"\u201c{one}\u201d" for one in missing])
    return f"No known figure is a reason against it, but this could not be checked: {lowered}."


class _Pair:
    """One recipient and one candidate, and the figures of both."""

    def __init__(self, profiles: Profiles, recipient: int, candidate: int, areas: tuple[int, ...]) -> None:
        self.profiles, self.recipient, self.candidate, self.areas = profiles, recipient, candidate, areas
        self.standings, self.known = _standings(profiles, candidate)
        self.own, self.other = _texts(profiles, recipient), _texts(profiles, candidate)
        self.n_known = _n_known(profiles, str(profiles.types[candidate]))

    def columns(self, criterion: Criterion) -> list[int]:
        """The features that a criterion weighs of the candidate, known ones alone."""
        if criterion.form == "strength":
            return [at for at in self.areas if not math.isnan(self.standings[at])]
        if criterion.form in {"standing", "standing_of_both"}:
            return self.known.get(criterion.dimension or "", [])
        return []

    def behind(self, criterion: Criterion, side: Side) -> tuple[ReasonFigure, ...]:
        """The figures that say most for what a reason says; for one that is alike, where it is not."""
        if criterion.form in {"similarity", "capacity"}:
            return self._alike(criterion.dimension or "size", side, criterion.form == "similarity")
        turn = -1.0 if side == "for" else 1.0
        telling = [at for at in self.columns(criterion) if turn * (self.standings[at] - 0.5) < 0]
        telling.sort(key=lambda at: (turn * self.standings[at], at))
        return tuple([self.figure(at) for at in telling[:TOLD]])

    def _alike(self, dimension: str, side: Side, is_similarity: bool) -> tuple[ReasonFigure, ...]:
        org_type = str(self.profiles.types[self.recipient])
        gaps = _gaps(self.profiles, dimension, org_type, self.recipient, self.candidate)
        if not is_similarity:
            return tuple([self.figure(at) for _, at in gaps[:TOLD]])
        if side == "against":
            return tuple([self.figure(at) for _, at in gaps[::-1][:TOLD]])
        alike = [self.figure(at) for _, at in gaps[: TOLD - 1]]
        unlike = [at for gap, at in gaps[TOLD - 1 :][-1:] if gap >= UNLIKE]
        return (*alike, *[self.figure(at, opposes=True) for at in unlike])

    def figure(self, column: int, *, opposes: bool = False, placed: bool = False) -> ReasonFigure:
        """One feature of both sides."""
        own, other = self.own[column], self.other[column]
        return ReasonFigure(
            other.feature,
            other.label,
            other.value,
            own.value,
            other.text,
            own.text,
            other.period,
            own.period,
            other.period_end,
            other.source,
            other.publisher,
            self._place(column) if placed else "",
            opposes,
        )

    def _place(self, column: int) -> str:
        """Than how many of its type it is worse; empty among few."""
        if self.n_known[column] < FEWEST_FOR_PERCENT:
            return ""
        return f"worse than {100 - percent_1_99(self.standings[column])} in 100"


def _weak_in_part(pair: _Pair, criteria: Sequence[Criterion], seen: set[str]) -> Iterator[Reason]:
    """Where a candidate is weak in a feature of a criterion that does not speak against it as a whole."""
    for criterion in criteria:
        of_focus = criterion.form == "strength"
        limit = WEAK_WHERE_NEEDED if of_focus else WEAKEST
        weak = [
            at
            for at in pair.columns(criterion)
            if pair.standings[at] <= limit and pair.own[at].feature not in seen
        ]
        weak.sort(key=lambda at: (pair.standings[at], at))
        if weak:
            seen |= {pair.own[at].feature for at in weak}
            dimension = pair.profiles.sector.dimensions.get(criterion.dimension or "")
            phrase = dimension.phrase if dimension else criterion.label
            where = "where strength is looked for" if of_focus else f"in part of its {phrase}"
            figures = tuple([pair.figure(at, placed=True) for at in weak[:TOLD]])
            yield Reason("against", criterion.name, f"Weak itself {where}.", figures, partial=True)


def _gaps(
    profiles: Profiles, dimension: str, org_type: str, recipient: int, candidate: int
) -> list[tuple[float, int]]:
    """How far two are apart in each column, in robust units of a type; the nearest first."""
    columns, scaled = _comparable(profiles, dimension, org_type)
    gaps = np.abs(scaled[recipient] - scaled[candidate]).tolist()
    return sorted([(gap, at) for gap, at in zip(gaps, columns, strict=True) if gap == gap])  # NaN is unknown


@cached
def _comparable(profiles: Profiles, dimension: str, org_type: str) -> tuple[list[int], Floats]:
    """The columns of a dimension that are compared, and (n, columns) their figures in robust units."""
    columns = comparable(profiles, dimension, org_type)
    return columns, np.ascontiguousarray(profiles.scaled_as(org_type)[:, columns])


def figure_text(profiles: Profiles, feature: Feature, value: float | None) -> str:
    """A figure as people read it, with a true minus."""
    return with_minus(format_value(value, feature.unit, profiles.sector, change=feature.how == "trend"))


def _bare(text: str, feature: Feature) -> str:
    """A value without its unit, where the label names that already."""
    named = feature.unit.lower() in feature.label.lower()
    return text.split(" ")[0] if named and text != "unknown" else text


@cached
def _labels(profiles: Profiles) -> list[str]:
    """What each feature is called in a reason: as in the list of facts, where that names it alone."""
    facts = fact_definitions(profiles.sector).values()
    short = {one.features[0]: one.label for one in facts if len(one.features) == 1}
    return [short.get(feature.name, feature.label) for feature in profiles.features]


class _FigureText(NamedTuple):
    """One figure of one organisation as a reason tells it."""

    feature: str
    label: str
    value: float | None
    text: str
    period: str
    period_end: date | None
    source: str | None
    publisher: str | None


@cached
def _texts(profiles: Profiles, row: int) -> list[_FigureText]:
    """The figures of one organisation, feature by feature."""
    width, sources = len(profiles.features), profiles.snapshot.sources
    columns = ("value", "period_start", "period_end", "source", "state")
    cells = profiles.cells.slice(row * width, width).select(columns)
    return [
        _FigureText(
            feature.name,
            label,
            value,
            DOES_NOT_APPLY
            if state == NOT_APPLICABLE
            else _bare(figure_text(profiles, feature, value), feature),
            "" if end is None or value is None else format_period(start or end, end),
            end,
            source,
            sources.get(source or "", {}).get("publisher"),
        )
        for feature, label, (value, start, end, source, state) in zip(
            profiles.features, _labels(profiles), cells.iter_rows(), strict=True
        )
    ]


@cached
def _standings(profiles: Profiles, row: int) -> tuple[list[float], dict[str, list[int]]]:
    """The standings of one organisation, feature by feature; dimension -> the columns in which it has one."""
    standings: list[float] = profiles.standings[row].tolist()
    known: dict[str, list[int]] = {}
    for at, (feature, standing) in enumerate(zip(profiles.features, standings, strict=True)):
        if not math.isnan(standing):
            known.setdefault(feature.dimension, []).append(at)
    return standings, known


@cached
def _n_known(profiles: Profiles, org_type: str) -> list[int]:
    """Of how many of a type each feature is known; of how many of all, where it is compared across types."""
    across = np.array([feature.across_types for feature in profiles.features])
    known = ~np.isnan(profiles.values)
    same = (profiles.types == org_type)[:, None]
    counts: list[int] = (known & (same | across)).sum(axis=0).tolist()
    return counts
