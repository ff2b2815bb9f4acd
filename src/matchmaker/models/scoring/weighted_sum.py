"""The default method: the evidence fit, a weighted sum of criteria (simple additive weighting)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from matchmaker.cache import cached
from matchmaker.features.profiles import Profiles
from matchmaker.models.arrangement import Arrangement, Criterion
from matchmaker.models.scoring import focus_areas
from matchmaker.models.scoring.criteria import criterion_values, known_of, n_known_pairs, standing, strength
from matchmaker.models.scoring.geography import kilometres_from, nearest_sites_from
from matchmaker.models.scoring.phrases import FEWEST_FOR_PERCENT, Peers, describe_criterion
from matchmaker.models.scoring.ranker import Component, Scores
from matchmaker.models.scoring.records import relations
from matchmaker.typing import Floats, Mask, Rows

Needs = tuple[tuple[int, float], ...]
"""Columns, and how much strength in each counts."""
_OF_CANDIDATE = {"standing", "load", "spread"}
"""Forms whose values and sentences are those of the candidate, whoever the recipient is: they are kept."""
Saying = Callable[[float | None, int], str]
"""Puts a value of a criterion and a candidate into words."""
MAX_CACHED = 50_000
"""Among so many candidates the criterion values of one recipient are cached: other weights change none."""
BASE_VALUE = 0.5
"""Where every candidate begins: neither for nor against. A criterion moves it by its distance from 0.5; an
unknown one does not move it."""


def weighted_sum(values: Floats, weights: Floats) -> Scores:
    """The weighted mean of the criteria, an unknown one counting as the middle, decomposed.

    Args:
        values: (k, r, n) criteria in 0 to 1; NaN is unknown.
        weights: (k,) not negative, at least one above 0.

    Returns:
        `BASE_VALUE` plus contributions w (value - BASE_VALUE) / W, W being the sum of all weights. So what
        is unknown neither helps nor harms, and a figure that comes out or goes out of date moves only its own
        contribution.
    """
    known, weight, total = ~np.isnan(values), weights[:, None, None], sum(weights.tolist())
    contributions = np.where(known, weight * (np.nan_to_num(values) - BASE_VALUE) / total, 0.0)
    fit = np.full(values.shape[1:], BASE_VALUE)
    coverage = np.zeros(values.shape[1:])
    for part, covered in zip(contributions, np.where(known, weight, 0.0), strict=True):
        fit += part
        coverage += covered
    return Scores(BASE_VALUE, values, contributions, fit, coverage / total)


def weighted_sums(values: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """`weighted_sum` for one recipient under many weights at once, not decomposed.

    Args:
        values: (k, n) criteria in 0 to 1; NaN is unknown.
        weights: (d, k) not negative, in each row at least one above 0.

    Returns:
        (d, n) scores and coverage.
    """
    known, shares = ~np.isnan(values), weights / weights.sum(axis=1, keepdims=True)
    return BASE_VALUE + shares @ np.where(known, values - BASE_VALUE, 0.0), shares @ known


class WeightedSumRanker:
    """The evidence-weighted fit of one arrangement.

    Args:
        profiles: as of the day asked about.
        arrangement: its criteria and weights.
        areas: names of focus areas, the same for every recipient; by default each one's weakest.
        spread: (n_organisations,) for the criterion of that form, see `demand.spread_of`; None is unknown.

    Raises:
        InvalidParameter: an area is unknown or has no direction, or there are more than three.
    """

    name = "evidence"

    def __init__(
        self,
        profiles: Profiles,
        arrangement: Arrangement,
        areas: Sequence[str] = (),
        spread: Floats | None = None,
    ) -> None:
        self.profiles = profiles
        self._spread = spread
        self.arrangement = arrangement
        self._codes = profiles.organisations["code"].to_list()
        self.focus = tuple(areas)
        self.unweighted = tuple(map(_without_weight, arrangement.criteria))
        self._named_areas = focus_areas.columns_named(profiles, areas) if areas else None
        self._is_of_service = bool(self._named_areas) and all(
            profiles.features[at].across_types for at in self._named_areas or ()
        )
        self.weights = np.array([criterion.weight for criterion in arrangement.criteria])
        self.version = f"{arrangement.name}-{arrangement.version}"
        self.components = tuple(map(_component, arrangement.criteria))
        self._said: dict[tuple[int, int], tuple[float | None, str]] = {}

    def areas(self, recipient: int) -> tuple[int, ...]:
        """The columns of a recipient's focus areas."""
        return (
            focus_areas.weakest_areas(self.profiles, recipient)
            if self._named_areas is None
            else self._named_areas
        )

    def check_focus(self, recipient: int) -> None:
        """Refuse areas that were named and are known of nobody of the recipient's type.

        Raises:
            InvalidParameter: with the areas that there are.
        """
        if self._named_areas is not None and not self._is_of_service:
            focus_areas.check_known(self.profiles, self._named_areas, recipient)

    def needs(self, recipient: int) -> Mapping[int, float]:
        """Column -> how much strength in it counts for a recipient; areas that were named count alike."""
        if self._named_areas is None:
            return focus_areas.needs(self.profiles, recipient)
        return dict.fromkeys(self._named_areas, 1.0)

    def scores(self, recipients: Rows) -> Scores:
        """Fits of any recipients with all candidates; see `Ranker.scores`."""
        values = self._criterion_values(recipients)
        if self._spread is not None:
            values = values.copy()
            for k, criterion in enumerate(self.arrangement.criteria):
                if criterion.form == "spread":
                    values[k] = self._spread
        return weighted_sum(values, self.weights)

    def _criterion_values(self, recipients: Rows) -> Floats:
        """(k, r, n) every criterion but spread, for any recipients and all candidates."""
        types, n = self.profiles.types[recipients], len(self.profiles.types)
        needs = [self.needs(row) for row in recipients.tolist()]
        if len(recipients) == 1 and n <= MAX_CACHED:
            return _values_of_one(self.profiles, self.unweighted, int(recipients[0]), tuple(needs[0].items()))
        values = np.empty((len(self.weights), len(recipients), n))
        for org_type in sorted(set(types.tolist())):  # np.unique would import masked arrays
            at = np.flatnonzero(types == org_type)
            values[:, at] = criterion_values(
                self.profiles, self.unweighted, str(org_type), recipients[at], [needs[one] for one in at]
            )
        return values

    def describe(self, component: int, value: float | None, recipient: int, candidate: int) -> str:
        """What a criterion says of a pair."""
        return self.describer(recipient)(component, value, candidate)

    def describer(self, recipient: int) -> Callable[[int, float | None, int], str]:
        """`describe` for one recipient: what is the same for all its candidates is looked up once."""
        sayings: dict[int, Saying] = {}
        criteria, said = self.arrangement.criteria, self._said

        def describe(component: int, value: float | None, candidate: int) -> str:
            kept = said.get((component, candidate))
            if kept is not None and kept[0] == value:
                return kept[1]
            if component not in sayings:
                sayings[component] = self._saying(criteria[component], recipient)
            text = sayings[component](value, candidate)
            if criteria[component].form in _OF_CANDIDATE:
                said[component, candidate] = value, text
            return text

        return describe

    def _saying(self, criterion: Criterion, recipient: int) -> Saying:
        """What one criterion says of a value and a candidate."""
        profiles, sector = self.profiles, self.profiles.sector
        own = str(profiles.types[recipient])
        match criterion.form:
            case "proximity":
                away = nearest_sites_from if criterion.to_nearest else kilometres_from
                km = away(profiles, recipient)
                return lambda value, at: describe_criterion(criterion, value, own, sector, km=float(km[at]))
            case "relationship":
                codes, code = self._codes, self._codes[recipient]
                counted = relations(profiles.snapshot, profiles.as_of, criterion.joint_leadership)
                return lambda value, at: describe_criterion(
                    criterion, value, own, sector, record=counted.get(frozenset((code, codes[at])))
                )
            case "similarity":
                n_pairs = n_known_pairs(profiles, criterion.dimension or "", own)

                few = 0 < n_pairs < FEWEST_FOR_PERCENT

                def similar(value: float | None, _: int) -> str:
                    below = round((value or 0.0) * n_pairs)
                    peers = Peers(n_pairs, below, n_pairs - below) if few else None
                    return describe_criterion(criterion, value, own, sector, peers=peers)

                return similar
            case "strength" | "standing" | "standing_of_both":
                return self._standing_saying(criterion, recipient)
            case _:
                return lambda value, at: describe_criterion(criterion, value, own, sector)

    def _standing_saying(self, criterion: Criterion, recipient: int) -> Saying:
        """What a standing, of the candidate or of the weaker of both, says of a value and a candidate."""
        profiles, sector, types = self.profiles, self.profiles.sector, self.profiles.types
        of_strength, of_both = criterion.form == "strength", criterion.form == "standing_of_both"
        all_types = of_strength and self._is_of_service
        of: str | Needs = tuple(self.needs(recipient).items()) if of_strength else criterion.dimension or ""
        measured, own = _measured(profiles, of), str(types[recipient])
        of_type: dict[str, Floats] = {}

        def peers(value: float, at: int, org_type: str) -> Peers:
            if org_type not in of_type:
                of_type[org_type] = _in_order(profiles.reference, of, None if all_types else org_type)
            others = of_type[org_type]
            published = measured.as_published[at]  # it is no other to itself
            counted = not math.isnan(published) and bool(all_types or measured.same_type[at])
            n, below, above = len(others) - counted, 0, 0
            if n < FEWEST_FOR_PERCENT:
                below = int(others.searchsorted(value)) - (counted and bool(published < value))
                over = n + counted - int(others.searchsorted(value, "right"))
                above = over - (counted and bool(published > value))
            if value != measured.values[at]:  # only imagined, so of no known number of figures
                return Peers(n, below, above)
            return Peers(n, below, above, int(measured.known[at]), int(measured.expected[at]))

        def say(value: float | None, candidate: int) -> str:
            other, at = str(types[candidate]), candidate
            if of_both and measured.values[recipient] < measured.values[candidate]:
                at = recipient
            among = None if value is None else peers(value, at, own if at == recipient else other)
            kind = other if not of_both or own == other else None
            return describe_criterion(criterion, value, kind, sector, of_service=all_types, peers=among)

        return say


