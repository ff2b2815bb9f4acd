"""Small assignment problems, and every assignment that each allows."""

from __future__ import annotations

import itertools
import math
from collections import Counter

import numpy as np
from hypothesis import strategies as st

from matchmaker.models.assignment.matching import PRECISION, UNASSIGNED, AssignmentProblem

# Few distinct fits make many ties; NaN is a pair that may not be made.
FITS = st.one_of(st.just(math.nan), st.sampled_from([0.0, 0.5, 0.5, 0.75, 1.0]), st.floats(0, 1))


@st.composite
def problems(draw: st.DrawFn, most: int = 4) -> AssignmentProblem:
    """Small enough to try every assignment."""
    recipients, partners = draw(st.integers(1, most)), draw(st.integers(1, most))
    size = recipients * partners
    fits = np.array(draw(st.lists(FITS, min_size=size, max_size=size))).reshape(recipients, partners)
    capacity = np.array(draw(st.lists(st.integers(0, 2), min_size=partners, max_size=partners)))
    ongoing = np.array(draw(st.lists(st.sampled_from([False, False, True]), min_size=size, max_size=size)))
    return AssignmentProblem(fits, capacity, ongoing.reshape(recipients, partners))


def allowed(problem: AssignmentProblem, partners: tuple[int, ...]) -> bool:
    made = [(row, at) for row, at in enumerate(partners) if at != UNASSIGNED]
    taken = Counter(at for row, at in made if not problem.ongoing[row, at])
    fine = all(count <= problem.capacity[at] for at, count in taken.items())
    return fine and not any(math.isnan(problem.fits[pair]) for pair in made)


def every(problem: AssignmentProblem) -> list[tuple[int, ...]]:
    """Every assignment that may be made; the earliest partners first, none last."""
    choices = ([*np.flatnonzero(~np.isnan(row)).tolist(), UNASSIGNED] for row in problem.fits)
    return [one for one in itertools.product(*choices) if allowed(problem, one)]


def billionths(problem: AssignmentProblem, partners: tuple[int, ...]) -> int:
    return sum(
        round(float(problem.fits[row, at]) * PRECISION) for row, at in enumerate(partners) if at != UNASSIGNED
    )
