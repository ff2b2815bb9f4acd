"""How lists move from quarter to quarter, and what moves them.

Each list is worked out from what was known on its day. Lists of two days are compared for every organisation
that is open on both, of the same type on both where a type is asked about, and has an eligible candidate on
both:

- overlap: how many of the first five are the same, of 5 (of the longer list's length where it is shorter,
  scaled to 5);
- same first;
- Kendall's tau-b of the order of those who are eligible on both days.

The causes are told apart by holding one thing at the earlier day while all else is of the later one, and
comparing the list that results with the earlier list. What the overlap gains by it is what the cause takes:

- eligibility: who is eligible is as it was on the earlier day;
- focus areas: what each recipient needs a strong partner for, and how much, is as it was;
- newly published: features that were known of no organisation of a type on the earlier day are left out of
  the later one's criteria, for organisations of that type;
- figures: all scores (so focus areas and newly published measures too) are as they were; only eligibility
  moves.

The causes work together, so that what they take does not add up to the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import polars as pl
from scipy.stats import kendalltau

from matchmaker.evaluation.past_lists import PastLists, largest_type, lists_on, quarter_days
from matchmaker.features.profiles import UNKNOWN, Profiles
from matchmaker.models.arrangement import Arrangement
from matchmaker.models.demand import spread_of
from matchmaker.models.engine import Matchmaker
from matchmaker.models.ranking import rank_candidates
from matchmaker.models.registry import EVIDENCE
from matchmaker.models.scoring.weighted_sum import WeightedSumRanker
from matchmaker.typing import Floats

FIRST = 5
"""How many places are compared."""
QUARTERS = 6
"""How many past quarters are measured by default."""
GAPS = (1, 2)
"""Over how many quarters lists are compared."""
ALL = "all"
"""The name of the group of organisations of every type."""
CAUSES = ("eligibility", "focus areas", "newly published", "figures")
Lists = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Movement:
    """How the lists of a group of organisations move over some quarters."""

    arrangement: str
    """Its name."""
    method: str
    """Name of the ranking method."""
    group: str
    """A type of organisation, or `ALL`."""
    gap: int
    """Quarters between the two lists that are compared."""
    days: tuple[date, ...]
    """The later days, one pair of lists each."""
    n_lists: int
    """How many pairs of lists are compared."""
    median_overlap: float
    """Of the first five, how many are the same: the median over pairs of lists."""
    mean_overlap: float
    """The mean of it."""
    median_by_day: tuple[float, ...]
    """The median for each of the days."""
    same_first: float
    """Share of pairs of lists with the same first option."""
    median_tau: float
    """Kendall's tau-b over those eligible on both days: the median; NaN where no list has two of them."""
    mean_tau: float
    """The mean of it."""
    held: tuple[tuple[str, float, float], ...]
    """Cause, median and mean overlap with it held at the earlier day; empty for methods other than the
    evidence."""


def movement(
    engine: Matchmaker,
    arrangement: Arrangement,
    quarters: int = QUARTERS,
    method: str = EVIDENCE,
    causes: bool = True,
    service: str | None = None,
) -> list[Movement]:
    """How lists move over one quarter and over two, for the type with the most organisations and for all.

    Args:
        engine: on the snapshot; the last of the lists is of its day.
        arrangement: a form of partnership.
        quarters: how many later days to compare with what was a gap earlier, 1 or more.
        method: name of the ranking method.
        causes: whether to tell the causes apart; the evidence method only.
        service: what it is about, where the arrangement needs to know.

    Returns:
        For each gap, the largest type first.
    """
    days = quarter_days(engine.snapshot.as_of, quarters - 1 + max(GAPS))
    lists = list(lists_on(engine, arrangement, days, method, service))
    group = largest_type(lists[-1])
    out = []
    for gap in GAPS:
        pairs = [(lists[at - gap], lists[at]) for at in range(len(lists) - quarters, len(lists))]
        held = [_held(*pair) if causes and method == EVIDENCE else {} for pair in pairs]
        out += [_movement(arrangement.name, method, one, gap, pairs, held) for one in (group, ALL)]
    return out


def overlap(one: Sequence[str], other: Sequence[str], first: int = FIRST) -> float:
    """How many of the first places two lists share, scaled to `first` where both are shorter."""
    longest = min(first, max(len(one), len(other)))
    return len({*one[:first]} & {*other[:first]}) * first / max(1, longest)


