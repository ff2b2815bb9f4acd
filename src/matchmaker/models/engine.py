"""The front door for people who write Python: one object that answers by code or name."""

from __future__ import annotations

from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path

from matchmaker.features import Profiles, profiles
from matchmaker.models.arrangement import Arrangement, arrangement
from matchmaker.models.explanation import Shortlist, Trust
from matchmaker.models.shortlist import Matcher
from matchmaker.snapshot import Snapshot, load
from matchmaker.snapshot.directory import Directory, Found, Organisation

DAYS_KEPT = 16
"""Profiles of so many different days are kept ready."""


class Matchmaker:
    """Answers questions about one snapshot.

    Args:
        snapshot: a loaded snapshot, the path of one, or None for the one in use.

    Example:
        >>> from matchmaker import Matchmaker
        >>> answer = Matchmaker().shortlist("Medway", "buddying", limit=3)
        >>> len(answer.options)
        3
    """

    def __init__(self, snapshot: Snapshot | str | Path | None = None) -> None:
        self.snapshot = snapshot if isinstance(snapshot, Snapshot) else load(snapshot)
        self._profiles = lru_cache(maxsize=DAYS_KEPT)(lambda day: profiles(self.snapshot, day))
        self._matchers = lru_cache(maxsize=4 * DAYS_KEPT)(lambda day, how: Matcher(self._profiles(day), how))

    @cached_property
    def directory(self) -> Directory:
        """Finds organisations by code and name."""
        return Directory(self.snapshot)

    def profiles(self, as_of: date | None = None) -> Profiles:
        """Profiles of all organisations open on a day (by default the snapshot's own)."""
        return self._profiles(as_of or self.snapshot.as_of)

    def find(self, asked: str, as_of: date | None = None) -> Found:
        """The organisation that a code or name means on a day; see `Directory.find`."""
        return self.directory.find(asked, as_of)

    def shortlist(
        self,
        recipient: str,
        for_: str | Arrangement = "buddying",
        as_of: date | None = None,
        limit: int = 10,
    ) -> Shortlist:
        """Options to consider for one recipient.

        Args:
            recipient: ODS code or name; a closed one is answered through its successor.
            for_: an arrangement or the name of one.
            as_of: the day; nothing known later is used.
            limit: how many options to show.

        Raises:
            MatchmakerError: whatever is wrong with the question, with the next step.
        """
        how = for_ if isinstance(for_, Arrangement) else arrangement(for_)
        day = as_of or self.snapshot.as_of
        matcher = self._matchers(day, how)  # first, so that a day before the data is told as such
        found = self.find(recipient, day)
        return matcher.shortlist(found.organisation.ods, limit, tuple(map(_trust, found.through)))


def _trust(organisation: Organisation) -> Trust:
    return Trust(
        organisation.ods, organisation.name, organisation.kind, organisation.region, organisation.system
    )
