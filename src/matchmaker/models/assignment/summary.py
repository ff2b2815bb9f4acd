"""What an assignment comes to, in plain sentences."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matchmaker.features.formatting import join_and
from matchmaker.models.assignment.types import Assignment, Pair, Unmatched
from matchmaker.models.evidence import cite
from matchmaker.models.scoring.phrases import percent_1_99
from matchmaker.models.types import Organisation, RuleEffect
from matchmaker.sector import Sector

STEADY = 0.5
"""A pair is called steady that is made in at least this share of the draws."""
MIN_DIFFERENCE = 0.005
"""Smallest difference of fit that is mentioned: a smaller one would read 0.00."""


def summary(answer: Assignment, sector: Sector) -> tuple[str, ...]:
    """What came out: how many pairs, what is given up, and how it compares with taking turns."""
    if not answer.pairs:
        return ("No pair can be made: each recipient says why.",)
    lines = [_how_many(answer, sector), _given_up(answer), _in_turn(answer), _blocking(answer)]
    if answer.pairs[0].selection_frequency is not None:
        lines.append(_steady(answer))
    return tuple(lines)


def _how_many(answer: Assignment, sector: Sector) -> str:
    every, made = len(answer.pairs) + len(answer.unmatched), len(answer.pairs)
    if every == 1:
        return f"The {sector.words.organisation} has an option to consider, with a fit of {answer.total:.2f}."
    text = (
        f"{made} of {every} {sector.words.organisations} {'has' if made == 1 else 'have'} an option to "
        f"consider, with a mean fit of {answer.total / made:.2f}."
    )
    if answer.max_pairs > made:
        text += f" As many as {answer.max_pairs} could have one, at the cost of the total."
    return text


def _given_up(answer: Assignment) -> str:
    others = [pair for pair in answer.pairs if pair.rank > 1]
    if not others:
        it = "It has" if len(answer.pairs) == 1 else "Each has"
        return f"{it} the first option of its own shortlist."
    if len(answer.pairs) == 1:
        return (
            f"It is rank {others[0].rank} of its own shortlist, and gives up {others[0].regret:.2f} of fit."
        )
    mean = sum(pair.regret for pair in others) / len(others)
    most = max(others, key=lambda pair: pair.regret)
    first = len(answer.pairs) - len(others)
    return (
        f"{first} of these have the first option of their own shortlist. The others give up {mean:.2f} of "
        f"fit on average, and {most.regret:.2f} at most ({most.recipient.name})."
    )


def _in_turn(answer: Assignment) -> str:
    more = answer.greedy_pairs - len(answer.pairs)
    if not more and answer.total - answer.greedy_total < MIN_DIFFERENCE:
        return "Taking turns in order of need, each with its first free option, would come to the same total."
    number = f"{abs(more)} {'more' if more > 0 else 'fewer'} would have one and " if more else ""
    return (
        f"If each in turn, in order of need, took its first free option, {number}the fits would add up to "
        f"{answer.greedy_total:.2f} rather than {answer.total:.2f}."
    )


def _blocking(answer: Assignment) -> str:
    pairs = answer.blocking_pairs
    if not pairs:
        return "No two would rather have each other than what they got."
    most = f"would lower the total by {pairs[-1].total_loss:.2f}"
    if len(pairs) == 1:
        return f"1 other pair would fit better than what both its sides got; making it {most}."
    return (
        f"{len(pairs)} other pairs would fit better than what both their sides got; making any one of them "
        f"{most} at most."
    )


def _steady(answer: Assignment) -> str:
    made = len(answer.pairs)
    if made == 1:
        n = percent_1_99(answer.pairs[0].selection_frequency or 0.0)
        return f"The pair holds in {n} in 100 draws of other reasonable weights."
    steady = sum((pair.selection_frequency or 0.0) >= STEADY for pair in answer.pairs)
    text = f"{steady} of the {made} pairs hold in at least half of the draws of other reasonable weights"
    return f"{text}." if steady == made else f"{text}: read the others as one choice among several."


def notes(answer: Assignment, sector: Sector) -> tuple[str, ...]:
    """What a reader must know before using it."""
    one, several = sector.words.organisation, sector.words.organisations
    many = "1 recipient" if answer.capacity == 1 else f"{answer.capacity} recipients"
    lines = [
        f"Options to consider, not a decision: no published figure shows whether two {several} would get on.",
        f"One partner for each recipient{cite(sector, 'one_partner')}, at most {many} for each partner"
        f"{cite(sector, 'capacity')}, and no pair with a fit below {answer.floor:.2f}, or of which less than "
        "half of what is weighed is known. "
        f"{_furthest(answer)}"
        "No recipient is a partner for another.",
        f"{several.capitalize()} were not asked. A total says what is good for all together, "
        "not what any one should accept.",
    ]
    relaxed = {rule for pair in answer.pairs for rule in pair.violated_rules}
    if relaxed:
        count = sum(bool(pair.violated_rules) for pair in answer.pairs)
        lines.append(f"{count} of the pairs break rules that were relaxed: {', '.join(sorted(relaxed))}.")
    unknown = [one for one in answer.need_known if one.unknown]
    if unknown and sector.need is not None:
        counts = join_and([f"{one.unknown} of {one.total} {sector.type_plural(one.type)}" for one in unknown])
        lines.append(
            f"Whether they are {sector.need.label} could not be checked for {counts}: it is unknown of them, "
            "so they are recipients only where they are named."
        )
    unchecked = sum(bool(pair.unchecked) for pair in answer.pairs)
    if unchecked:
        lines.append(
            f"In {unchecked} of the pairs a rule could not be checked, because a fact is unknown of the "
            f"partner."
        )
    every: tuple[Pair | Unmatched, ...] = (*answer.pairs, *answer.unmatched)
    helped = [each.recipient.name for each in every if each.helped_by]
    if helped:
        lines.append(
            f"Already helped by another {one} on record: {join_and(helped)}. "
            f"Several partners at once may be too much{cite(sector, 'one_partner')}."
        )
    return tuple(lines)


def _furthest(answer: Assignment) -> str:
    """How far apart a pair may be."""
    if answer.max_km is None:
        return ""
    return f"No pair is more than {answer.max_km:g} km apart; state another distance to widen that. "


def nobody_eligible(effects: Sequence[RuleEffect]) -> str:
    """Which rules exclude everyone, and how many each."""
    most = ", ".join(f"{effect.rule} ({effect.excluded})" for effect in effects if effect.excluded)
    return f"No candidate is eligible. Rules and how many each excludes: {most}."


def only_recipients(eligible: int, sector: Sector) -> str:
    """Nobody is left that does not need a partner."""
    return f"The eligible {sector.words.organisations} ({eligible}) are all recipients themselves."


def too_little_known(others: int, sector: Sector) -> str:
    """Candidates there are, but they can't be compared."""
    candidates = f"{others} {sector.words.organisations}"
    return f"Of none of the {candidates} that could help is half of what is weighed known."


def too_far(first: Organisation, km: float, max_km: float, sector: Sector) -> str:
    """Candidates there are, but not within the distance."""
    return (
        f"None of the {sector.words.organisations} that could help is within {max_km:g} km: {first.name}, "
        f"the first of them on its own shortlist, is {km:.0f} km away."
    )


def below_floor(closest: Organisation, fit: float, max_km: float | None = None) -> str:
    """The one that comes closest."""
    within = "" if max_km is None else f" within {max_km:g} km"
    cut = math.floor(100 * fit + 1e-9) / 100  # rounded up, it might read as the floor that it misses
    return f"None{within} fits well enough: {closest.name} comes closest, with a fit of {cut:.2f}."


def all_taken(n_acceptable: int, first: Organisation, by: Sequence[Organisation], sector: Sector) -> str:
    """Who got the one that it would have had."""
    taken = (
        f"{first.name} is proposed for {join_and([one.name for one in by])}"
        if by
        else f"{first.name} is not free"
    )
    others = (
        f"the 1 {sector.words.organisation} that fits well enough adds"
        if n_acceptable == 1
        else f"the {n_acceptable} {sector.words.organisations} that fit well enough add"
    )
    return f"All are taken: {others} more to the total elsewhere. {taken}."
