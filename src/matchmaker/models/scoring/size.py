"""Size of a candidate relative to a recipient."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from matchmaker.cache import cached
from matchmaker.features.profiles import Profiles
from matchmaker.typing import Floats


def size_ratios(profiles: Profiles, recipients: NDArray[np.intp]) -> Floats:
    """Geometric mean of candidate over recipient, over the size features that both know.

    Args:
        profiles: features of the dimension `size` with a log transform are used.
        recipients: (r,) rows.

    Returns:
        (r, n_organisations), 1 is equal size; NaN where no size feature is shared.
    """
    columns = [at for at in profiles.of_dimension("size") if profiles.features[at].transform == "log"]
    logs = profiles.transformed
    total = np.zeros((len(recipients), len(logs)))
    shared = np.zeros_like(total)
    for at in columns:
        difference = logs[:, at][None, :] - logs[recipients, at][:, None]
        known = ~np.isnan(difference)
        total += np.where(known, difference, 0.0)
        shared += known
    ratio: Floats = np.exp(np.divide(total, shared, out=np.full_like(total, np.nan), where=shared > 0))
    return ratio


@cached
def size_ratios_to(profiles: Profiles, recipient: int) -> Floats:
    """(n_organisations,) `size_ratios` to one recipient, for rules and options alike."""
    return np.ravel(size_ratios(profiles, np.array([recipient])))
