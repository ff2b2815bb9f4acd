"""Do rank intervals hold the place of the next quarter? Widened by past quarters, tested on later ones.

Split-conformal (conformalised quantile regression; Romano, Patterson, Candes 2019): for every option among
the first places of a list, the score is how far outside the interval of the weights a quarter later finds it
(negative within it); an option that dropped off the list lies infinitely far outside. In each band
of places, intervals are widened by the quantile of these scores that would have held `TARGET` of the options
of the quarters fitted on. Where so many dropped off that this can't be, those still listed are held at
`TARGET`. No interval becomes narrower than that of the weights, so that calm quarters are covered by more.

Quarters weigh the same, since options of one quarter move together: the quantile is the mean of the quarters'
own. Tested by rolling origin: each quarter with what was fitted on at least `MIN_FITTED` quarters before it,
never later ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from matchmaker.evaluation.past_lists import PastLists, lists_on, quarter_days
from matchmaker.models.arrangement import Arrangement, arrangements
from matchmaker.models.engine import Matchmaker
from matchmaker.models.next_quarter import Band, Coverage, NextQuarter, RankIntervals, limits
from matchmaker.typing import Floats, Rows

TARGET = 0.90
"""What an interval is to hold, drop-outs counted as not held."""
QUARTERS = 9
"""How many past quarters are used."""
MIN_FITTED = 3
"""How many quarters are fitted on before one is tested."""
BANDS: tuple[tuple[int, int | None], ...] = ((1, 3), (4, 10), (11, None))
PLACES = 20
"""How many places of each list are fitted on."""
TESTED = 10
"""How many places of each list are tested: those that a list shows by default."""
N_DRAWS = 1_000
METHOD = (
    f"Split-conformal widening of the {TARGET:.0%} SMAA interval by bands of places, never narrower than it: "
    "the mean of the quarters' own quantiles. Options that dropped off count as not held; tested by rolling "
    "origin."
)


@dataclass(frozen=True)
class Step:
    """All options of one quarter's lists, and where they stood a quarter later."""

    day: date
    """The later day."""
    rank: Rows
    """(m,) the place on the earlier day, from 1."""
    low: Rows
    """(m,) ends of the weights' interval."""
    high: Rows
    """(m,)"""
    eligible: Rows
    """(m,) how many places the earlier list had."""
    later: Floats
    """(m,) the place on the later day; infinite where it dropped off the list."""


def fit_rank_intervals(
    engine: Matchmaker, only: Arrangement | None = None, quarters: int = QUARTERS
) -> RankIntervals:
    """The widening of every arrangement of a sector, with its coverage out of sample.

    Args:
        engine: on the snapshot.
        only: one arrangement; by default all of the sector.
        quarters: how many quarters up to the snapshot's day are used, more than `MIN_FITTED`.
    """
    chosen = [only] if only else list(arrangements(engine.sector).values())
    return RankIntervals(
        snapshot=engine.snapshot.hash,
        arrangements=tuple(fit(one.name, list(steps(engine, one, quarters))) for one in chosen),
    )


def steps(engine: Matchmaker, arrangement: Arrangement, quarters: int) -> Iterator[Step]:
    """Every quarter's options, the earliest quarter first."""
    earlier: PastLists | None = None
    for lists in lists_on(engine, arrangement, quarter_days(engine.snapshot.as_of, quarters)):
        if earlier is not None:
            yield _step(earlier, lists)
        earlier = lists


def _step(earlier: PastLists, later: PastLists) -> Step:
    rows: list[tuple[int, int, int, int, float]] = []
    for code, order in earlier.by_code.items():
        if not order or code not in later.by_code:
            continue
        place = {candidate: float(at) for at, candidate in enumerate(later.by_code[code], 1)}
        intervals = earlier.recommender.weights_intervals(code, PLACES, N_DRAWS)
        for rank, (candidate, interval) in enumerate(zip(order, intervals, strict=False), 1):
            low, high = interval.rank_low, interval.rank_high
            rows.append((rank, low, high, len(order), place.get(candidate, np.inf)))
    table = np.array(rows, dtype=float).reshape(-1, 5)
    whole = table[:, :4].astype(np.intp)
    return Step(later.day, whole[:, 0], whole[:, 1], whole[:, 2], whole[:, 3], table[:, 4])


