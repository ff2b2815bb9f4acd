"""The early-warning signs that all organisations show on a day, with how often such signs were right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from matchmaker.errors import InvalidParameter
from matchmaker.features.profiles import Profiles
from matchmaker.models.early_warning.definition import early_warning
from matchmaker.models.early_warning.signs import SignReading, readings_of, sign_counts
from matchmaker.models.early_warning.validation import BaseRates, SignValidation, base_rates, validations
from matchmaker.models.explanation.contributions import organisations_of
from matchmaker.models.tables import Row, Tabular
from matchmaker.models.types import DataAge, Organisation


@dataclass(frozen=True, slots=True)
class OrganisationSigns:
    """One organisation and its signs."""

    organisation: Organisation
    """Which one."""
    n_shown: int | None
    """How many signs it shows; None where too few are known to count them."""
    signs: tuple[SignReading, ...]
    """Those that apply to its type."""


@dataclass(frozen=True, slots=True, repr=False)
class EarlyWarningReport(Tabular):
    """The early-warning signs that organisations show on a day."""

    as_of: date
    """The day; nothing known later is used."""
    snapshot: str
    """Content hash of the figures."""
    organisations: tuple[OrganisationSigns, ...]
    """The most signs first; ties fall by code."""
    validations: tuple[SignValidation, ...]
    """How accurate the signs were, by regime; those without an entry old enough are left out."""
    base_rates: tuple[BaseRates, ...]
    """How often a number of signs was followed by formal intervention, by type."""
    warning: str
    """To be read first."""
    attribution: str
    """Who is to be named as the source of the figures."""
    notes: tuple[str, ...] = ()
    """What a reader must know before using it."""
    data_age: DataAge | None = None
    """How far the figures go; None where that was not worked out."""

    def to_rows(self) -> list[Row]:
        """One row for each organisation: how many signs it shows, which, and which are not known of it."""
        return [
            {
                "code": each.organisation.code,
                "name": each.organisation.name,
                "type": each.organisation.type,
                "n_shown": each.n_shown,
                "n_known": sum(one.shown is not None for one in each.signs),
                "shown": tuple(one.sign for one in each.signs if one.shown),
                "unknown": tuple(one.sign for one in each.signs if one.shown is None),
                "as_of": self.as_of,
                "snapshot": self.snapshot,
            }
            for each in self.organisations
        ]

    def __repr__(self) -> str:
        return f"<EarlyWarningReport of {len(self.organisations)} organisations, as of {self.as_of}>"


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
