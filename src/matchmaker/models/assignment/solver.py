"""Many recipients at once: one partner each, partners with limited capacity, the most fit in total.

A recipient gets one partner at most, because several at once may be too much for it; a partner takes on no
more than its capacity. Fits are added up as they are: no recipient counts for more than another, and one
without a partner adds nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from matchmaker.errors import InvalidParameter
from matchmaker.features.profiles import Profiles
from matchmaker.models import uncertainty
from matchmaker.models.arrangement import Arrangement
from matchmaker.models.assignment import CAPACITY, FLOOR, N_DRAWS
from matchmaker.models.assignment import summary as words
from matchmaker.models.assignment.blocking_pairs import blocking_pairs
from matchmaker.models.assignment.matching import (
    UNASSIGNED,
    AssignmentProblem,
    any_optimal,
    greedy,
    max_pairs,
    optimal,
)
from matchmaker.models.assignment.triage import by_need, need_known
from matchmaker.models.assignment.types import Assignment, BlockingPair, Pair, Unmatched, UnmatchedReason
from matchmaker.models.explanation.rule_effects import rule_effects
from matchmaker.models.ranking import MIN_COVERAGE
from matchmaker.models.recommender import Recommender
from matchmaker.models.scoring.geography import kilometres
from matchmaker.models.scoring.records import helping
from matchmaker.models.types import Organisation, RuleEffect
from matchmaker.typing import Floats, Mask, Rows

DISTANCE_RULE = "within_km"
"""The rule on distance, by which a question or an arrangement states its own limit."""
LOAD_RULE = "not_already_helping"
"""The rule on partners that help others already."""


def with_capacity(
    arrangement: Arrangement,
    capacity: int,
    relax: Sequence[str] = (),
    parameters: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[str, Mapping[str, Any]]:
    """The parameters of a query, with the rule on partners that help others already set to the capacity."""
    merged = dict(parameters or {})
    if any(rule.name == LOAD_RULE for rule in arrangement.rules) and LOAD_RULE not in relax:
        merged[LOAD_RULE] = {"at_most": capacity}
    return merged


def max_pair_km(recommender: Recommender) -> float | None:
    """How far apart a pair may be: what the question or the arrangement says, else the sector."""
    for rule in recommender.arrangement.rules:
        if rule.name == DISTANCE_RULE:
            return float(dict(rule.parameters)["km"])
    return recommender.profiles.sector.criteria.max_pair_km


def assign(
    recommender: Recommender,
    recipients: Sequence[str],
    capacity: int = CAPACITY,
    floor: float = FLOOR,
    via: tuple[Organisation, ...] = (),
    n_draws: int = N_DRAWS,
) -> Assignment:
    """One partner for each of many recipients, so that the fits add up to the most.

    Args:
        recommender: an arrangement applied to a day by the evidence method, whose fits lie between 0 and 1
            for every recipient and can be added up; see `with_capacity`.
        recipients: codes, open on the day; none of them is a partner for another.
        capacity: how many recipients a partner may have.
        floor: the least fit of a pair, 0 to 1.
        via: closed organisations through which recipients were reached.
        n_draws: of weights and unknown figures; 0 leaves out how often each pair is selected.

    Raises:
        InvalidParameter: no recipient, a capacity below 1, a floor outside 0 to 1, or another method.
        UnknownOrganisation: a recipient is not open on the day.
    """
    if capacity < 1:
        text = f"A capacity of {capacity} leaves no partner."
        raise InvalidParameter(text, "Give 1 or more.", ("capacity",))
    if not 0 <= floor <= 1:
        raise InvalidParameter(f"A floor of {floor:g} is no fit.", "Give a number from 0 to 1.", ("floor",))
    if recommender.ranker is not recommender.evidence:
        text = f"The scores of '{recommender.ranker.name}' can't be added up over recipients."
        step = "Leave the method out: assignments are made by the evidence fit."
        raise InvalidParameter(text, step, ("method",))
    if not recipients:
        raise InvalidParameter("No recipient is named.", "Name one or more.", ("recipients",))
    setting = _setting(recommender, recipients, capacity, floor)
    problem = setting.problem
    solved = optimal(problem)
    in_turn = greedy(problem, by_need(recommender.profiles, setting.rows))
    frequency = _selection_frequencies(setting, solved, n_draws)
    partners = setting.organisations(solved)
    arrangement, snapshot = recommender.arrangement, recommender.profiles.snapshot
    unmatched = np.flatnonzero(partners == UNASSIGNED).tolist()
    answer = Assignment(
        arrangement=arrangement.name,
        as_of=recommender.profiles.as_of,
        snapshot=snapshot.hash,
        version=recommender.version,
        capacity=capacity,
        floor=floor,
        via=via,
        pairs=tuple(
            _pair(setting, at, partner, frequency[at])
            for at, partner in enumerate(partners.tolist())
            if partner != UNASSIGNED
        ),
        unmatched=tuple(_unmatched(setting, at, partners) for at in unmatched),
        blocking_pairs=_blocking_pairs(setting, solved),
        total=problem.total(solved),
        max_pairs=max_pairs(problem),
        greedy_pairs=int(np.count_nonzero(in_turn != UNASSIGNED)),
        greedy_total=problem.total(in_turn),
        checklist=arrangement.checklist,
        first_step=arrangement.first_step,
        attribution=str(snapshot.manifest["attribution"]),
        need_known=need_known(recommender.profiles),
        max_km=setting.max_km,
    )
    sector = recommender.profiles.sector
    return replace(answer, summary=words.summary(answer, sector), notes=words.notes(answer, sector))


@dataclass(frozen=True)
class _Alone:
    """The candidates of one recipient, ranked as if it were alone: no more than an assignment needs."""

    row: int
    order: Rows
    """The eligible, in order."""
    score: Floats
    """(n,) of every candidate."""
    allowed: Rows
    """Those that it may be paired with."""
    values: Floats
    """(k, allowed) what each criterion saw of these."""
    effects: tuple[RuleEffect, ...]
    """What the rules did, where nobody is eligible."""


@dataclass(frozen=True)
class _Setting:
    """What an assignment is made from: recipients (r) and all organisations (n)."""

    recommender: Recommender
    rows: Rows
    """(r,) of the recipients, in the order of their codes."""
    ranked: tuple[_Alone, ...]
    """Their candidates."""
    comparable: Mask
    """(r, n) eligible candidates that are no recipients and of which enough is known."""
    near: Mask
    """(r, n) candidates that are not known to be further away than `max_km`."""
    max_km: float | None
    """How far apart a pair may be; None is any distance."""
    helping: Mapping[int, Sequence[str]]
    """Row of a partner -> codes of those that it helps, as far as is on record."""
    candidates: Rows
    """(m,) those that anybody may be paired with, in order."""
    problem: AssignmentProblem
    """Of the recipients and these candidates: among many thousands they are few."""

    def organisations(self, partners: Rows) -> Rows:
        """Partners of the problem as rows of all organisations; `UNASSIGNED` stays."""
        rows: Rows = np.append(self.candidates, UNASSIGNED)[partners]
        return rows

    def recipient(self, at: int) -> Organisation:
        """One of the recipients."""
        return self.recommender.organisation(int(self.rows[at]))

    def fit(self, at: int, candidate: int) -> float:
        """Of one of the recipients with any candidate."""
        return float(self.ranked[at].score[candidate])

    def helped_by(self, at: int) -> tuple[Organisation, ...]:
        """Those on record that help one of the recipients already."""
        code = self.recipient(at).code
        return tuple(self.recommender.organisation(row) for row, whom in self.helping.items() if code in whom)


def _setting(recommender: Recommender, recipients: Sequence[str], capacity: int, floor: float) -> _Setting:
    profiles = recommender.profiles
    codes = sorted(set(recipients))
    rows = np.array([recommender.row(code) for code in codes])
    max_km = max_pair_km(recommender)
    shape = (len(rows), len(profiles.types))
    near = np.ones(shape, dtype=bool) if max_km is None else ~(kilometres(profiles, rows) > max_km)
    comparable = np.zeros(shape, dtype=bool)
    ranked = []
    for at, code in enumerate(codes):
        one = recommender.ranked(code)
        score = one.fits.score[0]
        comparable[at] = one.eligible & (one.fits.coverage[0] >= MIN_COVERAGE)
        comparable[at, rows] = False
        allowed = np.flatnonzero(comparable[at] & near[at] & (score >= floor))
        effects = () if len(one.order) else rule_effects(recommender.arrangement, one.exclusions)
        values = one.fits.values[:, 0, allowed]
        ranked.append(_Alone(one.row, one.order, score.copy(), allowed, values, effects))
    helpers = {
        profiles.position[helper]: whom
        for helper, whom in helping(profiles.snapshot, profiles.as_of).items()
        if helper in profiles.position
    }
    counts = any(rule.name == LOAD_RULE for rule in recommender.arrangement.rules)
    candidates = np.unique(np.concatenate([one.allowed for one in ranked]))
    problem = _problem(profiles, rows, ranked, candidates, capacity, helpers if counts else {})
    return _Setting(recommender, rows, tuple(ranked), comparable, near, max_km, helpers, candidates, problem)


def _problem(
    profiles: Profiles,
    rows: Rows,
    ranked: Sequence[_Alone],
    candidates: Rows,
    capacity: int,
    helpers: Mapping[int, Sequence[str]],
) -> AssignmentProblem:
    codes = profiles.organisations["code"].to_numpy()[rows]
    shape = (len(rows), len(candidates))
    fits, ongoing = np.full(shape, np.nan), np.zeros(shape, dtype=bool)
    free = np.full(len(candidates), capacity)
    for at, one in enumerate(ranked):
        fits[at, np.searchsorted(candidates, one.allowed)] = one.score[one.allowed]
    for at, partner in enumerate(candidates.tolist()):
        whom = helpers.get(partner, ())
        free[at] = max(0, capacity - len(whom))
        ongoing[:, at] = np.isin(codes, whom)
    return AssignmentProblem(fits, free, ongoing)


def _selection_frequencies(setting: _Setting, partners: Rows, n_draws: int) -> list[float | None]:
    """The share of draws in which each recipient gets the same partner."""
    if not n_draws:
        return [None] * len(partners)
    problem, weights = setting.problem, setting.recommender.evidence.weights
    # The same seed draws the same weights for every recipient.
    drawn = [
        uncertainty.rank_draws(one.values, weights, n_draws) if one.allowed.size else None
        for one in setting.ranked
    ]
    columns = [np.searchsorted(setting.candidates, one.allowed) for one in setting.ranked]
    same = np.zeros(len(partners))
    for draw in range(n_draws):
        fits = np.full(problem.fits.shape, np.nan)
        for at, (where, found) in enumerate(zip(columns, drawn, strict=True)):
            if found is not None:
                fits[at, where] = found[draw]
        same += any_optimal(replace(problem, fits=fits)) == partners
    return [float(share) for share in same / n_draws]


def _pair(setting: _Setting, at: int, partner: int, selection_frequency: float | None) -> Pair:
    alone = setting.ranked[at]
    order = alone.order.tolist()
    rank = 1 + order.index(partner)
    values = alone.values[:, np.searchsorted(alone.allowed, partner)]
    option = setting.recommender.option(alone.row, partner, rank, values)
    first_fit = setting.fit(at, order[0])
    return Pair(
        recipient=setting.recipient(at),
        partner=option.organisation,
        fit=option.fit,
        coverage=option.coverage,
        selection_frequency=selection_frequency,
        distance_km=option.distance_km,
        rank=rank,
        first_choice=setting.recommender.organisation(order[0]),
        first_choice_fit=first_fit,
        regret=first_fit - option.fit,
        reasons_for=option.reasons_for,
        reasons_against=option.reasons_against,
        unknowns=option.unknowns,
        violated_rules=option.violated_rules,
        helped_by=setting.helped_by(at),
        unchecked=option.unchecked,
        unchecked_reasons=option.unchecked_reasons,
    )


def _unmatched(setting: _Setting, at: int, partners: Rows) -> Unmatched:
    order = setting.ranked[at].order.tolist()
    reason, sentence = _reason(setting, at, partners)
    return Unmatched(
        recipient=setting.recipient(at),
        reason=reason,
        sentence=sentence,
        eligible=len(order),
        first_choice=setting.recommender.organisation(order[0]) if order else None,
        first_choice_fit=setting.fit(at, order[0]) if order else None,
        helped_by=setting.helped_by(at),
    )


def _reason(setting: _Setting, at: int, partners: Rows) -> tuple[UnmatchedReason, str]:
    """Why no pair is proposed for a recipient, in short and in a sentence."""
    recommender, sector = setting.recommender, setting.recommender.profiles.sector
    ranked = setting.ranked[at]
    order = ranked.order.tolist()
    others = [row for row in order if row not in setting.rows]
    known = [row for row in others if setting.comparable[at, row]]
    near = [row for row in known if setting.near[at, row]]
    allowed = set(ranked.allowed.tolist())
    acceptable = [row for row in near if row in allowed]
    if not order:
        return "nobody_eligible", words.nobody_eligible(ranked.effects)
    if not others:
        return "only_recipients", words.only_recipients(len(order), sector)
    if not known:
        return "too_little_known", words.too_little_known(len(others), sector)
    if not near:
        first = known[0]
        km = float(kilometres(recommender.profiles, setting.rows[at : at + 1])[0, first])
        return "too_far", words.too_far(recommender.organisation(first), km, setting.max_km or 0.0, sector)
    if not acceptable:
        closest = recommender.organisation(near[0])
        return "below_floor", words.below_floor(closest, setting.fit(at, near[0]), setting.max_km)
    first = acceptable[0]
    taken_by = [setting.recipient(other) for other in np.flatnonzero(partners == first).tolist()]
    sentence = words.all_taken(len(acceptable), recommender.organisation(first), taken_by, sector)
    return "all_taken", sentence


def _blocking_pairs(setting: _Setting, solved: Rows) -> tuple[BlockingPair, ...]:
    named = setting.recommender.organisation
    partners = setting.organisations(solved)
    out = []
    for one in blocking_pairs(setting.problem, solved):
        partner = int(setting.candidates[one.partner])
        current, displaced = int(partners[one.recipient]), one.displaced
        out.append(
            BlockingPair(
                recipient=setting.recipient(one.recipient),
                partner=named(partner),
                fit=setting.fit(one.recipient, partner),
                current_partner=None if current == UNASSIGNED else named(current),
                current_fit=None if current == UNASSIGNED else setting.fit(one.recipient, current),
                displaced=None if displaced == UNASSIGNED else setting.recipient(displaced),
                displaced_fit=None if displaced == UNASSIGNED else setting.fit(displaced, partner),
                total_loss=one.total_loss,
            )
        )
    return tuple(sorted(out, key=lambda pair: (pair.total_loss, pair.recipient.code, pair.partner.code)))
