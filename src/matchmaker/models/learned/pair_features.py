"""Every input of the models of past practice: what is known of a pair on a day."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matchmaker.cache import cached
from matchmaker.features import Profiles
from matchmaker.features.formatting import format_value
from matchmaker.models.learned.pair_feature import PairFeature, comparable_candidates
from matchmaker.models.scoring.criteria import closeness, standing
from matchmaker.models.scoring.geography import kilometres
from matchmaker.models.scoring.records import HELP, known_pairings, relations
from matchmaker.models.scoring.size import size_ratios
from matchmaker.typing import Floats, Rows

Values = Callable[[Profiles, Rows], Floats]
Column = Callable[[Profiles], Floats]


def _distance(profiles: Profiles, recipients: Rows) -> Floats:
    km = kilometres(profiles, recipients)
    # Two trusts at one point: one of them took over the other's address later, which no day before knew.
    return np.where(km > 0, km, np.nan)


def _nearer(profiles: Profiles, recipients: Rows) -> Floats:
    km = _distance(profiles, recipients)
    out = np.full_like(km, np.nan)
    for at, row in enumerate(recipients.tolist()):
        known = comparable_candidates(profiles, row) & ~np.isnan(km[at])
        out[at, known] = np.searchsorted(np.sort(km[at, known]), km[at, known])
    return out


def _same(column: str) -> Values:
    def values(profiles: Profiles, recipients: Rows) -> Floats:
        own = profiles.organisations[column].fill_null("").to_numpy()
        same = own[recipients][:, None] == own[None, :]
        there = (own[recipients] != "")[:, None] & (own != "")[None, :]
        return np.where(there, same.astype(float), np.nan)

    return values


def _alike(dimension: str) -> Values:
    def values(profiles: Profiles, recipients: Rows) -> Floats:
        types = profiles.types[recipients]
        out = np.empty((len(recipients), len(profiles.types)))
        for org_type in np.unique(types):
            at = np.flatnonzero(types == org_type)
            out[at] = closeness(profiles, dimension, str(org_type), recipients[at])
        return out

    return values


def _candidates(column: Column) -> Values:
    """The same for every recipient."""

    def values(profiles: Profiles, recipients: Rows) -> Floats:
        own = column(profiles)
        return np.broadcast_to(own, (len(recipients), len(own)))

    return values


def _percentile(feature: str) -> Column:
    return lambda profiles: profiles.percentiles[:, profiles.column[feature]]


@cached
def _teaching(profiles: Profiles) -> Floats:
    types = profiles.snapshot.attributes.filter(
        (pl.col("attribute") == "trust_type_eric") & (pl.col("known_from") <= profiles.as_of)
    ).sort("known_from", "value")
    latest = dict(types.select("code", "value").iter_rows())
    said = (latest.get(code) for code in profiles.organisations["code"])
    return np.array(
        [np.nan if org_type is None else float("teaching" in org_type.casefold()) for org_type in said]
    )


@cached
def _helped(profiles: Profiles) -> Floats:
    known = known_pairings(profiles.snapshot, profiles.as_of).filter(pl.col("kind").is_in(HELP))
    counts = dict(known.group_by("partner").agg(pl.col("recipient").n_unique()).iter_rows())
    return np.array([float(counts.get(code, 0)) for code in profiles.organisations["code"]])


def _on_record(pairs: Callable[[Profiles], NDArray[np.intp]]) -> Values:
    def values(profiles: Profiles, recipients: Rows) -> Floats:
        out = np.zeros((len(recipients), len(profiles.types)))
        for one, other in pairs(profiles).tolist():
            out[recipients == one, other] = out[recipients == other, one] = 1.0
        return out

    return values


@cached
def _related(profiles: Profiles) -> NDArray[np.intp]:
    return _rows_of(profiles, relations(profiles.snapshot, profiles.as_of))


@cached
def _led_together(profiles: Profiles) -> NDArray[np.intp]:
    led = pl.col("kind").is_in(["shared_leadership", "management_contract"])
    known = known_pairings(profiles.snapshot, profiles.as_of).filter(led)
    return _rows_of(profiles, known.select("recipient", "partner").iter_rows())


def _rows_of(profiles: Profiles, pairs: Iterable[Collection[str]]) -> NDArray[np.intp]:
    """(k, 2) the rows of the pairs of which both are open."""
    position = profiles.position
    rows = [[position[code] for code in pair] for pair in pairs if all(code in position for code in pair)]
    return np.array(rows, dtype=np.intp).reshape(-1, 2)


def _either(no: str, yes: str) -> Callable[[float], str]:
    return lambda value: yes if value else no


def _hundred(sentence: str) -> Callable[[float], str]:
    return lambda value: sentence.format(100 * value)


INPUTS: tuple[PairFeature, ...] = (
    PairFeature(
        "distance",
        "Distance",
        -1,
        "headquarters' coordinates; unknown where both stand at one point",
        _distance,
        lambda value: f"{value:.0f} km away.",
        np.log1p,
    ),
    PairFeature(
        "nearer_trusts",
        "Trusts that are nearer",
        -1,
        "rank of the distance among all trusts that the recipient could join with",
        _nearer,
        lambda value: f"{value:.0f} trust{'s are' if value != 1 else ' is'} nearer.",
        np.log1p,
    ),
    PairFeature(
        "same_system",
        "Local system",
        1,
        "integrated care system; present areas, also for past days",
        _same("locality"),
        _either("Another local system.", "The same local system."),
    ),
    PairFeature(
        "same_region",
        "Region",
        1,
        "NHS England region; present areas, also for past days",
        _same("region"),
        _either("Another region.", "The same region."),
    ),
    PairFeature(
        "same_kind",
        "Kind of trust",
        1,
        "published types of trust",
        lambda profiles, rows: (profiles.types[rows][:, None] == profiles.types[None, :]).astype(float),
        _either("Another kind of trust.", "The same kind of trust."),
    ),
    PairFeature(
        "size",
        "Size beside the recipient",
        1,
        "geometric mean of the ratios of all known size features",
        size_ratios,
        lambda value: f"{value:.2g} times the size of the recipient.",
        np.log,
        dimension="size",
    ),
    PairFeature(
        "like_size",
        "Likeness in size",
        1,
        "distance over the size features that both know",
        _alike("size"),
        _hundred("Closer in size than {:.0f} in 100 pairs."),
        dimension="size",
    ),
    PairFeature(
        "like_context",
        "Likeness in context",
        1,
        "distance over the context features that both know",
        _alike("context"),
        _hundred("Closer in context than {:.0f} in 100 pairs."),
        dimension="context",
    ),
    PairFeature(
        "older_inpatients",
        "Older inpatients",
        0,
        "percentile among its kind",
        _candidates(_percentile("older_inpatients")),
        _hundred("More older inpatients than {:.0f} in 100 of its kind."),
        features=("older_inpatients",),
    ),
    PairFeature(
        "teaching",
        "Teaching trust",
        1,
        "type of trust in the estates return",
        _candidates(_teaching),
        _either("No teaching trust.", "A teaching trust."),
    ),
    PairFeature(
        "finance",
        "Finance",
        1,
        "mean standing among its kind over the finance features",
        _candidates(lambda profiles: standing(profiles, "finance")),
        _hundred("Stronger in finances than about {:.0f} in 100 of its kind."),
        dimension="finance",
    ),
    PairFeature(
        "rating",
        "CQC overall rating",
        1,
        "the latest CQC overall rating",
        _candidates(lambda profiles: profiles.values[:, profiles.column["cqc_overall"]]),
        lambda value: f"Rated {format_value(value, 'rating, 1 to 4').casefold()}.",
        features=("cqc_overall",),
    ),
    PairFeature(
        "mortality",
        "Mortality",
        -1,
        "percentile of the SHMI among its kind",
        _candidates(_percentile("mortality")),
        _hundred("Higher mortality than {:.0f} in 100 of its kind."),
        features=("mortality",),
    ),
    PairFeature(
        "recommend_care",
        "Staff who would recommend its care",
        1,
        "percentile of the NHS Staff Survey's figure among its kind",
        _candidates(_percentile("recommend_care")),
        _hundred("More of its staff would recommend its care than at {:.0f} in 100 of its kind."),
        features=("recommend_care",),
    ),
    PairFeature(
        "performance",
        "Performance",
        1,
        "mean standing among its kind over the performance features",
        _candidates(lambda profiles: standing(profiles, "performance")),
        _hundred("Stronger in performance than about {:.0f} in 100 of its kind."),
        dimension="performance",
    ),
    PairFeature(
        "workforce",
        "Workforce",
        1,
        "mean standing among its kind over the workforce features",
        _candidates(lambda profiles: standing(profiles, "workforce")),
        _hundred("Stronger in workforce than about {:.0f} in 100 of its kind."),
        dimension="workforce",
    ),
    PairFeature(
        "helped_before",
        "Trusts helped before",
        0,
        "pairings on record: buddying, management contracts, shared leadership",
        _candidates(_helped),
        lambda value: f"On record as having helped {value:.0f} trust{'s' * (value != 1)}.",
        np.log1p,
    ),
    PairFeature(
        "led_together",
        "Led together before",
        1,
        "pairings on record: management contracts, shared leadership",
        _on_record(_led_together),
        _either("No shared leadership on record.", "They have been led together before."),
    ),
    PairFeature(
        "joint_work",
        "Earlier joint work",
        1,
        "pairings and shared boards on record",
        _on_record(_related),
        _either("No joint work on record.", "Joint work is on record."),
    ),
)
"""Every input, in the order in which contributions are added."""
