"""The lists of all organisations on past days, each worked out from what was known on its day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matchmaker.models.arrangement import Arrangement
from matchmaker.models.eligibility.candidates import any_service
from matchmaker.models.engine import Matchmaker
from matchmaker.models.recommender import Recommender
from matchmaker.models.registry import EVIDENCE
from matchmaker.models.scoring.ranker import Scores
from matchmaker.typing import Mask, Rows

MONTHS_PER_QUARTER = 3


@dataclass(frozen=True)
class PastLists:
    """All organisations' lists on one day."""

    recommender: Recommender
    """The arrangement and method, applied to the day."""
    ranking: tuple[Rows, ...]
    """For each organisation, the rows of its eligible candidates in order."""

    @property
    def day(self) -> date:
        """The day."""
        return self.recommender.profiles.as_of

    @cached_property
    def codes(self) -> list[str]:
        """The organisations by row."""
        codes: list[str] = self.recommender.profiles.organisations["code"].to_list()
        return codes

    @property
    def types(self) -> NDArray[np.str_]:
        """(n,) the type of each."""
        return self.recommender.profiles.types

    @cached_property
    def scores(self) -> Scores:
        """Of all organisations with all candidates."""
        return self.recommender.ranker.scores(np.arange(len(self.types)))

    @cached_property
    def eligible(self) -> Mask:
        """(n, n) recipient by candidate."""
        out = np.zeros((len(self.ranking), len(self.ranking)), dtype=bool)
        for row, order in enumerate(self.ranking):
            out[row, order] = True
        return out

    @cached_property
    def by_code(self) -> dict[str, list[str]]:
        """Recipient -> its list, as codes."""
        return {self.codes[row]: [self.codes[at] for at in order] for row, order in enumerate(self.ranking)}


def quarter_days(last: date, quarters: int) -> list[date]:
    """The last day and the days each a quarter of a year before the next, the earliest first.

    Args:
        last: the day to go back from.
        quarters: how many steps to go back.
    """
    steps = [f"-{MONTHS_PER_QUARTER * step}mo" for step in range(quarters, -1, -1)]
    frame = pl.DataFrame({"step": steps}).select(pl.lit(last).dt.offset_by(pl.col("step")))
    days: list[date] = frame.to_series().to_list()
    return days


def lists_on(
    engine: Matchmaker,
    arrangement: Arrangement,
    days: list[date],
    method: str = EVIDENCE,
    service: str | None = None,
) -> Iterator[PastLists]:
    """The lists of some days.

    Args:
        engine: on the snapshot.
        arrangement: a form of partnership.
        days: none before anything was known.
        method: name of the ranking method.
        service: what it is about; by default, where the arrangement needs one, the first of the sector.
    """
    named = service or any_service(arrangement, engine.profiles())
    for day in days:
        recommender = engine.recommender(arrangement, day, method=method, service=named)
        rows = np.arange(len(recommender.profiles.types))
        yield PastLists(recommender, tuple(recommender.ranking(rows)))


def largest_type(lists: PastLists) -> str:
    """The type that most organisations are of."""
    names, counts = np.unique(lists.types, return_counts=True)
    return str(names[np.argmax(counts)])
