"""The figures behind each reason, both sides, and where a candidate is weak in part of what is weighed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from itertools import accumulate, pairwise
from typing import Literal, NamedTuple

import numpy as np

from matchmaker.cache import Kept, cached
from matchmaker.dates import format_period
from matchmaker.features.definition import Feature
from matchmaker.features.formatting import format_value, join_and, with_minus
from matchmaker.features.profiles import Profiles
from matchmaker.features.states import NOT_APPLICABLE
from matchmaker.models.arrangement import Arrangement, Criterion
from matchmaker.models.explanation.contributions import is_reason
from matchmaker.models.key_facts import fact_definitions
from matchmaker.models.reason import (
    DOES_NOT_APPLY,
    Part,
    Reason,
    ReasonFigure,
    about,
    both_sides,
    in_figures,
    yours,
)
from matchmaker.models.scoring.criteria import comparable
from matchmaker.models.scoring.phrases import FEWEST_FOR_PERCENT, percent_1_99
from matchmaker.models.scoring.ranker import Scores
from matchmaker.models.scoring.weighted_sum import WeightedSumRanker
from matchmaker.sector import Sector
from matchmaker.typing import Floats, Mask, Rows

MAX_KEPT, TOLD_BYTES = 20, 5_000
"""Options of one recipient that are kept in words, and what each takes, about."""
TOLD = 3
"""At most so many figures stand behind a reason."""
WEAK_WHERE_NEEDED, WEAKEST = 0.4, 0.2
"""A standing at or below the first is weak where strength is looked for; at or below the second, anywhere."""
UNLIKE = 1.5
"""Robust units from which on two that are alike as a whole are unlike in a feature."""
_OF_LIKENESS = {"similarity", "capacity"}
"""Forms of criteria for which the figures of both sides are compared one by one."""
Side = Literal["for", "against"]


class ReasonDraft(NamedTuple):
    """A reason in words, and the columns of the figures behind it."""

    side: Side
    criterion: str
    sentence: str
    text: str
    """The sentence with its figures; the same as `Reason.text`."""
    columns: Sequence[int] = ()
    opposing: Sequence[int] = ()
    """Columns that speak against what it says, and are told for that."""
    partial: bool = False


class Weighed(NamedTuple):
    """What the criteria say of one pair, in numbers."""

    told: list[tuple[int, float, bool]]
    """Of each that is a reason: criterion, value, whether it speaks for the candidate; weightiest first."""
    unknown: list[int]
    """The criteria that are weighed and not known."""
    apart: dict[int, tuple[list[int], list[int]]]
    """Criterion of likeness that is a reason -> the columns behind it, and those that oppose it."""


def weigh(
    ranker: WeightedSumRanker, fits: Sequence[Scores], recipients: Sequence[int], shown: Sequence[Rows]
) -> list[list[Weighed]]:
    """Which criteria are reasons for or against the options of some lists: all pairs of all lists at once.

    What is near the middle (`MIDDLE_BAND`) is neither.

    Args:
        ranker: whose criteria.
        fits: (k, 1, m) of each recipient with its options.
        recipients: their rows.
        shown: (m,) of each, the rows of the options.

    Returns:
        For each recipient, in the order of its options.
    """
    lengths = [len(rows) for rows in shown]
    values = np.concatenate([one.values[:, 0] for one in fits], axis=1)
    contributions = np.concatenate([one.contributions[:, 0] for one in fits], axis=1)
    out = weigh_pairs(values, contributions, ranker.weights)
    likeness = [k for k, one in enumerate(ranker.arrangement.criteria) if one.form in _OF_LIKENESS]
    if likeness:
        own, others = np.repeat(recipients, lengths), np.concatenate(shown)
        told = is_reason(values[likeness], contributions[likeness]).T
        _tell_likeness(ranker, likeness, out, told, contributions[likeness].T > 0, own, others)
    return [out[first:last] for first, last in pairwise([0, *accumulate(lengths)])]


def weigh_pairs(values: Floats, contributions: Floats, weights: Floats) -> list[Weighed]:
    """What the criteria say of some pairs, the figures behind it left out.

    Args:
        values, contributions: (k, p); NaN is unknown.
        weights: (k,).
    """
    told = is_reason(values, contributions)
    heaviest = np.argsort(-np.abs(contributions), axis=0, kind="stable").T
    pair = np.arange(len(heaviest))[:, None]
    in_order = told.T[pair, heaviest]
    found = list(
        zip(
            heaviest[in_order].tolist(),
            values.T[pair, heaviest][in_order].tolist(),
            (contributions.T[pair, heaviest][in_order] > 0).tolist(),
            strict=True,
        )
    )
    ends = [0, *accumulate(in_order.sum(axis=1).tolist())]
    out = [Weighed(found[first:last], [], {}) for first, last in pairwise(ends)]
    for at, k in np.argwhere((np.isnan(values) & (weights > 0)[:, None]).T).tolist():
        out[at].unknown.append(k)
    return out


def _tell_likeness(
    ranker: WeightedSumRanker,
    likeness: Sequence[int],
    out: Sequence[Weighed],
    told: Mask,
    is_for: Mask,
    own: Rows,
    others: Rows,
) -> None:
    """Add to what is weighed of some pairs how alike they are: which figures say most for it, or against.

    Args:
        ranker: whose criteria.
        likeness: those of likeness (c).
        out: of each pair.
        told: (p, c) which of them are reasons.
        is_for: (p, c) whether they speak for the candidate.
        own, others: (p,) rows of the recipients and of the candidates.
    """
    profiles, criteria = ranker.profiles, [ranker.arrangement.criteria[k] for k in likeness]
    dimensions = tuple([one.dimension or "size" for one in criteria])
    types = profiles.types[own]
    for org_type in sorted(set(types.tolist())):
        columns, scaled = _comparable(profiles, dimensions, org_type)
        at = np.flatnonzero(types == org_type)
        gaps = np.abs(scaled[own[at]] - scaled[others[at]])  # (p, c, columns)
        nearest = columns[np.arange(len(columns))[:, None], gaps.argsort(axis=2, kind="stable")].tolist()
        n_known = np.count_nonzero(gaps == gaps, axis=2).tolist()  # the unknown stand last
        widest = np.fmax.reduce(gaps, axis=2).tolist()
        rows, speaks_for = at.tolist(), is_for[at].tolist()
        for one, c in np.argwhere(told[at]).tolist():
            n, found = n_known[one][c], nearest[one][c]
            behind: tuple[list[int], list[int]]
            if criteria[c].form == "capacity":
                behind = found[: min(n, TOLD)], []
            elif not speaks_for[one][c]:
                behind = found[max(0, n - TOLD) : n][::-1], []
            else:
                unlike = n >= TOLD and widest[one][c] >= UNLIKE
                behind = found[: min(n, TOLD - 1)], found[n - 1 : n] if unlike else []
            out[rows[one]].apart[likeness[c]] = behind


class Told(NamedTuple):
    """All that is told of one option."""

    reasons: tuple[ReasonDraft, ...]
    """What speaks for it, then what against."""
    speaks_for: tuple[str, ...]
    """The first in words."""
    against: tuple[str, ...]
    """The others in words."""


_Asked = tuple[int, tuple[tuple[int, float, bool], ...], tuple[str, ...]]
"""Candidate, what is weighed of it and what speaks against the pair as such."""


class Telling:
    """Puts what is weighed of the options of one recipient into words.

    Args:
        ranker: whose criteria.
        recipient: its row.
    """

    def __init__(self, ranker: WeightedSumRanker, recipient: int) -> None:
        self.profiles, self.criteria = ranker.profiles, ranker.arrangement.criteria
        self.areas = ranker.areas(recipient)
        self.describe = ranker.describer(recipient)
        self.own = _figures_of(ranker.profiles, recipient)
        self.may_be_weak = _may_be_weak(ranker.arrangement, ranker.profiles.sector)
        self._kept = _kept(ranker.profiles, recipient, ranker.unweighted, self.may_be_weak, ranker.focus)

    def unknowns(self, weighed: Weighed, candidate: int) -> tuple[str, ...]:
        """What is weighed and not known of a candidate, in sentences; the weightiest first."""
        if not weighed.unknown:
            return ()
        by_weight = sorted(weighed.unknown, key=lambda k: -self.criteria[k].weight)
        return tuple([self.describe(k, None, candidate) for k in by_weight])

    def told(self, weighed: Weighed, candidate: int, structural: Sequence[str] = ()) -> Told:
        """What speaks for a candidate, then what against: structural reasons first, then the weightiest.

        Args:
            weighed: what the criteria say of the pair.
            candidate: its row.
            structural: sentences on what speaks against the pair as such.
        """
        key = candidate, tuple(weighed.told), tuple(structural)
        told = self._kept.get(key)
        if told is None:
            speaks_for, against = self._reasons(weighed, candidate, structural)
            texts = [[one.text for one in side] for side in (speaks_for, against)]
            self._kept[key] = told = Told((*speaks_for, *against), tuple(texts[0]), tuple(texts[1]))
        return told

    def _reasons(
        self, weighed: Weighed, candidate: int, structural: Sequence[str]
    ) -> tuple[list[ReasonDraft], list[ReasonDraft]]:
        """What speaks for a candidate, and what against."""
        figures = _figures_of(self.profiles, candidate)
        speaks_for: list[ReasonDraft] = []
        against: list[ReasonDraft] = []
        for k, value, is_for in weighed.told:
            criterion = self.criteria[k]
            columns, opposing = weighed.apart.get(k) or (self._telling(criterion, figures, is_for), ())
            sentence = self.describe(k, value, candidate)
            side: Side = "for" if is_for else "against"
            draft = self._draft(side, criterion.name, sentence, figures, columns, opposing)
            (speaks_for if is_for else against).append(draft)
        named = [one.criterion for one in against]
        seen = {column for one in against for column in (*one.columns, *one.opposing)}
        where_needed: list[ReasonDraft] = []
        elsewhere: list[ReasonDraft] = []
        for criterion, sentence in self.may_be_weak:
            of_focus = criterion.form == "strength"
            weak = self._weak_areas(figures) if of_focus else figures.weakest.get(criterion.dimension or "")
            if weak and criterion.name not in named:
                weak = [at for at in weak if at not in seen]
                seen.update(weak)
                if weak:
                    out = where_needed if of_focus else elsewhere
                    told = weak[:TOLD]
                    out.append(self._draft("against", criterion.name, sentence, figures, told, partial=True))
        own = [self._draft("against", "", sentence, figures) for sentence in structural]
        return speaks_for, [*own, *where_needed, *against, *elsewhere]

    def _telling(self, criterion: Criterion, figures: _Figures, is_for: bool) -> Sequence[int]:
        """The columns that say most for what a reason says of the candidate."""
        if criterion.form == "strength":
            turn, standings = -1.0 if is_for else 1.0, figures.standings
            telling = [at for at in self.areas if turn * (standings[at] - 0.5) < 0]
            return sorted(telling, key=lambda at: (turn * standings[at], at))[:TOLD]
        if criterion.form in {"standing", "standing_of_both"}:
            return (figures.strong if is_for else figures.low).get(criterion.dimension or "", ())
        return ()

    def _weak_areas(self, figures: _Figures) -> list[int]:
        """The focus areas in which a candidate is weak; the weakest first."""
        standings = figures.standings
        weak = [at for at in self.areas if standings[at] <= WEAK_WHERE_NEEDED]
        return sorted(weak, key=lambda at: (standings[at], at))

    def _draft(
        self,
        side: Side,
        criterion: str,
        sentence: str,
        figures: _Figures,
        columns: Sequence[int] = (),
        opposing: Sequence[int] = (),
        *,
        partial: bool = False,
    ) -> ReasonDraft:
        """A reason with the figures of a candidate beside the recipient's."""
        parts: list[Part] = []
        for at in (*columns, *opposing):
            start, period, publication, place = figures.theirs[at]
            text = both_sides(start, *self.own.yours[at], period, place if partial else "")
            parts.append((text, publication))
        n = len(columns)
        text = in_figures(sentence, parts[:n], parts[n:])
        return ReasonDraft(side, criterion, sentence, text, columns, opposing, partial)

    def reason(self, told: ReasonDraft, candidate: int) -> Reason:
        """A reason with the figures of both sides."""
        others = _figures_of(self.profiles, candidate).texts
        own = self.own.texts
        figures = [self._figure(own[at], others[at], told.partial, False) for at in told.columns]
        figures += [self._figure(own[at], others[at], False, True) for at in told.opposing]
        return Reason(told.side, told.criterion, told.sentence, tuple(figures), told.partial)

    def _figure(self, own: _FigureText, other: _FigureText, placed: bool, opposes: bool) -> ReasonFigure:
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
            other.place if placed else "",
            opposes,
        )


