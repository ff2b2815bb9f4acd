"""Which organisations are known to be in need, by the sector's `need`."""

from __future__ import annotations

import numpy as np

from matchmaker.features.profiles import Profiles
from matchmaker.typing import Rows


def rows_in_need(profiles: Profiles) -> Rows:
    """The rows of the organisations known to be in need on the day, in the order of the codes.

    Empty where none is, or where the sector does not say who is in need.
    """
    need = profiles.sector.need
    if need is None:
        return np.empty(0, dtype=np.intp)
    value = profiles.values[:, profiles.column[need.feature]]
    lowest = -np.inf if need.at_least is None else need.at_least
    highest = np.inf if need.at_most is None else need.at_most
    return np.flatnonzero((value >= lowest) & (value <= highest))
