"""The front door for people who write Python: one object that answers by code or name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matchmaker.features import Profiles, profiles
from matchmaker.features.history import key_features
from matchmaker.features.overlay_template import notes
from matchmaker.features.profile import Profile, profile_of
from matchmaker.models import uncertainty
from matchmaker.models.arrangement import Arrangement, arrangement
from matchmaker.models.assignment import solver as assignment
from matchmaker.models.assignment import triage
from matchmaker.models.assignment.types import Assignment
from matchmaker.models.early_warning.report import EarlyWarningReport, early_warning_report
from matchmaker.models.early_warning.validation import base_rates, validations
from matchmaker.models.overview import N_PEERS, OrganisationOverview, overview_of
from matchmaker.models.peers import Peer, nearest_peers
from matchmaker.models.query import ShortlistQuery
from matchmaker.models.recommender import Recommender
from matchmaker.models.types import Organisation, Shortlist, WhyNot
from matchmaker.snapshot import Snapshot, load
from matchmaker.snapshot.overlay import merge
from matchmaker.snapshot.registry import OrganisationRegistry, RegistryEntry, Resolved

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

DAYS_KEPT = 16
"""Profiles of so many different days are kept ready."""


class Matchmaker:
    """Answers questions about one snapshot.

    Args:
        snapshot: a loaded snapshot, the path of one, or None for the one in use.

    Attributes:
        notes: what to know of the own data in it; see `with_data`.

    Example:
        >>> from matchmaker import Matchmaker
        >>> answer = Matchmaker().shortlist("Medway", "buddying", limit=3)
        >>> len(answer.options)
        3
    """

    def __init__(self, snapshot: Snapshot | str | Path | None = None) -> None:
        self.snapshot = snapshot if isinstance(snapshot, Snapshot) else load(snapshot)
        self.notes: tuple[str, ...] = ()
        self._profiles = lru_cache(maxsize=DAYS_KEPT)(lambda day: profiles(self.snapshot, day))
        self._matchers = lru_cache(maxsize=4 * DAYS_KEPT)(
            lambda day, how, method, areas, relaxed: Recommender(
                self._profiles(day), how, method, areas, relaxed
            )
        )
        self._past = lru_cache(maxsize=4 * DAYS_KEPT)(
            lambda day: profiles(self.snapshot, day, key_features())
        )
        self._records = lru_cache(maxsize=DAYS_KEPT)(lambda day: validations(self.snapshot, day))
        self._outlook = lru_cache(maxsize=4 * DAYS_KEPT)(
            lambda org_type, day: base_rates(self.snapshot, org_type, day)
        )

    def with_data(self, data: str | Path | pl.DataFrame | pd.DataFrame) -> Matchmaker:
        """Another matchmaker, with figures of your own laid over the published ones.

        Args:
            data: a CSV file, an Excel workbook or a frame; see docs/own-data.md.

        Returns:
            One whose `notes`, which its shortlists repeat, tell what is doubtful in the data.

        Raises:
            BadFile: with every fault of the table.
        """
        own = merge.read(data, self.snapshot)
        laid = Matchmaker(merge.overlay(self.snapshot, own))
        laid.notes = tuple(dict.fromkeys((*self.notes, *notes(own, self.snapshot, laid.snapshot))))
        return laid

    @cached_property
    def directory(self) -> OrganisationRegistry:
        """Finds organisations by code and name."""
        return OrganisationRegistry(self.snapshot)

    def profiles(self, as_of: date | None = None) -> Profiles:
        """Profiles of all organisations open on a day (by default the snapshot's own)."""
        return self._profiles(as_of or self.snapshot.as_of)

    def find(self, asked: str, as_of: date | None = None) -> Resolved:
        """The organisation that a code or name means on a day; see `Directory.find`."""
        return self.directory.find(asked, as_of)

    def profile(self, asked: str, as_of: date | None = None) -> Profile:
        """The profile of one trust, by code or name; a closed one is answered through its successor."""
        seen = self.profiles(as_of)
        return profile_of(seen, self.find(asked, seen.as_of).organisation.code)

    def overview(self, asked: str, as_of: date | None = None) -> OrganisationOverview:
        """All that is told of one trust: profile, nearest peers, key measures over time, early signs.

        Args:
            asked: ODS code or name; a closed trust is answered through its successor.
            as_of: the day; nothing known later is used.

        Raises:
            MatchmakerError: whatever is wrong with the question, with the next step.
        """
        seen = self.profiles(as_of)
        found = self.find(asked, seen.as_of)
        through = tuple(map(_trust, found.via))
        return overview_of(seen, found.organisation.code, through, self._past, self._outlook)

    def peers(self, asked: str, limit: int = N_PEERS, as_of: date | None = None) -> tuple[Peer, ...]:
        """The trusts of its kind that are nearest to one in context, size and scale."""
        seen = self.profiles(as_of)
        return nearest_peers(seen, self.find(asked, seen.as_of).organisation.code, limit)

    def signs(self, as_of: date | None = None, org_type: str | None = None) -> EarlyWarningReport:
        """The early signs that open trusts show, and how often such signs were false.

        Args:
            as_of: the day; nothing known later is used.
            kind: only trusts of this kind.

        Raises:
            OutOfRange: no trust of that kind is open.
        """
        return early_warning_report(self.profiles(as_of), org_type, self._records, self._outlook)

    def recommender(
        self,
        for_: str | Arrangement = "buddying",
        as_of: date | None = None,
        *,
        method: str = "evidence",
        weights: Mapping[str, float] | None = None,
        relax: Sequence[str] = (),
        bounds: Mapping[str, Mapping[str, Any]] | None = None,
        focus: Sequence[str] = (),
    ) -> Recommender:
        """An arrangement and a method applied to a day; kept ready for the next question.

        Args:
            for_: an arrangement or the name of one.
            as_of: the day; nothing known later is used.
            method: name of the ranking method (`methods.METHODS`).
            weights: criterion -> weight, in place of the arrangement's.
            relax: rules to leave out.
            bounds: rule -> bounds, in place of or beside the arrangement's.
            focus: names of up to three features on which the partner should be strong.

        Raises:
            MatchmakerError: whatever is wrong with the question, with the next step.
        """
        whole = for_ if isinstance(for_, Arrangement) else arrangement(for_)
        how = whole.weighted(weights or {}).ruled(tuple(relax), bounds)
        day = as_of or self.snapshot.as_of
        return self._matchers(day, how, method, tuple(focus), whole)

    def shortlist(
        self,
        recipient: str,
        for_: str | Arrangement = "buddying",
        as_of: date | None = None,
        limit: int = 10,
        *,
        draws: int = uncertainty.N_DRAWS,
        beside: Iterable[str] = (),
        **question: Any,
    ) -> Shortlist:
        """Options to consider for one recipient.

        Args:
            recipient: ODS code or name; a closed one is answered through its successor.
            for_: an arrangement or the name of one.
            as_of: the day; nothing known later is used.
            limit: how many options to show.
            draws: of weights and unknowns, for the doubt; 0 leaves it out.
            beside: further methods whose ranks are shown beside.
            question: `method`, `weights`, `relax`, `bounds`, `focus` as for `matcher`.

        Raises:
            MatchmakerError: whatever is wrong with the question, with the next step.
        """
        matcher = self.recommender(for_, as_of, **question)
        found = self.find(recipient, matcher.profiles.as_of)
        through = tuple(map(_trust, found.via))
        answer = matcher.shortlist(found.organisation.code, limit, through, draws, beside)
        return replace(answer, notes=(*answer.notes, *self.notes)) if self.notes else answer

    def why_not(
        self,
        recipient: str,
        candidate: str,
        for_: str | Arrangement = "buddying",
        as_of: date | None = None,
        limit: int = 10,
        **question: Any,
    ) -> WhyNot:
        """Why a candidate stands where it does for a recipient, and what would change it.

        Args:
            recipient, candidate: ODS codes or names.
            for_, as_of, limit, question: as for `shortlist`.

        Raises:
            MatchmakerError: whatever is wrong with the question, with the next step.
        """
        matcher = self.recommender(for_, as_of, **question)
        day = matcher.profiles.as_of
        own, other = (self.find(asked, day).organisation.code for asked in (recipient, candidate))
        return matcher.why_not(own, other, limit)

    def answer(self, recipient: str, query: ShortlistQuery) -> Shortlist:
        """Options to consider for one recipient; see `shortlist`.

        Raises:
            MatchmakerError: with its place in the query (`loc`).
        """
        with query.locating_errors():
            return self.shortlist(
                recipient,
                query.arrangement or "buddying",
                query.as_of,
                query.limit,
                draws=query.n_draws,
                beside=query.compare_with,
                method=query.method,
                weights=query.weights,
                relax=query.relax,
                bounds=query.rule_parameters(),
                focus=query.focus,
            )

    def explain(self, recipient: str, candidate: str, query: ShortlistQuery) -> WhyNot:
        """Why a candidate stands where it does, and what would change it; see `why_not`.

        Raises:
            MatchmakerError: with its place in the query (`loc`).
        """
        with query.locating_errors():
            return self.why_not(
                recipient,
                candidate,
                query.arrangement or "buddying",
                query.as_of,
                query.limit,
                method=query.method,
                weights=query.weights,
                relax=query.relax,
                bounds=query.rule_parameters(),
                focus=query.focus,
            )

    def assign(
        self,
        recipients: Sequence[str] = (),
        for_: str | Arrangement = "buddying",
        as_of: date | None = None,
        *,
        capacity: int = assignment.CAPACITY,
        floor: float = assignment.FLOOR,
        recipients_in: Sequence[str] = (),
        draws: int = assignment.DRAWS,
        **question: Any,
    ) -> Assignment:
        """One option for each of many recipients, so that the fits add up to the most.

        Args:
            recipients: ODS codes or names; by default all trusts in oversight segment 4 or 5.
            for_, as_of: as for `shortlist`.
            capacity: how many recipients a partner may have, help on record included.
            floor: the least fit of a pair, 0 to 1.
            recipients_in: regions; only recipients of these.
            draws: of weights and unknowns, for how steady the pairs are; 0 leaves it out.
            question: `weights`, `relax`, `bounds`, `focus` as for `matcher`.

        Raises:
            MatchmakerError: whatever is wrong with the question, with the next step.
        """
        whole = for_ if isinstance(for_, Arrangement) else arrangement(for_)
        question["bounds"] = assignment.bounds_with(whole, capacity, question)
        matcher = self.recommender(whole, as_of, **question)
        day = matcher.profiles.as_of
        found = [self.find(asked, day) for asked in recipients]
        codes = tuple(one.organisation.code for one in found) or triage.in_need(matcher.profiles)
        if recipients_in:
            codes = triage.of_regions(matcher.profiles, codes, recipients_in)
        through = tuple(_trust(closed) for one in found for closed in one.via)
        answer = assignment.assign(matcher, codes, capacity, floor, through, draws)
        return replace(answer, notes=(*answer.notes, *self.notes)) if self.notes else answer


def _trust(organisation: RegistryEntry) -> Organisation:
    return Organisation(
        organisation.code, organisation.name, organisation.type, organisation.region, organisation.locality
    )