@cached
def _kept(
    profiles: Profiles,  # noqa: ARG001
    recipient: int,  # noqa: ARG001
    criteria: tuple[Criterion, ...],  # noqa: ARG001
    may_be_weak: tuple[tuple[Criterion, str], ...],  # noqa: ARG001
    areas: tuple[str, ...],  # noqa: ARG001
) -> Kept[_Asked, Told]:
    """What is kept of the options of a recipient; it holds whatever the weights are."""
    return Kept(MAX_KEPT, TOLD_BYTES)


@cached
def _may_be_weak(arrangement: Arrangement, sector: Sector) -> tuple[tuple[Criterion, str], ...]:
    """The criteria in part of which a candidate may be weak, with what is said then; those of focus first.

    Of the criteria the weights are left out.
    """
    out = []
    for form in ("strength", "standing"):
        for one in arrangement.criteria:
            if one.form == form and one.weight > 0:
                dimension = sector.dimensions.get(one.dimension or "")
                phrase = dimension.phrase if dimension else one.label
                where = "where strength is looked for" if form == "strength" else f"in part of its {phrase}"
                out.append((one.model_copy(update={"weight": 0.0}), f"Weak itself {where}."))
    return tuple(out)


def nothing_against(unknown: Sequence[str], unchecked: Sequence[str], unknown_facts: Sequence[str]) -> str:
    """What to say where nothing speaks against a candidate: that all was looked at, or what was not.

    Args:
        unknown: labels of the criteria that are unknown.
        unchecked: labels of rules that could not be applied.
        unknown_facts: labels of the facts that are unknown.
    """
    missing = list(dict.fromkeys([*unknown, *unchecked, *unknown_facts]))
    if not missing:
        return "Nothing speaks against it in what was looked at, and all of it is known."
    lowered = join_and([f"\u201c{one}\u201d" for one in missing])
    return f"No known figure is a reason against it, but this could not be checked: {lowered}."


