"""The engine: one object that answers questions about organisations by code or name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from matchmaker.cache import cached
from matchmaker.errors import InvalidParameter, MatchmakerError
from matchmaker.extras import named_if_missing
from matchmaker.features.areas import areas_named, type_named
from matchmaker.features.profiles import Profiles, profiles_on
from matchmaker.models import assignment
from matchmaker.models.arrangement import Arrangement, arrangement
from matchmaker.models.data_age import age_notes, check_day, data_age, today
from matchmaker.models.eligibility.candidates import (
    check_own_candidates,
    service_notes,
    stating_candidates,
    with_service,
)
from matchmaker.models.eligibility.rules import rules
from matchmaker.models.method_record import method_records
from matchmaker.models.query import ShortlistQuery
from matchmaker.models.recommender import Recommender
from matchmaker.models.registry import EVIDENCE, method_named
from matchmaker.models.types import DETAILS, N_DRAWS, Detail, Organisation, Shortlist, WhyNot
from matchmaker.sector import Sector, load_sector
from matchmaker.snapshot import Snapshot, load
from matchmaker.snapshot.registry import OrganisationRegistry, RegistryEntry, Resolved, registry_of
from matchmaker.written import name_meant

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

    from matchmaker.features.types import Comparison, Profile
    from matchmaker.models.assignment.types import Assignment
    from matchmaker.models.batch import Batch
    from matchmaker.models.early_warning.types import EarlyWarningReport
    from matchmaker.models.overview.types import OrganisationOverview, Peer

LEFT_OUT = "leave_out"
"""The rule that leaves out whom the question names."""

# What only some questions need is imported where they are answered: a shortlist comes sooner.

Parameters = Mapping[str, Mapping[str, Any]]
"""Rule -> parameter -> a number or words."""
Answer = TypeVar("Answer", Shortlist, WhyNot, "Assignment", "OrganisationOverview", "EarlyWarningReport")


class Matchmaker:
    """Answers questions about one snapshot.

    Args:
        snapshot: a loaded snapshot, the path of one, or None for the one in use.
        sector: the sector to read it with, or its name; by default the one that the snapshot names.
        today: the day from which the age of the figures counts; by default that of the clock.

    Attributes:
        notes: caveats on own data in it; see `with_data`.

    Examples:
        >>> from matchmaker import Matchmaker
        >>> engine = Matchmaker()
        >>> code = engine.profiles().organisations["code"][0]
        >>> len(engine.shortlist(code, limit=3).options)
        3
    """

    def __init__(
        self,
        snapshot: Snapshot | str | Path | None = None,
        sector: Sector | str | None = None,
        today: date | None = None,
    ) -> None:
        chosen = load_sector(sector) if isinstance(sector, str) else sector
        self.snapshot = snapshot if isinstance(snapshot, Snapshot) else load(snapshot, chosen)
        self.notes: tuple[str, ...] = ()
        self._today = today

    @property
    def sector(self) -> Sector:
        """The sector of the snapshot."""
        return self.snapshot.sector

    @named_if_missing()
    def with_data(self, data: str | Path | pl.DataFrame | pd.DataFrame) -> Matchmaker:
        """Another engine, with figures of your own laid over the published ones.

        Args:
            data: a CSV file, an Excel workbook or a frame; see docs/own-data.md.

        Returns:
            One whose `notes`, which its shortlists repeat, say what is doubtful in the data.

        Raises:
            BadFile: with every fault of the table.
        """
        from matchmaker.features.overlay_template import notes, profile_labels
        from matchmaker.snapshot.overlay import merge

        own = merge.read(data, self.snapshot, profile_labels(self.sector))
        engine = Matchmaker(merge.overlay(self.snapshot, own), today=self._today)
        engine.notes = tuple(dict.fromkeys((*self.notes, *notes(own, self.snapshot, engine.snapshot))))
        return engine

    @cached_property
    def registry(self) -> OrganisationRegistry:
        """Finds organisations by code and name."""
        same = self.snapshot.apart_from_figures
        return registry_of(same if same.as_of == self.snapshot.as_of else self.snapshot)

    def profiles(self, as_of: date | None = None) -> Profiles:
        """Profiles of all organisations open on a day (by default the snapshot's own).

        Raises:
            InvalidParameter: the day is after that of the snapshot, or before anything was known.
        """
        check_day(self.snapshot, as_of)
        return profiles_on(self.snapshot, as_of or self.snapshot.as_of)

    def find(self, organisation: str, as_of: date | None = None) -> Resolved:
        """The organisation that a code or name means on a day; see `OrganisationRegistry.find`."""
        return self.registry.find(organisation, as_of)

    def profile(self, organisation: str, as_of: date | None = None) -> Profile:
        """The profile of one organisation, by code or name; a closed one through its successor."""
        from matchmaker.features.profile import profile_of

        on_day = self.profiles(as_of)
        return profile_of(on_day, self.find(organisation, on_day.as_of).organisation.code)

    def overview(self, organisation: str, as_of: date | None = None) -> OrganisationOverview:
        """One organisation at a glance: profile, nearest peers, key features over time, early signs.

        Args:
            organisation: code or name; a closed one is answered through its successor.
            as_of: the day; nothing published later is used.

        Raises:
            MatchmakerError: whatever is wrong with the question, with the next step.
        """
        from matchmaker.models.overview.overview import overview_of

        on_day = self.profiles(as_of)
        resolved = self.find(organisation, on_day.as_of)
        via = tuple(map(_organisation, resolved.via))
        answer = overview_of(on_day, resolved.organisation.code, via)
        return self._dated(answer, on_day, (answer.profile.code,), resolved)

    def compare(
        self, organisations: Sequence[str], as_of: date | None = None, *, own: Sequence[str] = ()
    ) -> Comparison:
        """Two to eight organisations side by side, with the spread of each figure where it belongs.

        Args:
            organisations: codes or names; the first gives the type and region to compare with.
            as_of: the day; nothing published later is used.
            own: rules and codes of a set of one's own; see `features.comparison_sets.own_set`.

        Raises:
            MatchmakerError: whatever is wrong with the question, with the next step.
        """
        from matchmaker.features.comparison import compare, with_sets
        from matchmaker.features.comparison_sets import own_set, usual_sets
        from matchmaker.features.profile import profile_of

        on_day = self.profiles(as_of)

        def code_of(name: str) -> str:
            return self.find(name, on_day.as_of).organisation.code

        found = compare([profile_of(on_day, code_of(name)) for name in organisations])
        mine = own_set(on_day, own, code_of)
        sets = (*usual_sets(on_day, found.profiles[0].code), *([] if mine is None else [mine]))
        return with_sets(found, on_day, sets)

    def peers(
        self, organisation: str, limit: int | None = None, as_of: date | None = None
    ) -> tuple[Peer, ...]:
        """The organisations of its type that are nearest to one in circumstances; see `overview.peers`."""
        from matchmaker.models.overview.peers import N_PEERS, nearest_peers

        on_day = self.profiles(as_of)
        return nearest_peers(
            on_day,
            self.find(organisation, on_day.as_of).organisation.code,
            N_PEERS if limit is None else limit,
        )

    def signs(self, as_of: date | None = None, org_type: str | None = None) -> EarlyWarningReport:
        """The early-warning signs that open organisations show, and how often such signs were false.

        Args:
            as_of: the day; nothing published later is used.
            org_type: only organisations of this type.

        Raises:
            InvalidParameter: no organisation of that type is open.
        """
        from matchmaker.models.early_warning.report import early_warning_report

        on_day = self.profiles(as_of)
        answer = early_warning_report(on_day, org_type and type_named(self.sector, org_type))
        return self._dated(answer, on_day, [one.organisation.code for one in answer.organisations])

    def recommender(
        self,
        arrangement: str | Arrangement | None = None,
        as_of: date | None = None,
        *,
        method: str = EVIDENCE,
        weights: Mapping[str, float] | None = None,
        relax: Sequence[str] = (),
        parameters: Parameters | None = None,
        focus: Sequence[str] = (),
        service: str | None = None,
    ) -> Recommender:
        """An arrangement and a method applied to a day.

        Args:
            arrangement: a form of partnership, or the name of one; by default the sector's first.
            as_of: the day; nothing published later is used.
            method: name of the ranking method; `registry.methods` lists them.
            weights: criterion -> weight, in place of the arrangement's.
            relax: rules to leave out, or one.
            parameters: rule -> its parameters, in place of or in addition to the arrangement's.
            focus: names of up to three features on which the partner should be strong, or one.
            service: name of the one service that it is about, in place of a focus; `features.services` lists
                them. Arrangements for one service need it.

        Raises:
            MatchmakerError: whatever is wrong with the question, with the next step.
        """
        method = method_named(self.sector, method)
        if relax:
            labels = {name: rule.label for name, rule in rules(self.sector).items()}
            relax = [name_meant(rule, labels) or rule for rule in _each(relax)]
        parameters = self._leaving_out(parameters, as_of)
        on_day, areas = self.profiles(as_of), _each(focus)
        if service is not None:
            on_day, areas = with_service(on_day, service, areas)
        unrelaxed = stating_candidates(self._arrangement(arrangement), on_day, service, areas)
        changed = unrelaxed.with_weights(weights or {}).with_rules(tuple(relax), parameters)
        return _recommender(on_day, changed, method, areas, unrelaxed)

    def shortlist(
        self,
        recipient: str,
        arrangement: str | Arrangement | None = None,
        as_of: date | None = None,
        limit: int = 10,
        *,
        method: str = EVIDENCE,
        weights: Mapping[str, float] | None = None,
        relax: Sequence[str] = (),
        parameters: Parameters | None = None,
        focus: Sequence[str] = (),
        service: str | None = None,
        n_draws: int = N_DRAWS,
        compare_with: Sequence[str] = (),
        details: Collection[Detail] = DETAILS,
    ) -> Shortlist:
        """Options to consider for one recipient.

        Args:
            recipient: code or name; a closed one is answered through its successor.
            arrangement, as_of, method, weights, relax, parameters, focus, service: as for
                `recommender`.
            limit: how many options to show.
            n_draws: draws of weights and unknowns for rank intervals; 0 leaves them out.
            compare_with: further methods whose ranks are shown too, or one.
            details: what is worked out beside ranks and reasons; by default all. What is not is left empty.

        Raises:
            MatchmakerError: whatever is wrong with the question, with the next step.
        """
        recommender = self.recommender(
            arrangement,
            as_of,
            method=method,
            weights=weights,
            relax=relax,
            parameters=parameters,
            focus=focus,
            service=service,
        )
        resolved = self._recipient(recipient, recommender)
        code = resolved.organisation.code
        answer = recommender.shortlist(code, limit, n_draws, _each(compare_with), details)
        return self._told(answer, recommender, resolved, weights, focus, service)

    def shortlists(
        self, recipients: Sequence[str], query: ShortlistQuery, details: Collection[Detail] = DETAILS
    ) -> Iterator[Shortlist | MatchmakerError]:
        """The lists of many recipients by one query, sooner than one by one; each as if it were alone.

        Args:
            recipients: codes or names.
            query: for all of them.
            details: as for `shortlist`.

        Returns:
            In the order of the recipients; where a list can't be made, the error that says why.

        Raises:
            MatchmakerError: the query can't be used for anybody.
        """
        recommender = self.recommender_for(query)
        found: list[Resolved | MatchmakerError] = []
        for name in recipients:
            try:
                found.append(self._recipient(name, recommender))
            except MatchmakerError as error:
                found.append(error)
        codes = [one.organisation.code for one in found if not isinstance(one, MatchmakerError)]
        answers = recommender.shortlists(codes, query.limit, query.n_draws, query.compare_with, details)
        for one in found:
            if isinstance(one, MatchmakerError):
                yield one
                continue
            answer = next(answers)
            if not isinstance(answer, MatchmakerError):
                answer = self._told(answer, recommender, one, query.weights, query.focus, query.service)
            yield answer

    def _recipient(self, name: str, recommender: Recommender) -> Resolved:
        """The recipient that a code or name means, where it has candidates."""
        on_day = recommender.profiles
        resolved = self.find(name, on_day.as_of)
        check_own_candidates(recommender.arrangement, on_day, resolved.organisation.code)
        return resolved

    def _told(
        self,
        answer: Shortlist,
        recommender: Recommender,
        resolved: Resolved,
        weights: Mapping[str, float] | None,
        focus: Sequence[str],
        service: str | None,
    ) -> Shortlist:
        """A list with what a reader must know of the method, the data and how the recipient was found."""
        notes = answer.notes
        asked = [word for word, given in (("weights", weights), ("focus areas", focus)) if given]
        if asked and answer.method != EVIDENCE:
            without = f"The method {answer.method} ranks without {' or '.join(asked)}"
            ignored = f"{without}: they change the reasons only."
            notes = (ignored, *notes)
        if service is not None:
            notes = (*service_notes(recommender.profiles, service, answer.recipient.code), *notes)
        codes = [answer.recipient.code, *(option.organisation.code for option in answer.options)]
        record = method_records(self.sector, answer.arrangement, (answer.method,))
        notes += tuple(one.sentence for one in record)
        answer = replace(answer, via=tuple(map(_organisation, resolved.via)), notes=notes)
        return self._dated(answer, recommender.profiles, codes, resolved)

    def why_not(
        self,
        recipient: str,
        candidate: str,
        arrangement: str | Arrangement | None = None,
        as_of: date | None = None,
        limit: int = 10,
        *,
        method: str = EVIDENCE,
        weights: Mapping[str, float] | None = None,
        relax: Sequence[str] = (),
        parameters: Parameters | None = None,
        focus: Sequence[str] = (),
        service: str | None = None,
    ) -> WhyNot:
        """Why a candidate stands where it does for a recipient, and what would change it.

        Args:
            recipient, candidate: codes or names.
            arrangement, as_of, method, weights, relax, parameters, focus, service: as for
                `recommender`.
            limit: how many places count as being on the list.

        Raises:
            MatchmakerError: whatever is wrong with the question, with the next step.
        """
        from matchmaker.models.contrastive import why_not

        recommender = self.recommender(
            arrangement,
            as_of,
            method=method,
            weights=weights,
            relax=relax,
            parameters=parameters,
            focus=focus,
            service=service,
        )
        day = recommender.profiles.as_of
        resolved = [self.find(name, day) for name in (recipient, candidate)]
        codes = [one.organisation.code for one in resolved]
        answer = why_not(recommender, codes[0], codes[1], limit)
        followed = tuple(
            f"{closed.name} ({closed.code}) has closed; its successor answers."
            for one in resolved
            for closed in one.via
        )
        answer = replace(answer, notes=followed + answer.notes)
        return self._dated(answer, recommender.profiles, codes, *resolved)

    def recommender_for(self, query: ShortlistQuery) -> Recommender:
        """`recommender` by a query.

        Raises:
            MatchmakerError: with its place in the query (`loc`).
        """
        with query.locating_errors():
            return self.recommender(
                query.arrangement,
                query.as_of,
                method=query.method,
                weights=query.weights,
                relax=query.relax,
                parameters=query.rule_parameters(),
                focus=query.focus,
                service=query.service,
            )

    def answer(
        self, recipient: str, query: ShortlistQuery, details: Collection[Detail] = DETAILS
    ) -> Shortlist:
        """`shortlist` by a query.

        Raises:
            MatchmakerError: with its place in the query (`loc`).
        """
        with query.locating_errors():
            return self.shortlist(
                recipient,
                query.arrangement,
                query.as_of,
                query.limit,
                method=query.method,
                weights=query.weights,
                relax=query.relax,
                parameters=query.rule_parameters(),
                focus=query.focus,
                service=query.service,
                n_draws=query.n_draws,
                compare_with=query.compare_with,
                details=details,
            )

    def explain(self, recipient: str, candidate: str, query: ShortlistQuery) -> WhyNot:
        """`why_not` by a query.

        Raises:
            MatchmakerError: with its place in the query (`loc`).
        """
        with query.locating_errors():
            return self.why_not(
                recipient,
                candidate,
                query.arrangement,
                query.as_of,
                query.limit,
                method=query.method,
                weights=query.weights,
                relax=query.relax,
                parameters=query.rule_parameters(),
                focus=query.focus,
                service=query.service,
            )

    @named_if_missing()
    def assign(
        self,
        recipients: Sequence[str] = (),
        arrangement: str | Arrangement | None = None,
        as_of: date | None = None,
        *,
        capacity: int = assignment.CAPACITY,
        floor: float = assignment.FLOOR,
        regions: Sequence[str] = (),
        n_draws: int = assignment.N_DRAWS,
        weights: Mapping[str, float] | None = None,
        relax: Sequence[str] = (),
        parameters: Parameters | None = None,
        focus: Sequence[str] = (),
        service: str | None = None,
    ) -> Assignment:
        """One option for each of many recipients, so that the fits add up to the most.

        Args:
            recipients: codes or names; by default all that are in need.
            arrangement, as_of, weights, relax, parameters, focus, service: as for `recommender`.
            capacity: how many recipients a partner may have, help on record included.
            floor: the least fit of a pair, from 0 to 1.
            regions: only recipients of these.
            n_draws: draws of weights and unknowns, for how stable the pairs are; 0 leaves that out.

        Raises:
            MatchmakerError: whatever is wrong with the question, with the next step.
        """
        from matchmaker.models.assignment import solver, triage

        chosen = self._arrangement(arrangement)
        recommender = self.recommender(
            chosen,
            as_of,
            weights=weights,
            relax=relax,
            parameters=solver.with_capacity(chosen, capacity, _each(relax), parameters),
            focus=focus,
            service=service,
        )
        on_day = recommender.profiles
        resolved = []
        for at, name in enumerate(recipients):
            try:
                resolved.append(self.find(name, on_day.as_of))
            except MatchmakerError as error:
                error.loc = ("recipients", at)
                raise
        codes = tuple(one.organisation.code for one in resolved) or triage.recipients_in_need(on_day)
        if regions:
            codes = triage.of_regions(on_day, codes, regions)
        via = tuple(_organisation(closed) for one in resolved for closed in one.via)
        answer = solver.assign(recommender, codes, capacity, floor, via, n_draws)
        return self._dated(answer, on_day, [*codes, *(pair.partner.code for pair in answer.pairs)], *resolved)

    def batch(
        self,
        recipients: Sequence[str] = (),
        query: ShortlistQuery | None = None,
        *,
        org_type: str | None = None,
        regions: Sequence[str] = (),
        localities: Sequence[str] = (),
        top: int = 3,
        track: Callable[[str, Iterable[str]], Iterable[str]] | None = None,
    ) -> Batch:
        """The first options of many recipients, each as if it were alone; see `assign` for all at once.

        Args:
            recipients: codes or names; by default all of the type, regions and localities that are named, or
                all in need where none is.
            query: how to rank; its limit is not read.
            org_type: only recipients of this type, by its name or label.
            regions, localities: only recipients of these.
            top: how many options to show of each, 1 or more.
            track: is given what is going on and the codes, and gives them back one by one: a progress bar.

        Raises:
            MatchmakerError: whatever is wrong with the question, with the next step.
        """
        from matchmaker.models import batch

        asked = (query or ShortlistQuery.parse({}, self.sector)).model_copy(update={"limit": top})
        if top < 1:
            raise InvalidParameter(f"{top} options are none.", "Ask for 1 option or more.", ("top",))
        used = self.recommender_for(asked)
        on_day = used.profiles
        codes = self._recipients(on_day, recipients, org_type, regions, localities)
        lines = []
        answers = self.shortlists(codes, asked, ())
        for code in codes if track is None else track("Shortlists", codes):
            answer = next(answers)
            if isinstance(answer, MatchmakerError):
                if len(codes) == 1:
                    raise answer
                at = used.organisation(used.row(code))
                lines.append(batch.BatchLine(at, 0, (), f"{answer.message} {answer.next_step}"))
                continue
            lines.append(batch.line_of(answer))
        age = age_notes(data_age(on_day, codes), on_day.as_of, self._today or today())
        return batch.Batch(
            arrangement=used.arrangement.name,
            as_of=on_day.as_of,
            snapshot=self.snapshot.hash,
            method=used.ranker.name,
            version=used.version,
            top=top,
            lines=tuple(lines),
            changes=used.changes,
            notes=(batch.ALONE, *age, *self.notes),
            attribution=str(self.snapshot.manifest["attribution"]),
        )

    def _recipients(
        self,
        on_day: Profiles,
        named: Sequence[str],
        org_type: str | None,
        regions: Sequence[str],
        localities: Sequence[str],
    ) -> list[str]:
        """The codes of recipients: those named, else those of a type and places, else those in need."""
        from matchmaker.models.assignment import triage

        codes = []
        for at, name in enumerate(named):
            try:
                codes.append(self.find(name, on_day.as_of).organisation.code)
            except MatchmakerError as error:
                error.loc = ("recipients", at)
                raise
        if not named and not (org_type or regions or localities):
            codes = list(triage.recipients_in_need(on_day))
        elif not named:
            roles = {name: one.role for name, one in self.sector.types.items()}
            rows = on_day.organisations.select("code", "type").iter_rows()
            codes = [code for code, kind in rows if roles.get(kind) != "candidate"]
        kept = set(codes)
        columns = on_day.organisations.select("code", "type", "region", "locality").rows()
        if org_type:
            kind = type_named(self.sector, org_type)
            kept &= {row[0] for row in columns if row[1] == kind}
        for column, at, names in (("region", 2, regions), ("locality", 3, localities)):
            if names:
                try:
                    wanted = set(areas_named(on_day, column, names))
                except InvalidParameter as error:
                    error.loc = ("regions" if column == "region" else "localities", *error.loc[1:])
                    raise
                kept &= {row[0] for row in columns if row[at] in wanted}
        if not kept:
            text = f"No open {self.sector.words.organisation} is all of what was asked for."
            raise InvalidParameter(text, "Leave something out, or name the recipients.", ("recipients",))
        return [code for code in dict.fromkeys(codes) if code in kept]

    def _dated(self, answer: Answer, on_day: Profiles, codes: Sequence[str], *named: Resolved) -> Answer:
        """An answer with the age of its figures, and notes on this, on own data and on what was named."""
        age = data_age(on_day, codes)
        how_old = age_notes(age, on_day.as_of, self._today or today())
        read_as = tuple(one.matched.sentence for one in named if one.matched.sentence)
        return replace(answer, data_age=age, notes=read_as + how_old + answer.notes + self.notes)

    def _leaving_out(self, parameters: Parameters | None, as_of: date | None) -> Parameters | None:
        """Parameters in which those to leave out are named by their codes."""
        named = (parameters or {}).get(LEFT_OUT, {}).get("codes")
        if not named or isinstance(named, str):
            return parameters
        codes = []
        for text in named:
            try:
                known = self.registry.by_code.get(text.strip().upper())
                codes.append((known or self.find(text, as_of).organisation).code)
            except MatchmakerError as error:
                fault = InvalidParameter(error.message, error.next_step, ("parameters", LEFT_OUT, "codes"))
                fault.codes = error.codes
                raise fault from error
        return {**(parameters or {}), LEFT_OUT: {"codes": tuple(codes)}}

    def _arrangement(self, name: str | Arrangement | None) -> Arrangement:
        if isinstance(name, Arrangement):
            return name
        return arrangement(self.sector, name or self.sector.display.arrangements[0])

    def __reduce__(self) -> tuple[Any, ...]:
        return _engine, (self.snapshot, self.notes, self._today)

    def __repr__(self) -> str:
        return f"<Matchmaker {self.sector.name}, snapshot {self.snapshot.hash[:12]} of {self.snapshot.as_of}>"


@cached
def _engine(snapshot: Snapshot, notes: tuple[str, ...], on_day: date | None) -> Matchmaker:
    """An engine that came from another process; one for all tasks, so that its registry is made once."""
    engine = Matchmaker(snapshot, today=on_day)
    engine.notes = notes
    return engine


@cached
def _recommender(
    on_day: Profiles, changed: Arrangement, method: str, focus: tuple[str, ...], unrelaxed: Arrangement
) -> Recommender:
    return Recommender(on_day, changed, method, focus, unrelaxed)


def _each(names: Sequence[str]) -> tuple[str, ...]:
    """Several names, or one that is given as a text."""
    return (names,) if isinstance(names, str) else tuple(names)


def _organisation(entry: RegistryEntry) -> Organisation:
    return Organisation(entry.code, entry.name, entry.type, entry.region, entry.locality)
