"""A past pairing as a choice set: who chose whom, from which candidates (McFadden 1974)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from matchmaker.features.profiles import Profiles, profiles_on
from matchmaker.sector import Sector
from matchmaker.snapshot import Snapshot
from matchmaker.typing import Floats, Mask, Rows

T = TypeVar("T")


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

    @property
    def chosen(self) -> int | None:
        """The row of the partner if it was eligible, else None."""
        return self.partner_row if self.why_not is None else None

    @property
    def candidates(self) -> Rows:
        """The rows of the eligible candidates, in order."""
        return np.flatnonzero(self.eligible)

    def scattered(self, of_candidates: Floats) -> Floats:
        """(n,) figures of the candidates, in the places of all organisations; 0 for the others."""
        out = np.zeros(len(self.eligible))
        out[self.candidates] = of_candidates
        return out

    @property
    def sector(self) -> Sector:
        """What the organisations belong to."""
        return self.snapshot.sector

    def figures(self, function: Callable[[ChoiceSituation], T]) -> T:
        """What a function of a module gives of this choice: worked out once, it goes along when pickled."""
        known = self.known_figures
        name = f"{function.__module__}.{function.__qualname__}"
        if name not in known:
            known[name] = function(self)
        found: T = known[name]
        return found

    @cached_property
    def known_figures(self) -> dict[str, Any]:
        """What `figures` has worked out, by the name of the function."""
        return {}

    @property
    def snapshot(self) -> Snapshot:
        """What the profiles are made from."""
        found: Snapshot = vars(self).get("_source") or self.profiles.snapshot
        return found

    @property
    def without_profiles(self) -> ChoiceSituation:
        """The same, whose profiles are looked up, or made again, when they are asked for."""
        return _sent(self._state)

    @property
    def _state(self) -> dict[str, Any]:
        # Profiles are many times as large as the hash of what they are made from, and not always needed.
        own = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "profiles"}
        return {**own, "_source": self.snapshot, "known_figures": self.known_figures}

    def __reduce__(self) -> tuple[Any, ...]:
        return _sent, (self._state,)

    def __getattr__(self, name: str) -> Any:
        if name != "profiles" or "_source" not in vars(self):
            raise AttributeError(f"a choice has no {name}")
        vars(self)["profiles"] = profiles_on(self.snapshot, self.day)
        return self.profiles


def _sent(state: dict[str, Any]) -> ChoiceSituation:
    """A choice without profiles, perhaps of another process; they are made when they are first asked for."""
    made = object.__new__(ChoiceSituation)
    vars(made).update(state)
    return made


@dataclass(frozen=True, slots=True)
class SimilarPastChoice:
    """A past choice whose partner resembles a candidate; the share is of 0 to 1, 1 where they look alike."""

    pairing_id: str
    recipient: str
    partner: str
    day: date
    share: float