@cached
def _comparable(profiles: Profiles, dimensions: tuple[str, ...], org_type: str) -> tuple[Rows, Floats]:
    """(c, w) the columns of some dimensions that are compared, and (n, c, w) their figures in robust units.

    Dimensions with fewer columns than others are filled up with unknown figures.
    """
    compared = [comparable(profiles, one, org_type) for one in dimensions]
    shape = len(compared), max(1, *map(len, compared))
    columns = np.zeros(shape, dtype=np.intp)
    scaled = np.full((len(profiles.types), *shape), np.nan)
    for c, own in enumerate(compared):
        columns[c, : len(own)] = own
        scaled[:, c, : len(own)] = profiles.scaled_as(org_type)[:, own]
    return columns, scaled


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
    place: str
    """Than how many of its type it is worse; empty among few."""


class _Figures(NamedTuple):
    """The figures of one organisation, feature by feature, and how it stands in them."""

    texts: list[_FigureText]
    standings: list[float]
    """NaN is unknown."""
    theirs: list[tuple[str, str, str, str]]
    """Of a candidate: label and value, period, period with publisher, and place."""
    yours: list[tuple[str, str]]
    """Of a recipient: how the value is told beside another's, and its period."""
    strong: dict[str, list[int]]
    """Dimension -> the columns in which it stands highest, above the middle; the highest first."""
    low: dict[str, list[int]]
    """Dimension -> the columns in which it stands lowest, below the middle; the lowest first."""
    weakest: dict[str, list[int]]
    """Dimension -> all columns in which it stands among the weakest; the lowest first."""