def fit(arrangement: str, found: Sequence[Step]) -> NextQuarter:
    """The widening from all quarters, and the coverage of each by those before it."""
    tested = [
        (coverage(step, bands_of(found[:at])), step)
        for at, step in enumerate(found)
        if at >= MIN_FITTED and len(step.rank)
    ]
    sizes = np.array([one.options for one, _ in tested], dtype=float)
    listed = np.array([one.options * (1 - one.dropped) for one, _ in tested])
    total, there = max(1.0, sizes.sum()), max(1.0, listed.sum())
    return NextQuarter(
        arrangement=arrangement,
        method=METHOD,
        quarters=tuple(step.day for step in found),
        bands=bands_of(found),
        coverage=tuple(one for one, _ in tested),
        covered=_rounded(sum(one.covered * one.options for one, _ in tested) / total),
        covered_of_listed=_rounded(sum(one.covered * one.options for one, _ in tested) / there),
        weights_only=_rounded(sum(one.weights_only * one.options for one, _ in tested) / total),
        dropped=_rounded(sum(one.dropped * one.options for one, _ in tested) / total),
    )


def bands_of(found: Sequence[Step]) -> tuple[Band, ...]:
    """The widening by bands of places.

    Args:
        found: the quarters to fit on; one without an option in a band does not count for it.
    """
    out = []
    for first, last in BANDS:
        widths, dropped = [], []
        for step in found:
            inside = (step.rank >= first) & (step.rank <= (last or np.inf))
            if not inside.any():
                continue
            score = np.maximum(step.low - step.later, step.later - step.high)[inside]
            score[np.isinf(step.later[inside])] = np.inf
            share = float(np.mean(np.isinf(score)))
            dropped.append(share)
            target = TARGET if share < 1 - TARGET else TARGET * (1 - share)
            widths.append(float(np.sort(score)[max(0, int(np.ceil(target * len(score))) - 1)]))
        if widths:
            width, gone = max(0.0, float(np.mean(widths))), float(np.mean(dropped))
            out.append(Band(first=first, last=last, ranks=_rounded(width), dropped=_rounded(gone)))
    return tuple(out)


def coverage(step: Step, bands: Sequence[Band]) -> Coverage:
    """How often intervals widened by some bands hold the place of a quarter, among the first `TESTED`."""
    first = step.rank <= TESTED
    held = np.zeros(len(step.rank), dtype=bool)
    for at in np.flatnonzero(first):
        rank = int(step.rank[at])
        band = next((b for b in bands if b.first <= rank and (b.last is None or rank <= b.last)), None)
        low, high = int(step.low[at]), int(step.high[at])
        if band is not None:
            low, high = limits(low, high, rank, int(step.eligible[at]), band.ranks)
        # The last place of a list is wherever the list then ends.
        held[at] = low <= step.later[at] and (
            step.later[at] <= high or (high == step.eligible[at] and np.isfinite(step.later[at]))
        )
    alone = (step.low <= step.later) & (step.later <= step.high)
    listed = np.isfinite(step.later[first])
    return Coverage(
        day=step.day,
        options=int(first.sum()),
        dropped=_rounded(float(np.mean(~listed))),
        covered=_rounded(float(np.mean(held[first]))),
        covered_of_listed=_rounded(float(np.mean(held[first][listed])) if listed.any() else 0.0),
        weights_only=_rounded(float(np.mean(alone[first]))),
    )


def to_json(found: RankIntervals) -> str:
    """The file that ships with a sector; the same figures give the same bytes."""
    return found.model_dump_json(indent=1) + "\n"


def _rounded(value: float) -> float:
    return round(value, 3)
