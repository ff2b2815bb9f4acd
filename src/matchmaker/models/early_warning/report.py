"""The early signs that all open trusts show on a day, with what such signs were worth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np

from matchmaker.errors import InvalidParameter
from matchmaker.features import Profiles
from matchmaker.models.early_warning.phrases import COMMON
from matchmaker.models.early_warning.signs import Reading, counts, readings_of
from matchmaker.models.early_warning.validation import BaseRates, SignValidation
from matchmaker.models.peers import trust_at
from matchmaker.models.types import Organisation


@dataclass(frozen=True, slots=True)
class OrganisationSigns:
    """One open trust and its signs; `number` is None where too few are known to count them."""

    trust: Organisation
    number: int | None
    signs: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class EarlyWarningReport:
    """The signs that open trusts show on a day, the most first; ties fall by ODS code.

    Attributes:
        records: what each sign was worth, by regime; regimes without an entry old enough are left out.
        outlooks: what so many signs meant, by kind of trust.
        warning: to be read first.
    """

    as_of: date
    snapshot: str
    trusts: tuple[OrganisationSigns, ...]
    records: tuple[SignValidation, ...]
    outlooks: tuple[BaseRates, ...]
    warning: str
    attribution: str


def early_warning_report(
    profiles: Profiles,
    org_type: str | None,
    records: Callable[[date], tuple[SignValidation, ...]],
    outlook: Callable[[str, date], BaseRates],
) -> EarlyWarningReport:
    """Read the signs of every open trust.

    Args:
        profiles: as of the day.
        org_type: only trusts of this kind.
        records, outlook: what signs were worth, as known on a day.

    Raises:
        OutOfRange: no trust of that kind is open.
    """
    types = sorted(set(profiles.types.tolist()))
    if org_type is not None and org_type not in types:
        raise InvalidParameter(
            f"No trust of the kind '{org_type}' is open.", f"Choose one of: {', '.join(types)}."
        )
    number = counts(profiles)
    wanted = np.flatnonzero(profiles.types == org_type) if org_type else np.arange(len(number))
    order = wanted[np.lexsort((wanted, -np.nan_to_num(number[wanted], nan=-1.0)))]
    trusts = []
    for at in order.tolist():
        trust = trust_at(profiles, at)
        told = None if np.isnan(number[at]) else int(number[at])
        trusts.append(OrganisationSigns(trust, told, readings_of(profiles, trust.code)))
    return EarlyWarningReport(
        as_of=profiles.as_of,
        snapshot=profiles.snapshot.hash,
        trusts=tuple(trusts),
        records=records(profiles.as_of),
        outlooks=tuple(outlook(one, profiles.as_of) for one in ([org_type] if org_type else types)),
        warning=COMMON,
        attribution=str(profiles.snapshot.manifest["attribution"]),
    )