@cached
def _values_of_one(
    profiles: Profiles, criteria: tuple[Criterion, ...], recipient: int, needs: Needs
) -> Floats:
    """(k, 1, n) `criterion_values` of one recipient that needs this."""
    org_type = str(profiles.types[recipient])
    return criterion_values(profiles, criteria, org_type, np.array([recipient]), [dict(needs)])


class _Measured(NamedTuple):
    """A standing or a strength of every organisation, (n_organisations,) each, and what it is known from."""

    values: Floats
    as_published: Floats
    """Without a user's own data; NaN where that is unknown."""
    same_type: Mask
    """Whether it is of the type that it is published as."""
    known: Floats
    expected: Floats


def _values(profiles: Profiles, of: str | Needs) -> Floats:
    """(n_organisations,) the standing in a dimension, or the strength where a recipient needs it."""
    return standing(profiles, of) if isinstance(of, str) else strength(profiles, dict(of))


@cached
def _measured(profiles: Profiles, of: str | Needs) -> _Measured:
    columns = profiles.of_dimension(of) if isinstance(of, str) else [column for column, _ in of]
    published, rows = profiles.reference, profiles.reference_rows
    return _Measured(
        _values(profiles, of),
        np.where(rows >= 0, _values(published, of)[rows], np.nan),
        published.types[rows] == profiles.types,
        *known_of(profiles, columns),
    )


@cached
def _in_order(profiles: Profiles, of: str | Needs, org_type: str | None) -> Floats:
    """What `_measured` gives that is known, of one type or of all, in order."""
    values = _values(profiles, of)
    return np.sort(values[~np.isnan(values) & (org_type is None or profiles.types == org_type)])


@lru_cache(maxsize=256)
def _without_weight(one: Criterion) -> Criterion:
    return one.model_copy(update={"weight": 0.0})


@lru_cache(maxsize=256)
def _component(one: Criterion) -> Component:
    dimension = "size" if one.form == "capacity" else one.dimension
    of_focus = one.form == "strength"
    return Component(one.name, one.label, one.weight, one.evidence, dimension, of_focus=of_focus)