@cached
def _figures_of(profiles: Profiles, row: int) -> _Figures:
    standings: list[float] = profiles.standings[row].tolist()
    known = [at for at, standing in enumerate(standings) if not math.isnan(standing)]
    strong: dict[str, list[int]] = {}
    low: dict[str, list[int]] = {}
    weakest: dict[str, list[int]] = {}
    for at in sorted(known, key=lambda at: (standings[at], at)):
        dimension = profiles.features[at].dimension
        if standings[at] < 0.5 and len(low.setdefault(dimension, [])) < TOLD:
            low[dimension].append(at)
        if standings[at] <= WEAKEST:
            weakest.setdefault(dimension, []).append(at)
    for at in sorted(known, key=lambda at: (-standings[at], at)):
        dimension = profiles.features[at].dimension
        if standings[at] > 0.5 and len(strong.setdefault(dimension, [])) < TOLD:
            strong[dimension].append(at)
    texts = _texts(profiles, row, standings)
    return _Figures(
        texts,
        standings,
        [
            (f"{one.label} {one.text}", one.period, about(one.period, one.publisher), one.place)
            for one in texts
        ],
        [(yours(one.text), one.period) for one in texts],
        strong,
        low,
        weakest,
    )


def _texts(profiles: Profiles, row: int, standings: Sequence[float]) -> list[_FigureText]:
    width, sources = len(profiles.features), profiles.snapshot.sources
    columns = ("value", "period_start", "period_end", "source", "state")
    cells = profiles.cells.slice(row * width, width).select(columns)
    labels, n_known = _labels(profiles), _n_known(profiles, str(profiles.types[row]))
    out = []
    for at, (value, start, end, source, state) in enumerate(cells.iter_rows()):
        feature, label, standing = profiles.features[at], labels[at], standings[at]
        text = _bare(figure_text(profiles, feature, value), feature)
        text = DOES_NOT_APPLY if state == NOT_APPLICABLE else text
        period = "" if end is None or value is None else format_period(start or end, end)
        publisher = sources.get(source or "", {}).get("publisher")
        placed = n_known[at] >= FEWEST_FOR_PERCENT and not math.isnan(standing)
        place = f"worse than {100 - percent_1_99(standing)} in 100" if placed else ""
        out.append(_FigureText(feature.name, label, value, text, period, end, source, publisher, place))
    return out


@cached
def _n_known(profiles: Profiles, org_type: str) -> list[int]:
    """Of how many of a type each feature is known; of how many of all, where it is compared across types."""
    across = np.array([feature.across_types for feature in profiles.features])
    known = ~np.isnan(profiles.values)
    same = (profiles.types == org_type)[:, None]
    counts: list[int] = (known & (same | across)).sum(axis=0).tolist()
    return counts
