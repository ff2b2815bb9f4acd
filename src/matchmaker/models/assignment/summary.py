"""What an assignment comes to, in plain sentences."""

from __future__ import annotations

from collections.abc import Sequence

from matchmaker.models.assignment.types import Assignment, Pair, Unmatched
from matchmaker.models.early_warning.phrases import listed
from matchmaker.models.types import Organisation, RuleEffect

STEADY = 0.5
"""A pair is called steady that is made in at least this share of the draws."""
SMALLEST = 0.005
"""Differences of fit below this are not told: they would read 0.00."""


def summary(answer: Assignment) -> tuple[str, ...]:
    """What came out: how many pairs, what is given up, and how it compares with taking turns."""
    if not answer.pairs:
        return ("No pair can be made: each recipient says why.",)
    told = [_how_many(answer), _given_up(answer), _in_turn(answer), _rather(answer)]
    if answer.pairs[0].made_in is not None:
        told.append(_steady(answer))
    return tuple(told)


def _how_many(answer: Assignment) -> str:
    every, made = len(answer.pairs) + len(answer.unmatched), len(answer.pairs)
    told = (
        f"{made} of {every} trusts have an option to consider, with a mean fit of {answer.total / made:.2f}."
    )
    if answer.most_pairs > made:
        told += f" As many as {answer.most_pairs} could have one, at the cost of the total."
    return told


def _given_up(answer: Assignment) -> str:
    others = [pair for pair in answer.pairs if pair.place > 1]
    if not others:
        return "Each has the first option of its own shortlist."
    mean = sum(pair.given_up for pair in others) / len(others)
    most = max(others, key=lambda pair: pair.given_up)
    first = len(answer.pairs) - len(others)
    return (
        f"{first} of these have the first option of their own shortlist. The others give up {mean:.2f} of "
        f"fit on average, and {most.given_up:.2f} at most ({most.recipient.name})."
    )


def _in_turn(answer: Assignment) -> str:
    had = answer.in_turn - len(answer.pairs)
    less = answer.total - answer.total_in_turn
    if not had and less < SMALLEST:
        return "Taking turns in order of need, each with its first free option, would come to the same total."
    number = f"{abs(had)} {'more' if had > 0 else 'fewer'} would have one and " if had else ""
    return (
        f"If each in turn, in order of need, took its first free option, {number}the fits would add up to "
        f"{answer.total_in_turn:.2f} rather than {answer.total:.2f}."
    )


def _rather(answer: Assignment) -> str:
    pairs = answer.rather
    if not pairs:
        return "No two would rather have each other than what they got."
    most = f"would lower the total by {pairs[-1].lost:.2f}"
    if len(pairs) == 1:
        return f"1 other pair would fit better than what both its sides got; making it {most}."
    return (
        f"{len(pairs)} other pairs would fit better than what both their sides got; making any one of them "
        f"{most} at most."
    )


def _steady(answer: Assignment) -> str:
    made = len(answer.pairs)
    steady = sum((pair.made_in or 0.0) >= STEADY for pair in answer.pairs)
    told = f"{steady} of the {made} pairs hold in at least half of the draws of other reasonable weights"
    return f"{told}." if steady == made else f"{told}: read the others as one choice among several."


def notes(answer: Assignment) -> tuple[str, ...]:
    """What a reader must know before using it."""
    many = "1 recipient" if answer.capacity == 1 else f"{answer.capacity} recipients"
    told = [
        "Options to consider, not a decision: no published figure shows whether two trusts would get on.",
        f"One partner for each recipient (E10), at most {many} for each partner (E9), and no pair with a fit "
        f"below {answer.floor:.2f}, or of which less than half of what is weighed is known. "
        "No recipient is a partner for another.",
        "Trusts were not asked. A total says what is good for all together, not what any one should accept.",
    ]
    relaxed = {rule for pair in answer.pairs for rule in pair.violated_rules}
    if relaxed:
        count = sum(bool(pair.violated_rules) for pair in answer.pairs)
        told.append(f"{count} of the pairs break rules that were relaxed: {', '.join(sorted(relaxed))}.")
    every: tuple[Pair | Unmatched, ...] = (*answer.pairs, *answer.unmatched)
    helped = [one.recipient.name for one in every if one.helped_by]
    if helped:
        told.append(
            f"Already helped by another trust on record: {listed(helped)}. "
            "Several partners at once may be too much (E10)."
        )
    return tuple(told)


def nobody_eligible(removals: Sequence[RuleEffect]) -> str:
    """Which rules exclude everyone, and how many each."""
    most = ", ".join(f"{rule.rule} ({rule.excluded})" for rule in removals if rule.excluded)
    return f"No candidate is eligible. Rules and how many each excludes: {most}."


def only_recipients(eligible: int) -> str:
    """Nobody is left who does not need a partner."""
    return f"The eligible trusts ({eligible}) are all recipients themselves."


def too_little_known(others: int) -> str:
    """Candidates there are, but they can't be compared."""
    return f"Of none of the {others} trusts that could help is half of what is weighed known."


def below_floor(closest: Organisation, fit: float) -> str:
    """The one that comes closest."""
    return f"None fits well enough: {closest.name} comes closest, with a fit of {fit:.2f}."


def all_taken(able: int, first: Organisation, by: Sequence[Organisation]) -> str:
    """Who got the one that it would have had."""
    taken = (
        f"{first.name} is proposed for {listed([one.name for one in by])}"
        if by
        else f"{first.name} is not free"
    )
    trusts = (
        "the 1 trust that fits well enough adds"
        if able == 1
        else f"the {able} trusts that fit well enough add"
    )
    return f"All are taken: {trusts} more to the total elsewhere. {taken}."
