"""What a recipient and a candidate have in common in words: a type, a network, a religious character."""

from __future__ import annotations

import numpy as np
import polars as pl

from matchmaker.cache import cached_apart_from_figures
from matchmaker.features.profiles import Profiles
from matchmaker.models.scoring.geography import member_rows
from matchmaker.typing import Floats, Rows

TYPE = "type"
"""The attribute that is the type of the organisation."""


def alike(profiles: Profiles, attribute: str, recipients: Rows) -> Floats:
    """The share of each candidate's members that are in an attribute what the recipient is.

    Of a candidate without members it is 1 where it is so itself, and 0 where it is not.

    Args:
        profiles: as of the day.
        attribute: `type`, or one of the table of attributes.
        recipients: (r,) rows.

    Returns:
        (r, n_organisations) in 0 to 1; NaN where the attribute is unknown of the recipient, or of the
        candidate and all its members.
    """
    labels = _labels(profiles, attribute)
    members, groups = member_rows(profiles)
    n = len(labels)
    known = labels >= 0
    alone = np.ones(n, dtype=bool)
    alone[groups] = False
    of_group = np.bincount(groups, weights=known[members].astype(float), minlength=n)
    count = np.where(alone, known.astype(float), of_group)
    out = np.full((len(recipients), n), np.nan)
    for at, row in enumerate(recipients.tolist()):
        if not known[row]:
            continue
        same = (labels == labels[row]).astype(float)
        shared = np.where(alone, same, np.bincount(groups, weights=same[members], minlength=n))
        np.divide(shared, count, out=out[at], where=count > 0)
    return out


@cached_apart_from_figures
def _labels(profiles: Profiles, attribute: str) -> Rows:
    """(n_organisations,) a number for each word of an attribute as known on the day; -1 is unknown."""
    if attribute == TYPE:
        words = pl.Series(profiles.types)
    else:
        rows = profiles.snapshot.attributes.filter(
            pl.col("attribute") == attribute, pl.col("known_from") <= profiles.as_of
        )
        latest = rows.sort("known_from", "source").unique("code", keep="last", maintain_order=True)
        words = profiles.organisations.join(
            latest.select("code", "value"), on="code", how="left", maintain_order="left"
        )["value"]
    numbers = words.rank("dense").cast(pl.Int64).fill_null(0) - 1
    return numbers.to_numpy().astype(np.intp)
