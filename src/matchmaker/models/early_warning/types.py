"""What is told of early-warning signs: records only, which a program without NumPy and Polars can read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from matchmaker.models.tables import Row, Tabular
from matchmaker.models.types import DataAge, Organisation


@dataclass(frozen=True, slots=True)
class SignReading:
    """What one sign says of one organisation on a day."""

    sign: str
    """Name of the sign."""
    label: str
    """What it says where it is shown."""
    shown: bool | None
    """Whether the figure is among the worst fifth; None where it is unknown or too old."""
    feature: str | None
    """The feature that was read; None where none is known."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A proportion with its 95% Wilson score interval; the last three are None where nothing was counted."""

    hits: float
    """How many; a part of one counts as such."""
    of: int
    """Among how many."""
    share: float | None
    """`hits` divided by `of`."""
    low: float | None
    """Lower end of the interval."""
    high: float | None
    """Upper end of the interval."""


@dataclass(frozen=True, slots=True)
class SignAccuracy:
    """How often a sign, or a number of signs, was shown by those about to enter a regime and by others."""

    label: str
    """The sign, or the number of signs."""
    sensitivity: Rate
    """Shown on the day before entry, of those of whom it is known."""
    false_positive_rate: Rate
    """Shown on the same days by others of the same types that did not enter within the period. Each of these
    counts once, by the share of the days on which it showed the sign."""


@dataclass(frozen=True, slots=True)
class SignValidation:
    """The accuracy of all signs for one regime."""

    regime: str
    """Name of the regime."""
    first: date
    """Day of the first entry counted."""
    last: date
    """Day of the last entry counted."""
    entries: int
    """How many organisations entered."""
    signs: tuple[SignAccuracy, ...]
    """Each sign by itself."""
    counts: tuple[SignAccuracy, ...]
    """1 or more signs, 2 or more, and so on."""


@dataclass(frozen=True, slots=True)
class BaseRates:
    """How many organisations of a type entered a regime after an index date, by the number of signs shown.

    An organisation counts once for each index date on which it was open, under no regime, and known enough.
    """

    type: str
    """Type of organisation."""
    index_dates: tuple[date, ...]
    """Days on which signs were read; their follow-up had ended by the day asked about."""
    at_least: tuple[Rate, ...]
    """Of those with 0 or more signs, 1 or more, 2 or more, and so on."""
    n_excluded: int
    """Those that closed during follow-up, or of which too little was known."""


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