def _movement(
    arrangement: str,
    method: str,
    group: str,
    gap: int,
    pairs: list[tuple[PastLists, PastLists]],
    held: list[dict[str, Lists]],
) -> Movement:
    compared = [_comparable(earlier, later, group) for earlier, later in pairs]
    by_pair = [
        [overlap(earlier.by_code[code], later.by_code[code]) for code in codes]
        for (earlier, later), codes in zip(pairs, compared, strict=True)
    ]
    overlaps = [one for each in by_pair for one in each]
    firsts, taus = [], []
    for (earlier, later), codes in zip(pairs, compared, strict=True):
        for code in codes:
            before, after = earlier.by_code[code], later.by_code[code]
            firsts.append(before[0] == after[0])
            place = {candidate: at for at, candidate in enumerate(after)}
            common = [place[candidate] for candidate in before if candidate in place]
            if len(common) > 1:
                taus.append(float(kendalltau(np.arange(len(common)), common).statistic))
    causes = []
    for cause in held[0]:
        those = [
            overlap(earlier.by_code[code], one[cause][code])
            for (earlier, _), codes, one in zip(pairs, compared, held, strict=True)
            for code in codes
        ]
        causes.append((cause, _median(those), _mean(those)))
    return Movement(
        arrangement=arrangement,
        method=method,
        group=group,
        gap=gap,
        days=tuple(later.day for _, later in pairs),
        n_lists=len(overlaps),
        median_overlap=_median(overlaps),
        mean_overlap=_mean(overlaps),
        median_by_day=tuple(_median(each) for each in by_pair),
        same_first=_mean(firsts),
        median_tau=_median(taus),
        mean_tau=_mean(taus),
        held=tuple(causes),
    )


def _comparable(earlier: PastLists, later: PastLists, group: str) -> list[str]:
    """The recipients with a list on both days."""
    types = [dict(zip(one.codes, one.types.tolist(), strict=True)) for one in (earlier, later)]
    return [
        code
        for code, order in earlier.by_code.items()
        if order and later.by_code.get(code) and (group == ALL or all(one[code] == group for one in types))
    ]


def _held(earlier: PastLists, later: PastLists) -> dict[str, Lists]:
    """Cause -> the later lists with that cause as it was on the earlier day."""
    codes = later.codes
    now = later.scores
    at = earlier.recommender.profiles.position
    before = np.array([at.get(code, -1) for code in codes])
    there = before >= 0
    both = there[:, None] & there[None, :]
    was_eligible = both & earlier.eligible[before[:, None], before[None, :]]
    old_score = np.where(both, earlier.scores.score[before[:, None], before[None, :]], 0.0)
    old_coverage = np.where(both, earlier.scores.coverage[before[:, None], before[None, :]], 0.0)

    rows = np.arange(len(codes))
    held_focus = _HeldFocus(earlier, later).scores(rows)
    known_then = WeightedSumRanker(
        without_new(earlier.recommender.profiles, later.recommender.profiles),
        later.recommender.arrangement,
        later.recommender.named_areas,
        spread=_demand(later),
    ).scores(rows)

    def lists(score: np.ndarray, coverage: np.ndarray, eligible: np.ndarray) -> Lists:
        return {
            code: [codes[one] for one in rank_candidates(score[row], coverage[row], eligible[row])]
            for row, code in enumerate(codes)
        }

    return {
        "eligibility": lists(now.score, now.coverage, was_eligible),
        "focus areas": lists(held_focus.score, held_focus.coverage, later.eligible),
        "newly published": lists(known_then.score, known_then.coverage, later.eligible),
        "figures": lists(old_score, old_coverage, later.eligible),
    }


class _HeldFocus(WeightedSumRanker):
    """The later day's scores with the strengths that each recipient needed on the earlier day."""

    def __init__(self, earlier: PastLists, later: PastLists) -> None:
        now = later.recommender
        super().__init__(now.profiles, now.arrangement, now.named_areas, spread=_demand(later))
        self._then = earlier.recommender.evidence
        self._now = later.recommender.evidence

    def needs(self, recipient: int) -> Mapping[int, float]:
        """Those of the earlier day; of the later one for an organisation that was not open."""
        row = self._then.profiles.position.get(self._codes[recipient])
        if row is None:
            return self._now.needs(recipient)
        names = self._then.profiles.features
        column = self.profiles.column
        return {
            column[names[at].name]: weight
            for at, weight in self._then.needs(row).items()
            if names[at].name in column
        }


def _demand(lists: PastLists) -> Floats | None:
    """What demand by others makes each candidate worth, where the arrangement weighs it."""
    return spread_of(lists.recommender.profiles, lists.recommender.arrangement)


def without_new(earlier: Profiles, later: Profiles) -> Profiles:
    """The later profiles without features that were known of nobody of a type on the earlier day.

    Returns:
        Profiles in which the cells of such features are unknown, for the organisations of that type.
    """
    new = np.zeros(later.values.shape, dtype=bool)
    columns = [earlier.column.get(feature.name) for feature in later.features]
    for org_type in np.unique(later.types):
        members = earlier.values[earlier.types == org_type]
        known = ~np.isnan(members).all(axis=0) if len(members) else np.ones(members.shape[1], dtype=bool)
        missing = [column is None or not known[column] for column in columns]
        new[np.ix_(later.types == org_type, missing)] = True
    is_new = pl.lit(pl.Series(new.reshape(-1)))
    cells = later.cells.with_columns(
        value=pl.when(is_new).then(None).otherwise("value"),
        state=pl.when(is_new & pl.col("value").is_not_null()).then(pl.lit(UNKNOWN)).otherwise("state"),
    )
    return replace(later, cells=cells)


def _median(values: Iterable[float]) -> float:
    there = list(values)
    return float(np.median(there)) if there else float("nan")


def _mean(values: Iterable[float]) -> float:
    there = list(values)
    return float(np.mean(there)) if there else float("nan")
