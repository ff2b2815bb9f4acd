"""Which trusts need a partner, and which of them most, by what is published."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from matchmaker.dates import format_date
from matchmaker.errors import InvalidParameter
from matchmaker.features import Profiles
from matchmaker.typing import Rows

IN_NEED = 4
"""From this oversight segment on, a trust is taken to need a partner."""


def in_need(profiles: Profiles) -> tuple[str, ...]:
    """The codes of all trusts known to be in oversight segment 4 or 5 on the day.

    Raises:
        OutOfRange: no segment is known, or none is so high.
    """
    at = np.flatnonzero(profiles.values[:, profiles.column["oversight_segment"]] >= IN_NEED)
    if not at.size:
        text = (
            f"No trust is known to be in oversight segment {IN_NEED} or 5 on {format_date(profiles.as_of)}."
        )
        raise InvalidParameter(text, "Name the recipients, or ask about another day.")
    return tuple(profiles.organisations["code"][at.tolist()])


def of_regions(profiles: Profiles, codes: Sequence[str], regions: Sequence[str]) -> tuple[str, ...]:
    """Those of some trusts that are in some regions.

    Raises:
        OutOfRange: a region is unknown, or none of the trusts is there.
    """
    known = {name.casefold(): name for name in profiles.organisations["region"].drop_nulls().unique().sort()}
    for region in regions:
        if region.casefold() not in known:
            step = f"The regions are: {', '.join(known.values())}."
            raise InvalidParameter(f"There is no region '{region}'.", step)
    wanted = {known[region.casefold()] for region in regions}
    region_of = dict(profiles.organisations.select("code", "region").iter_rows())
    found = tuple(code for code in codes if region_of[code] in wanted)
    if not found:
        names = ", ".join(sorted(wanted))
        raise InvalidParameter(
            f"None of the recipients is in {names}.", "Leave the region out, or try another."
        )
    return found


def by_need(profiles: Profiles, rows: Rows) -> Rows:
    """The order of need: the higher oversight segment, then the lower CQC rating, then the code.

    Args:
        profiles: as of the day.
        rows: (r,) of the recipients; what is unknown comes last.

    Returns:
        (r,) places in `rows`.
    """
    segment, rating = (
        profiles.values[rows, profiles.column[name]] for name in ("oversight_segment", "cqc_overall")
    )
    return np.lexsort((rows, np.nan_to_num(rating, nan=np.inf), -np.nan_to_num(segment, nan=-np.inf)))
