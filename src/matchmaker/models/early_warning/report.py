"""The early-warning signs that all organisations show on a day, with how often such signs were right."""

from __future__ import annotations

import numpy as np

from matchmaker.errors import InvalidParameter
from matchmaker.features.profiles import Profiles
from matchmaker.models.early_warning.definition import early_warning
from matchmaker.models.early_warning.signs import readings_of, sign_counts
from matchmaker.models.early_warning.types import EarlyWarningReport, OrganisationSigns
from matchmaker.models.early_warning.validation import base_rates, validations
from matchmaker.models.explanation.contributions import organisations_of


def early_warning_report(profiles: Profiles, org_type: str | None = None) -> EarlyWarningReport:
    """The signs of every organisation of the profiles.

    Args:
        profiles: as of the day.
        org_type: only organisations of this type.

    Returns:
        A report without organisations, which says so, where the sector defines no signs.

    Raises:
        InvalidParameter: no organisation of that type is open.
    """
    sector, snapshot, day = profiles.sector, profiles.snapshot, profiles.as_of
    types = sorted(set(profiles.types.tolist()))
    if org_type is not None and org_type not in types:
        raise InvalidParameter(
            f"No {sector.words.organisation} of the type '{org_type}' is open.",
            f"Choose one of: {', '.join(types)}.",
        )
    defined = early_warning(sector)
    number = sign_counts(profiles)
    wanted = np.flatnonzero(profiles.types == org_type) if org_type else np.arange(len(number))
    order = wanted[np.lexsort((wanted, -np.nan_to_num(number[wanted], nan=-1.0)))] if defined else wanted[:0]
    named = organisations_of(profiles)
    rates = [base_rates(snapshot, one, day) for one in ([org_type] if org_type else types)]
    return EarlyWarningReport(
        as_of=day,
        snapshot=snapshot.hash,
        organisations=tuple(
            OrganisationSigns(
                named[at],
                None if np.isnan(number[at]) else int(number[at]),
                readings_of(profiles, named[at].code),
            )
            for at in order.tolist()
        ),
        validations=validations(snapshot, day),
        base_rates=tuple(one for one in rates if one is not None),
        warning=defined.warning if defined else f"No early-warning signs are defined for {sector.label}.",
        attribution=str(snapshot.manifest["attribution"]),
    )
