"""The early signs that all open trusts show on a day, with what such signs were worth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np

from matchmaker.errors import OutOfRange
from matchmaker.features import Profiles
from matchmaker.features.early_signs import Reading, counts, readings_of
from matchmaker.features.track_record import Outlook, Record
from matchmaker.models.explaining.explanation import Trust
from matchmaker.models.portraits.nearest import trust_at
from matchmaker.models.portraits.sign_words import COMMON


@dataclass(frozen=True, slots=True)
class Signed:
    """One open trust and its signs; `number` is None where too few are known to count them."""

    trust: Trust
    number: int | None
    signs: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class SignsSeen:
    """The signs that open trusts show on a day, the most first; ties fall by ODS code.

    Attributes:
        records: what each sign was worth, by regime; regimes without an entry old enough are left out.
        outlooks: what so many signs meant, by kind of trust.
        warning: to be read first.
    """

    as_of: date
    snapshot: str
    trusts: tuple[Signed, ...]
    records: tuple[Record, ...]
    outlooks: tuple[Outlook, ...]
    warning: str
    attribution: str


def signs_seen(
    profiles: Profiles,
    kind: str | None,
    records: Callable[[date], tuple[Record, ...]],
    outlook: Callable[[str, date], Outlook],
) -> SignsSeen:
    """Read the signs of every open trust.

    Args:
        profiles: as of the day.
        kind: only trusts of this kind.
        records, outlook: what signs were worth, as known on a day.

    Raises:
        OutOfRange: no trust of that kind is open.
    """
    kinds = sorted(set(profiles.kinds.tolist()))
    if kind is not None and kind not in kinds:
        raise OutOfRange(f"No trust of the kind '{kind}' is open.", f"Choose one of: {', '.join(kinds)}.")
    number = counts(profiles)
    wanted = np.flatnonzero(profiles.kinds == kind) if kind else np.arange(len(number))
    order = wanted[np.lexsort((wanted, -np.nan_to_num(number[wanted], nan=-1.0)))]
    trusts = []
    for at in order.tolist():
        trust = trust_at(profiles, at)
        told = None if np.isnan(number[at]) else int(number[at])
        trusts.append(Signed(trust, told, readings_of(profiles, trust.ods)))
    return SignsSeen(
        as_of=profiles.as_of,
        snapshot=profiles.snapshot.hash,
        trusts=tuple(trusts),
        records=records(profiles.as_of),
        outlooks=tuple(outlook(one, profiles.as_of) for one in ([kind] if kind else kinds)),
        warning=COMMON,
        attribution=str(profiles.snapshot.manifest["attribution"]),
    )
