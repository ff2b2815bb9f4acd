"""A past pairing as a choice set: who chose whom, from which candidates (McFadden 1974)."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from matchmaker.features import Profiles
from matchmaker.typing import Mask, Rows


@dataclass(frozen=True, eq=False)
class ChoiceSituation:
    """One past pairing as a choice; built by `training.choice_sets`.

    Attributes:
        recipient, partner: codes as of the day; the partner's is as recorded if it was not open.
        day: the day before the pairing can have begun.
        profiles: as of the day.
        row: of the recipient in the profiles.
        eligible: (n,) the candidates that no rule of the arrangement excludes.
        partner_row: of the partner; None if it was not open on the day.
        why_not: why the partner could not be chosen under the rules, in plain words; None if it could.
    """

    pairing_id: str
    kind: str
    recipient: str
    partner: str
    day: date
    profiles: Profiles
    row: int
    eligible: Mask
    partner_row: int | None
    why_not: str | None

    @cached_property
    def cache_key(self) -> tuple[Hashable, ...]:
        """What tells this choice from all others, by content; see `cache.cached`."""
        return *self.profiles.cache_key, self.kind, self.row, hash(self.eligible.tobytes())

    @property
    def chosen(self) -> int | None:
        """The row of the partner if it was eligible, else None."""
        return self.partner_row if self.why_not is None else None

    @property
    def candidates(self) -> Rows:
        """The rows of the eligible candidates, in order."""
        return np.flatnonzero(self.eligible)


@dataclass(frozen=True, slots=True)
class SimilarPastChoice:
    """A past choice whose partner resembles a candidate; the share is of 0 to 1, 1 where they look alike."""

    pairing_id: str
    recipient: str
    partner: str
    day: date
    share: float
