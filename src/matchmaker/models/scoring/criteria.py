"""Criteria: numbers in 0 to 1 about a recipient and every candidate; NaN is unknown.

Everything is added up element by element, feature by feature, so that one recipient and many give
the same bits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from matchmaker.cache import cached, cached_apart_from_figures
from matchmaker.features.profiles import Profiles
from matchmaker.models.arrangement import Criterion
from matchmaker.models.scoring.alike import alike
from matchmaker.models.scoring.geography import kilometres, kilometres_to_nearest
from matchmaker.models.scoring.records import helping, relations
from matchmaker.models.scoring.size import size_ratios
from matchmaker.models.scoring.standings import steady_standings
from matchmaker.typing import Floats, Rows

MIN_KNOWN_SHARE = 0.5
"""A feature is compared among a type where it is known of at least this share of the organisations."""
MIDDLE = 0.5
"""A standing that speaks neither for nor against."""
NO_RECORD, ON_RECORD = 0.5, 1.0
"""What no joint work and joint work on record are worth as a relationship; a judgement."""
LITTLE = 1e-9
MAX_SQUARE, N_SAMPLED = 1_500, 200_000
"""Of a type with more organisations than the first, a sample of so many pairs stands for all of them: a
share of them is then known to about 1 in 1,000."""


def similarity_distances(profiles: Profiles, dimension: str, org_type: str, recipients: Rows) -> Floats:
    """Root mean square difference over the features that both know, in robust units.

    Args:
        profiles: as of the day.
        dimension: whose features count (those with `similar`).
        org_type: the type whose median and spread are the units.
        recipients: (r,) rows.

    Returns:
        (r, n_organisations); NaN where fewer than half of the comparable features are known of both.
    """
    scaled, known = compared(profiles, dimension, org_type)
    total = np.zeros((len(recipients), len(known)))
    gap = np.empty_like(total)
    for feature in scaled:
        np.subtract(feature[recipients, None], feature, out=gap)
        np.multiply(gap, gap, out=gap)
        total += np.fmax(gap, 0.0, out=gap)  # a difference that is unknown adds nothing
    shared = known[recipients] @ known.T  # counts, so exact however they are added up
    enough = shared >= max(1.0, len(scaled) / 2)
    distance: Floats = np.sqrt(np.divide(total, shared, out=np.full_like(total, np.nan), where=enough))
    return distance


@cached
def compared(profiles: Profiles, dimension: str, org_type: str) -> tuple[Floats, Floats]:
    """(f, n) the comparable features in robust units; (n, f) 1 where they are known, else 0."""
    columns = comparable(profiles, dimension, org_type)
    scaled = np.ascontiguousarray(profiles.scaled_as(org_type)[:, columns].T)
    return scaled, (~np.isnan(scaled.T)).astype(float)


@cached
def comparable(profiles: Profiles, dimension: str, org_type: str) -> list[int]:
    """The columns of a dimension that count in similarity and are known of enough organisations of a type."""
    published = profiles.reference
    members = published.values[published.types == org_type]
    common = (~np.isnan(members)).sum(axis=0) >= max(1.0, MIN_KNOWN_SHARE * len(members))
    return [
        at for at in profiles.of_dimension(dimension) if profiles.features[at].similar and bool(common[at])
    ]


def closeness(profiles: Profiles, dimension: str, org_type: str, recipients: Rows) -> Floats:
    """Similarity as the share of all published pairs of this type that are further apart; ties count half.

    Returns:
        (r, n_organisations) in 0 to 1; NaN where the distance is unknown.
    """
    steps, nearer = _pair_distances(profiles.reference, dimension, org_type)
    distance = similarity_distances(profiles, dimension, org_type, recipients)
    if steps.size == 0:
        return np.full_like(distance, np.nan)
    at = np.searchsorted(steps, distance)
    tied = steps[np.minimum(at, steps.size - 1)] == distance
    share = 1.0 - (nearer[at] + nearer[at + tied]) / (2 * nearer[-1])
    return np.where(np.isnan(distance), np.nan, share)


def closeness_across_types(profiles: Profiles, dimension: str, recipients: Rows) -> Floats:
    """`closeness` of recipients of any types, each measured among its own.

    Returns:
        (r, n_organisations) in 0 to 1; NaN where the distance is unknown.
    """
    types = profiles.types[recipients]
    out = np.empty((len(recipients), len(profiles.types)))
    for org_type in np.unique(types):
        at = np.flatnonzero(types == org_type)
        out[at] = closeness(profiles, dimension, str(org_type), recipients[at])
    return out


def n_known_pairs(profiles: Profiles, dimension: str, org_type: str) -> int:
    """Among how many pairs of one type closeness is measured."""
    return int(_pair_distances(profiles.reference, dimension, org_type)[1][-1])


@cached
def _pair_distances(profiles: Profiles, dimension: str, org_type: str) -> tuple[Floats, NDArray[np.intp]]:
    """Known distances between two of one type: all, or of a fixed sample where they are many.

    Returns:
        (s,) the distances, in order and each once; (s + 1,) how many pairs are nearer than each, and
        last how many pairs there are.
    """
    members = np.flatnonzero(profiles.types == org_type)
    if len(members) > MAX_SQUARE:
        pairs = _sampled(profiles, dimension, org_type, members)
    else:
        square = similarity_distances(profiles, dimension, org_type, members)[:, members]
        pairs = square[np.triu_indices(len(members), k=1)]
    steps, counts = np.unique(pairs[~np.isnan(pairs)], return_counts=True)
    return steps, np.concatenate([[0], np.cumsum(counts)])


def _sampled(profiles: Profiles, dimension: str, org_type: str, members: Rows) -> Floats:
    """(`N_SAMPLED`,) distances of a sample of pairs that is the same whenever the members are."""
    scaled, _ = compared(profiles, dimension, org_type)
    chance = np.random.default_rng(0)
    one, step = chance.integers(0, len(members), N_SAMPLED), chance.integers(1, len(members), N_SAMPLED)
    left, right = members[one], members[(one + step) % len(members)]
    total, shared = np.zeros(N_SAMPLED), np.zeros(N_SAMPLED)
    for feature in scaled:
        gap = feature[left] - feature[right]
        known = ~np.isnan(gap)
        total += np.where(known, gap * gap, 0.0)
        shared += known
    enough = shared >= max(1.0, len(scaled) / 2)
    distance: Floats = np.sqrt(np.divide(total, shared, out=np.full_like(total, np.nan), where=enough))
    return distance


@cached
def standing(profiles: Profiles, dimension: str) -> Floats:
    """Mean standing of each organisation among its type over the features it knows, steadied over a year.

    It is shrunk toward the middle by the share of features that are unknown: see `shrunk`.

    Returns:
        (n_organisations,) in 0 to 1; NaN where none of the dimension's features with a direction is known.
    """
    columns = profiles.of_dimension(dimension)
    return _mean_standing(profiles, columns, [1.0] * len(columns), fewest=1.0)


def strength(profiles: Profiles, needs: Mapping[int, float]) -> Floats:
    """Standing of each organisation among its type where a recipient needs it.

    It is shrunk toward the middle by the share of what counts that is unknown: see `shrunk`.

    Args:
        profiles: as of the day.
        needs: column -> how much it counts; see `focus_areas.needs`.

    Returns:
        (n_organisations,) in 0 to 1; NaN where less than half of what counts is known, or nothing does.
    """
    return _strength(profiles, tuple(needs.items()))


@cached
def _strength(profiles: Profiles, needs: tuple[tuple[int, float], ...]) -> Floats:
    weights = [weight for _, weight in needs]
    columns = [column for column, _ in needs]
    return _mean_standing(profiles, columns, weights, fewest=max(LITTLE, sum(weights) / 2))


def shrunk(mean: Floats, known: Floats, expected: Floats) -> Floats:
    """A mean over some of the features of a dimension, moved toward the middle by the share that is missing.

    The one place where that is done; why so, `docs/adr/0014-standings-known-in-part.md`. The features of a
    dimension are hardly correlated, and then this is the best guess of the mean over all of them.

    Args:
        mean: (n,) in 0 to 1; NaN is unknown.
        known, expected: (n,) what the features that are known count for, and all that there are.
    """
    share = np.divide(known, expected, out=np.ones_like(known), where=expected > 0)
    return MIDDLE + (mean - MIDDLE) * share


def known_of(profiles: Profiles, columns: Sequence[int]) -> tuple[Floats, Floats]:
    """How many of some features are known of each organisation, and of how many they could be.

    Counted are features that have a direction, apply to the type and are known of anybody on the day.

    Returns:
        (n_organisations,) each, whole numbers.
    """
    _, weights = steady_standings(profiles)
    expected = _expected(profiles)
    known, could = np.zeros(len(profiles.types)), np.zeros(len(profiles.types))
    for at in columns:
        known += weights[at] > 0
        could += expected[at]
    return known, could


def _mean_standing(
    profiles: Profiles, columns: Sequence[int], counts: Sequence[float], fewest: float
) -> Floats:
    standings, weights = steady_standings(profiles)
    could = _expected(profiles)
    total, weight, known, expected = (np.zeros(len(profiles.types)) for _ in range(4))
    for at, count in zip(columns, counts, strict=True):
        total += count * weights[at] * np.nan_to_num(standings[at])
        weight += count * weights[at]
        known += count * (weights[at] > 0)
        expected += count * could[at]
    mean = np.divide(total, weight, out=np.full_like(total, np.nan), where=known >= fewest)
    return shrunk(mean, known, expected)


@cached
def _expected(profiles: Profiles) -> Floats:
    """(f, n) 1 where a feature applies to the type, has a direction and is known of anybody, else 0."""
    out = np.zeros((len(profiles.features), len(profiles.types)))
    anybody = np.any(steady_standings(profiles.reference)[1] > 0, axis=1)
    for at, feature in enumerate(profiles.features):
        if anybody[at]:
            out[at] = np.isin(profiles.types, feature.types) if feature.types else 1.0
    return out


def relationship(profiles: Profiles, recipients: Rows, joint_leadership: bool = True) -> Floats:
    """Joint work on record: `ON_RECORD` with it, less without it but in one locality, else the middle.

    Args:
        profiles: as of the day.
        recipients: (r,) rows.
        joint_leadership: whether leaders that both share, or shared, count as joint work.

    Returns:
        (r, n_organisations); never unknown, since what is not recorded speaks neither for nor against.
    """
    localities = profiles.organisations["locality"].to_numpy()
    out = np.full((len(recipients), len(localities)), NO_RECORD)
    known = _related(profiles, joint_leadership)
    for at, row in enumerate(recipients.tolist()):
        if localities[row] is not None:
            out[at, localities == localities[row]] = profiles.sector.criteria.same_locality
        out[at, known.get(row, [])] = ON_RECORD
    return out


@cached_apart_from_figures
def _related(profiles: Profiles, joint_leadership: bool) -> dict[int, list[int]]:
    """Row -> the rows of the organisations with which joint work is on record."""
    out: dict[int, list[int]] = {}
    for pair in relations(profiles.snapshot, profiles.as_of, joint_leadership):
        rows = [profiles.position[code] for code in pair if code in profiles.position]
        if len(rows) == 2:
            for one, other in (rows, reversed(rows)):
                out.setdefault(one, []).append(other)
    return out


@cached_apart_from_figures
def load(profiles: Profiles) -> Floats:
    """(n_organisations,) with how many others each is in help under way, given or received."""
    out = np.zeros(len(profiles.types))
    for partner, recipients in helping(profiles.snapshot, profiles.as_of).items():
        for code in (partner, *recipients):
            if code in profiles.position:
                out[profiles.position[code]] += len(recipients) if code == partner else 1.0
    return out


def capacity(profiles: Profiles, recipients: Rows, ratios: tuple[float, float]) -> Floats:
    """Size of the candidate beside the recipient, from 0 at the lower ratio to 1 at the upper (log scale).

    Returns:
        (r, n_organisations) in 0 to 1; NaN where no size is known of both.
    """
    low, high = np.log(ratios)
    share: Floats = np.clip((np.log(size_ratios(profiles, recipients)) - low) / (high - low), 0.0, 1.0)
    return share


def criterion_values(
    profiles: Profiles,
    criteria: Sequence[Criterion],
    org_type: str,
    recipients: Rows,
    needs: Sequence[Mapping[int, float]],
) -> Floats:
    """Every criterion for recipients of one type and all candidates.

    Args:
        profiles: as of the day.
        criteria: what is weighed.
        org_type: the type of all the recipients.
        recipients: (r,) rows.
        needs: for each recipient, what it needs a strong partner in; see `focus_areas.needs`.

    Returns:
        (n_criteria, r, n_organisations) in 0 to 1; NaN is unknown.
    """
    out = np.empty((len(criteria), len(recipients), len(profiles.types)))
    for at, criterion in enumerate(criteria):
        dimension = criterion.dimension or ""
        match criterion.form:
            case "similarity":
                out[at] = closeness(profiles, dimension, org_type, recipients)
            case "standing":
                out[at] = standing(profiles, dimension)[None, :]
            case "standing_of_both":
                own = standing(profiles, dimension)
                out[at] = np.minimum(own[recipients][:, None], own[None, :])
            case "strength":
                out[at] = [strength(profiles, one) for one in needs]
            case "capacity":
                out[at] = capacity(profiles, recipients, criterion.ratios)
            case "relationship":
                out[at] = relationship(profiles, recipients, criterion.joint_leadership)
            case "load":
                out[at] = 1.0 / (1.0 + load(profiles)[None, :])
            case "spread":
                out[at] = np.nan  # of all lists together: see `demand`
            case "proximity":
                away = kilometres_to_nearest if criterion.to_nearest else kilometres
                out[at] = np.exp2(-away(profiles, recipients) / criterion.half_km)
            case "alike":
                out[at] = alike(profiles, str(criterion.attribute), recipients)
    return out
