"""Ranks the candidates of a recipient and explains every place."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

import numpy as np

from matchmaker.dates import format_date
from matchmaker.errors import InvalidParameter, MatchmakerError, UnknownOrganisation
from matchmaker.features.formatting import join_and
from matchmaker.features.profiles import Profiles
from matchmaker.models import uncertainty
from matchmaker.models.arrangement import Arrangement, arrangements
from matchmaker.models.arrangement_changes import changes
from matchmaker.models.demand import spread_of
from matchmaker.models.eligibility.rules import (
    NOT_ITSELF,
    Exclusion,
    apply_rule,
    check_parameters,
    could_not_be_checked,
    not_itself,
)
from matchmaker.models.explanation.caveats import caveats, merger_notes
from matchmaker.models.explanation.contributions import organisations_of
from matchmaker.models.explanation.reasons import Weighed
from matchmaker.models.explanation.rule_effects import excluded_one, excluded_rows, rule_effects
from matchmaker.models.fact_rows import key_facts
from matchmaker.models.next_quarter import WEIGHTS_ONLY, next_quarter, widened
from matchmaker.models.options import Explainer, RankedCandidates, eligible
from matchmaker.models.ranking import MIN_COVERAGE, rank_candidates
from matchmaker.models.registry import EVIDENCE, ranker
from matchmaker.models.scoring.ranker import Ranker
from matchmaker.models.scoring.weighted_sum import WeightedSumRanker, weighted_sum
from matchmaker.models.ties import describe_tie, is_one_in_all_but_name, same_group, ties
from matchmaker.models.types import (
    DETAILS,
    N_DRAWS,
    Detail,
    MethodAgreement,
    Option,
    Organisation,
    RankUncertainty,
    Shortlist,
)
from matchmaker.typing import Floats, Mask, Rows
from matchmaker.version import __version__

BLOCK = 64
"""Recipients that are scored together; more of them would take memory, and hardly less time."""
N_COMPARED = 5
"""Over how many first places two methods are compared."""


class Recommender:
    """One arrangement and one method applied to the profiles of one day.

    Args:
        profiles: as of the day asked about.
        arrangement: weights and rules, already changed as the question asks.
        method: name of the ranking method.
        areas: names of focus areas; by default each recipient's weakest.
        unrelaxed: the arrangement as it was before the question left out rules.

    Raises:
        InvalidParameter: there is no such method, rule, parameter or focus area.
    """

    def __init__(
        self,
        profiles: Profiles,
        arrangement: Arrangement,
        method: str = EVIDENCE,
        areas: Sequence[str] = (),
        unrelaxed: Arrangement | None = None,
    ) -> None:
        unrelaxed = unrelaxed or arrangement
        for rule in (*arrangement.rules, *unrelaxed.rules):
            check_parameters(rule, profiles.sector)
        self.profiles = profiles
        self.arrangement = arrangement
        self.evidence = WeightedSumRanker(profiles, arrangement, areas, spread_of(profiles, arrangement))
        self.ranker: Ranker = (
            self.evidence if method == EVIDENCE else ranker(method, profiles, arrangement, areas)
        )
        self.named_areas = areas
        self.changes = changes(arrangement, profiles.sector)
        self.explainer = Explainer(profiles, arrangement, self.evidence, self.ranker)
        self._others: dict[str, Ranker] = {}
        applied = {rule.name for rule in arrangement.rules}
        self._relaxed = tuple(rule for rule in unrelaxed.rules if rule.name not in applied)

    @property
    def version(self) -> str:
        """Of the software and of the method; it says where the question changed what is published."""
        return f"{__version__}/{self.ranker.version}{'+changed' if self.changes else ''}"

    def exclusions(self, recipient: int) -> dict[str, Exclusion]:
        """What every rule of the arrangement does; first, that no organisation is its own partner."""
        applied = {rule.name: apply_rule(rule, self.profiles, recipient) for rule in self.arrangement.rules}
        return {NOT_ITSELF: not_itself(self.profiles, recipient)} | applied

    def eligible(self, recipient: int) -> Mask:
        """(n,) which candidates no rule excludes."""
        return eligible(self.exclusions(recipient))

    def ranking(self, recipients: Rows) -> list[Rows]:
        """The eligible candidates of each recipient, in order, without explanation."""
        # In blocks, so that memory grows with the organisations and not with their square.
        starts = range(0, len(recipients), BLOCK)
        return [order for start in starts for order in self._ranking(recipients[start : start + BLOCK])]

    def _ranking(self, recipients: Rows) -> list[Rows]:
        scores = self.ranker.scores(recipients)
        return [
            rank_candidates(scores.score[at], scores.coverage[at], self.eligible(int(row)))
            for at, row in enumerate(recipients)
        ]

    def ranked(self, recipient: str) -> RankedCandidates:
        """All candidates of one recipient, with all that explanations are made of.

        Raises:
            UnknownOrganisation: the code is of none that is open on the day.
        """
        return self.ranked_all([self._checked(recipient)])[0]

    def ranked_all(self, rows: Sequence[int]) -> list[RankedCandidates]:
        """All candidates of each of some recipients, scored in one go; the same as one by one."""
        recipients = np.array(rows, dtype=np.intp)
        fits = self.evidence.scores(recipients)
        scores = fits if self.ranker is self.evidence else self.ranker.scores(recipients)
        out = []
        for at, row in enumerate(rows):
            exclusions = self.exclusions(row)
            allowed = eligible(exclusions)
            own_fits = fits.of(at)
            own = own_fits if scores is fits else scores.of(at)
            order = rank_candidates(own.score[0], own.coverage[0], allowed)
            out.append(RankedCandidates(row, own, own_fits, exclusions, allowed, order))
        return out

    def _checked(self, recipient: str) -> int:
        """The row of a recipient that this can be asked for."""
        row = self.row(recipient)
        self._check_type(row)
        self.evidence.check_focus(row)
        return row

    def shortlists(
        self,
        recipients: Sequence[str],
        limit: int = 10,
        n_draws: int = N_DRAWS,
        compare_with: Sequence[str] = (),
        details: Collection[Detail] = DETAILS,
    ) -> Iterator[Shortlist | MatchmakerError]:
        """`shortlist` of each of some recipients, made in blocks; where one can't be made, why.

        Args:
            recipients: codes, open on the day.
            limit, n_draws, compare_with, details: as for `shortlist`.

        Raises:
            InvalidParameter: the limit is below 1, or draws below 0.
        """
        if limit < 1:
            text = f"A shortlist of {limit} holds nothing."
            raise InvalidParameter(text, "Ask for 1 option or more.", ("limit",))
        if n_draws < 0:
            raise InvalidParameter(
                f"{n_draws} draws can't be made.", "Ask for 0 draws or more.", ("n_draws",)
            )
        for first in range(0, len(recipients), BLOCK):
            checked: list[int | MatchmakerError] = []
            for code in recipients[first : first + BLOCK]:
                try:
                    checked.append(self._checked(code))
                except MatchmakerError as error:
                    checked.append(error)
            ranked = self.ranked_all([one for one in checked if isinstance(one, int)])
            shown = [one.order[:limit] for one in ranked]
            fits = [one.fits.among(rows) for one, rows in zip(ranked, shown, strict=True)]
            weighed = self.explainer.weigh([one.row for one in ranked], shown, fits)
            made = zip(ranked, weighed, strict=True)
            for one in checked:
                if isinstance(one, MatchmakerError):
                    yield one
                else:
                    yield self._shortlist(*next(made), limit, n_draws, compare_with, details)

    def shortlist(
        self,
        recipient: str,
        limit: int = 10,
        n_draws: int = N_DRAWS,
        compare_with: Sequence[str] = (),
        details: Collection[Detail] = DETAILS,
    ) -> Shortlist:
        """The first `limit` options for a recipient, explained, and the excluded with their reasons.

        Args:
            recipient: code, open on the day.
            limit: how many options to show, 1 or more.
            n_draws: draws of weights and unknowns for rank intervals; 0 leaves them out.
            compare_with: further methods whose ranks are shown too.
            details: what is worked out beside ranks and reasons; by default all.

        Raises:
            InvalidParameter: the limit is below 1, draws below 0, or there is no such method.
            UnknownOrganisation: the code is of none that is open on the day.
        """
        (found,) = self.shortlists([recipient], limit, n_draws, compare_with, details)
        if isinstance(found, MatchmakerError):
            raise found
        return found

    def _shortlist(
        self,
        ranked: RankedCandidates,
        weighed: Sequence[Weighed],
        limit: int,
        n_draws: int,
        compare_with: Sequence[str],
        details: Collection[Detail],
    ) -> Shortlist:
        intervals, ties = self._rank_uncertainty(ranked, limit, n_draws)
        intervals, interval_basis = self._widened(intervals, len(ranked.order))
        others = self._ranks_by_method(ranked, compare_with)
        relaxed = {rule.name: apply_rule(rule, self.profiles, ranked.row) for rule in self._relaxed}
        shown = ranked.order[:limit]
        options = tuple(
            self.explainer.options(
                ranked.row,
                shown,
                ranked.scores.among(shown),
                weighed,
                ranked.exclusions,
                details,
                relaxed=relaxed,
                intervals=intervals,
                others=others,
            )
        )
        effects = rule_effects(self.arrangement, ranked.exclusions)
        left_out = excluded_rows(self.profiles, ranked.exclusions)
        return Shortlist(
            recipient=self.organisation(ranked.row),
            arrangement=self.arrangement.name,
            as_of=self.profiles.as_of,
            snapshot=self.profiles.snapshot.hash,
            method=self.ranker.name,
            version=self.version,
            changes=self.changes,
            via=(),
            focus=tuple(self.profiles.features[at].label for at in self.evidence.areas(ranked.row)),
            eligible=len(ranked.order),
            options=options,
            n_excluded=len(left_out),
            excluded=tuple(
                excluded_one(self.profiles, at, ranked.exclusions)
                for at in (left_out if "excluded" in details else ())
            ),
            rule_effects=effects,
            relaxed=tuple(relaxed),
            ties=ties,
            notes=tuple(caveats(self.profiles, ranked.row, ranked.order, options, effects, relaxed)),
            checklist=self.arrangement.checklist,
            first_step=self.arrangement.first_step,
            attribution=str(self.profiles.snapshot.manifest["attribution"]),
            agreements=tuple(
                self._agreement(ranked, name, ranks) for name, ranks in others.items() if options
            ),
            interval_basis=interval_basis,
            recipient_facts=(
                key_facts(self.profiles, ranked.row, ranked.row, self.arrangement)
                if "facts" in details
                else ()
            ),
        )

    def _check_type(self, row: int) -> None:
        """Refuse a recipient of a type that the arrangement is not for."""
        sector, own = self.profiles.sector, str(self.profiles.types[row])
        if not self.arrangement.is_for(own):
            whom = join_and([sector.type_plural(name) for name in self.arrangement.recipients])
            one = self.organisation(row)
            text = f"{self.arrangement.label} is for {whom}; {one.name} ({one.code}) is none of these."
            fit = [each.name for each in arrangements(sector).values() if each.is_for(own)]
            raise InvalidParameter(text, f"Choose one of: {', '.join(fit)}.", ("arrangement",))

    def option(self, recipient: int, candidate: int, rank: int, values: Floats) -> Option:
        """The option at one place of a list that was ranked by the evidence, without a rank interval.

        Args:
            recipient, candidate: rows.
            rank: the place.
            values: (k,) what each criterion saw of the two.
        """
        fits, shown = weighted_sum(values[:, None, None], self.evidence.weights), np.array([candidate])
        (weighed,) = self.explainer.weigh([recipient], [shown], [fits])
        relaxed = {rule.name: apply_rule(rule, self.profiles, recipient) for rule in self._relaxed}
        rules = self.exclusions(recipient)
        (found,) = self.explainer.options(
            recipient, shown, fits, weighed, rules, (), first=rank, relaxed=relaxed
        )
        return found

    def organisation(self, at: int) -> Organisation:
        """One organisation of the profiles."""
        return organisations_of(self.profiles)[at]

    def row(self, code: str) -> int:
        """Row of an organisation in the profiles.

        Raises:
            UnknownOrganisation: the code is of none that is open on the day.
        """
        if code not in self.profiles.position:
            text = f"No organisation with the code '{code}' is open on {format_date(self.profiles.as_of)}."
            raise UnknownOrganisation(text, "Ask by name, or about another day.")
        return self.profiles.position[code]

    def _rank_uncertainty(
        self, ranked: RankedCandidates, limit: int, n_draws: int
    ) -> tuple[dict[int, RankUncertainty], str | None]:
        order, shown = ranked.order, ranked.order[:limit]
        if not n_draws or not len(order) or self.ranker is not self.evidence:
            return {}, None
        thin = ranked.fits.coverage[0, order] < MIN_COVERAGE
        values, weights = ranked.fits.values[:, 0, order], self.evidence.weights
        drawn = uncertainty.score_blocks(values, weights, n_draws, last=thin)
        intervals, n_tied = uncertainty.of_first(drawn, len(shown))
        return dict(zip(shown.tolist(), intervals, strict=True)), uncertainty.describe_ties(
            n_tied, len(shown)
        )

    def weights_intervals(self, recipient: str, limit: int, n_draws: int) -> list[RankUncertainty]:
        """The rank intervals of the first `limit` options by weights and unknowns alone."""
        return list(self._rank_uncertainty(self.ranked(recipient), limit, n_draws)[0].values())

    def _widened(
        self, intervals: dict[int, RankUncertainty], n_eligible: int
    ) -> tuple[dict[int, RankUncertainty], str | None]:
        """Intervals that cover the next quarter too, where the sector has measured that; what they cover."""
        if not intervals:
            return intervals, None
        shipped = next_quarter(self.profiles.sector, self.arrangement.name)
        if shipped is None:
            return intervals, WEIGHTS_ONLY
        wider = {
            at: widened(one, rank, n_eligible, shipped.bands)
            for rank, (at, one) in enumerate(intervals.items(), 1)
        }
        return wider, shipped.says

    def _ranks_by_method(self, ranked: RankedCandidates, methods: Iterable[str]) -> dict[str, dict[int, int]]:
        ranks = {}
        for at, name in enumerate(methods):
            if name != self.ranker.name:
                if name not in self._others:
                    try:
                        self._others[name] = ranker(name, self.profiles, self.arrangement, self.named_areas)
                    except InvalidParameter as error:
                        error.loc = ("compare_with", at)
                        raise
                scores = self._others[name].scores(np.array([ranked.row]))
                order = rank_candidates(scores.score[0], scores.coverage[0], ranked.eligible)
                ranks[name] = {row: rank for rank, row in enumerate(order.tolist(), 1)}
        return ranks

    def _agreement(self, ranked: RankedCandidates, method: str, ranks: dict[int, int]) -> MethodAgreement:
        own = {row: rank for rank, row in enumerate(ranked.order.tolist(), 1)}
        compared = min(N_COMPARED, len(own))
        shared = sum(own[row] <= compared and rank <= compared for row, rank in ranks.items())
        first_row = min(ranks, key=lambda row: ranks[row])
        first, here = self.organisation(first_row), own[first_row]
        word = self.profiles.sector.words.organisation
        puts = f"the same {word}" if here == 1 else f"{first.name} ({first.code})"
        place = "first" if here == 1 else f"first, here {here}"
        text = f"The method {method} shares {shared} of the first {compared} places and puts {puts} {place}."
        return MethodAgreement(method, shared, compared, first, here, text)

    def pair_notes(self, ranked: RankedCandidates, candidate: int) -> tuple[str, ...]:
        """What a list says of an option beside its criteria: ties, what could not be checked, mergers.

        Args:
            ranked: the candidates of one recipient.
            candidate: row of the one asked about.
        """
        snapshot, day, sector = self.profiles.snapshot, self.profiles.as_of, self.profiles.sector
        codes = [self.organisation(row).code for row in (ranked.row, candidate)]
        one = same_group(snapshot, day).get(codes[0], {}).get(codes[1])
        is_one = one is not None and is_one_in_all_but_name(one)
        joint = [tie for tie in ties(snapshot, day).get((codes[0], codes[1]), ()) if tie.is_joint]
        told = [describe_tie(tie, sector) for tie in joint if tie.state != "ended"]
        return (
            *([" ".join(["The two are already one in all but name.", *told])] if is_one else told),
            *(
                could_not_be_checked(name, rule, candidate, sector)
                for name, rule in ranked.exclusions.items()
                if rule.unchecked[candidate]
            ),
            *merger_notes(self.profiles, candidate, "the candidate"),
        )
