"""Learned methods, scored only on what they have not seen.

Two ways to see to that. *Left out*: trained without the query's own event, which takes in everything
about its recipient under any code, pairings with the same partner agreed on the same day (a group of
three trusts is one event, not two), and the same two in the same way but the other way round (who of two
that merge is the recipient is a matter of record-keeping). *Forward*: besides, trained on earlier years
only, as anyone would have had to at the time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Protocol

import numpy as np

from matchmaker.evaluation.replay import FAMILIES, EvaluatedMethod, Scorer
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.typing import Floats

FORWARD = "-forward"
"""Ends the name of a method trained on earlier years only."""
FOLDS = 10
MIN_PAST_EVENTS = 8
"""With fewer past choices of its family to learn from, a method says nothing."""
SEED = 20_260_822


class Learner(Protocol):
    """A method that learns from past choices.

    Attributes:
        name, says: as of a contender.
    """

    name: str
    says: str

    def learn(self, choices: Sequence[ChoiceSituation]) -> Scorer:
        """A scorer that has seen these choices, all of one family, and nothing else."""


Key = tuple[str, str, str, date]
"""What a choice is about: kind, recipient, partner, day."""


def key(choice: ChoiceSituation) -> Key:
    """What a choice is about, whatever its profiles were made from."""
    return choice.kind, choice.recipient, choice.partner, choice.day


def group_events(choices: Sequence[ChoiceSituation], organisation: Callable[[str], str]) -> dict[Key, int]:
    """The event of each choice; those that share a recipient, partner and day, or the pair are one.

    Args:
        choices: whether to be learned from or to be scored.
        organisation: what a code has become, so that one body under two codes is one.
    """
    leader = list(range(len(choices)))

    def find(at: int) -> int:
        while leader[at] != at:
            at = leader[at]
        return at

    first: dict[object, int] = {}
    for at, one in enumerate(choices):
        recipient, partner = organisation(one.recipient), organisation(one.partner)
        pair = FAMILIES[one.kind], frozenset((recipient, partner))
        for shared in (recipient, (partner, one.day), pair):
            leader[find(at)] = find(first.setdefault(shared, at))
    numbers: dict[int, int] = {}
    return {key(one): numbers.setdefault(find(at), len(numbers)) for at, one in enumerate(choices)}


def leave_event_out(
    learner: Learner, seen: Sequence[ChoiceSituation], event: Mapping[Key, int]
) -> EvaluatedMethod:
    """A learner trained, for each query, on the folds of events that the query's is not in.

    Args:
        learner: the method.
        seen: past choices to learn from; those whose partner was not eligible teach nothing.
        event: of every choice to learn from or to score.
    """
    numbers = sorted({event[key(one)] for one in seen})
    dealt = np.random.default_rng(SEED).permutation(len(numbers)) % FOLDS
    fold = dict(zip(numbers, dealt.tolist(), strict=True))

    def training(choice: ChoiceSituation) -> tuple[object, list[ChoiceSituation]]:
        own = fold.get(event[key(choice)])  # an event not learned from is left out by itself
        return own, [one for one in _usable(seen, choice) if own is None or fold[event[key(one)]] != own]

    return _contender(learner, learner.name, learner.says, training)


def rolling_origin(
    learner: Learner, seen: Sequence[ChoiceSituation], event: Mapping[Key, int]
) -> EvaluatedMethod:
    """A learner trained, for each query, on other events of earlier years only; see `left_out`."""

    def training(choice: ChoiceSituation) -> tuple[object, list[ChoiceSituation]]:
        earlier = [one for one in _usable(seen, choice) if one.day.year < choice.day.year]
        others = [one for one in earlier if event[key(one)] != event[key(choice)]]
        own = event[key(choice)] if len(others) < len(earlier) else None
        return (choice.day.year, own), others

    says = f"{learner.says} Trained on earlier years only."
    return _contender(learner, f"{learner.name}{FORWARD}", says, training)


def _usable(seen: Sequence[ChoiceSituation], choice: ChoiceSituation) -> list[ChoiceSituation]:
    family = FAMILIES[choice.kind]
    return [one for one in seen if one.chosen is not None and FAMILIES[one.kind] == family]


def _contender(
    learner: Learner,
    name: str,
    says: str,
    training: Callable[[ChoiceSituation], tuple[object, list[ChoiceSituation]]],
) -> EvaluatedMethod:
    learned: dict[object, Scorer] = {}

    def score(choice: ChoiceSituation) -> tuple[Floats, Floats] | None:
        which, past = training(choice)
        if len(past) < MIN_PAST_EVENTS:
            return None
        whole = (FAMILIES[choice.kind], which, len(past))
        if whole not in learned:
            learned[whole] = learner.learn(past)
        return learned[whole](choice)

    return EvaluatedMethod(name, says, "practice", score)
