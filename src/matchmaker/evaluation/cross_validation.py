"""Cross-validation of learned methods: each is scored only on choices that it was not trained on.

Three ways to see to that. *Leave event out*: trained without the query's own event, which takes in everything
about its recipient under any code, pairings with the same partner agreed on the same day (a group of
three is one event, not two), and the same two in the same way but the other way round (who of two
that merge is the recipient is a matter of record-keeping). *Rolling origin*: besides, trained on earlier
years only, as anyone would have had to at the time. *Before a day*: once, on everything before a day, and
scored on everything after it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from matchmaker.evaluation.replay import EvaluatedMethod, by_day, family_of
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.training.learners import Learner, Scorer
from matchmaker.training.parallel import in_parallel
from matchmaker.typing import Floats

FORWARD = "-forward"
"""Ends the name of a method trained on earlier years only."""
MIN_PAST_CHOICES = 8
"""With fewer past choices of its family to learn from, a method says nothing."""

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
        pair = family_of(one), frozenset((recipient, partner))
        for shared in (recipient, (partner, one.day), pair):
            leader[find(at)] = find(first.setdefault(shared, at))
    numbers: dict[int, int] = {}
    return {key(one): numbers.setdefault(find(at), len(numbers)) for at, one in enumerate(choices)}


def leave_event_out(
    learner: Learner, past: Sequence[ChoiceSituation], event: Mapping[Key, int]
) -> EvaluatedMethod:
    """A learner trained, for each query, on every event but the query's own.

    Nothing is drawn: the same past gives the same training sets.

    Args:
        learner: the method.
        past: choices to learn from; those whose partner was not eligible teach nothing.
        event: of every choice to learn from or to score.
    """

    def training_set(choice: ChoiceSituation) -> tuple[object, list[ChoiceSituation]]:
        usable = _usable(past, choice)
        others = [one for one in usable if event[key(one)] != event[key(choice)]]
        # Queries whose own event teaches nothing share one model, trained on all.
        return event[key(choice)] if len(others) < len(usable) else None, others

    return _evaluated(learner, learner.name, learner.label, learner.says, training_set)


def rolling_origin(
    learner: Learner, past: Sequence[ChoiceSituation], event: Mapping[Key, int]
) -> EvaluatedMethod:
    """A learner trained, for each query, on other events of earlier years only; see `leave_event_out`."""

    def training_set(choice: ChoiceSituation) -> tuple[object, list[ChoiceSituation]]:
        earlier = [one for one in _usable(past, choice) if one.day.year < choice.day.year]
        others = [one for one in earlier if event[key(one)] != event[key(choice)]]
        own = event[key(choice)] if len(others) < len(earlier) else None
        return (choice.day.year, own), others

    label = f"{learner.label}, earlier years only"
    says = f"{learner.says} Trained on earlier years only."
    return _evaluated(learner, f"{learner.name}{FORWARD}", label, says, training_set)


def forward_days(past: Sequence[ChoiceSituation]) -> dict[str, date]:
    """Family -> the first 1 January by which half of its usable choices had been made.

    A rule, so that nobody picks the day by what comes out.
    """
    days: dict[str, list[date]] = {}
    for one in past:
        if one.chosen is not None:
            days.setdefault(family_of(one), []).append(one.day)
    middle = {family: sorted(own)[(len(own) - 1) // 2] for family, own in days.items()}
    return {family: date(day.year + 1, 1, 1) for family, day in middle.items()}


def train_before(
    learner: Learner,
    past: Sequence[ChoiceSituation],
    event: Mapping[Key, int],
    days: Mapping[str, date],
) -> EvaluatedMethod:
    """A learner trained on what came before one day for each family; it is silent on choices before it.

    Args:
        learner: the method.
        past: choices to learn from.
        event: of every choice to learn from or to score; the query's own is left out here too.
        days: of `forward_days`.
    """

    def training_set(choice: ChoiceSituation) -> tuple[object, list[ChoiceSituation]]:
        since = days.get(family_of(choice), date.max)
        if choice.day < since:
            return None, []
        earlier = [one for one in _usable(past, choice) if one.day < since]
        others = [one for one in earlier if event[key(one)] != event[key(choice)]]
        return event[key(choice)] if len(others) < len(earlier) else None, others

    return _evaluated(learner, learner.name, learner.label, learner.says, training_set)


def _usable(past: Sequence[ChoiceSituation], choice: ChoiceSituation) -> list[ChoiceSituation]:
    family = family_of(choice)
    return [one for one in past if one.chosen is not None and family_of(one) == family]


def _evaluated(
    learner: Learner,
    name: str,
    label: str,
    says: str,
    training_set: Callable[[ChoiceSituation], tuple[object, list[ChoiceSituation]]],
) -> EvaluatedMethod:
    scorers: dict[object, Scorer] = {}

    def wanted(choice: ChoiceSituation) -> tuple[object, list[ChoiceSituation]]:
        """By what its scorer is known, and what it learns from."""
        fold, past = training_set(choice)
        return (family_of(choice), fold, len(past)), past

    def learn(choices: Sequence[ChoiceSituation]) -> None:
        """Learns, all at once, what scores these choices."""
        missing = {}
        for choice in choices:
            which, past = wanted(choice)
            if which not in scorers and len(past) >= MIN_PAST_CHOICES:
                missing[which] = past
        prepare(learner.needs, [one for past in missing.values() for one in past])
        found = in_parallel(learner.learn, [(past,) for past in missing.values()])
        scorers.update(zip(missing, found, strict=True))

    def only(choices: Sequence[ChoiceSituation]) -> EvaluatedMethod:
        """The method for these choices alone, to be sent elsewhere."""
        known = {key(one): scorers.get(wanted(one)[0]) for one in choices}

        def score(choice: ChoiceSituation) -> tuple[Floats, Floats] | None:
            scorer = known[key(choice)]
            return None if scorer is None else scorer(choice)

        return EvaluatedMethod(name, label, says, "practice", score)

    def score(choice: ChoiceSituation) -> tuple[Floats, Floats] | None:
        which, _ = wanted(choice)
        if which not in scorers:
            learn([choice])
        scorer = scorers.get(which)
        return None if scorer is None else scorer(choice)

    return EvaluatedMethod(name, label, says, "practice", score, learn=learn, only=only)


def prepare(
    functions: Sequence[Callable[[ChoiceSituation], Any]], choices: Sequence[ChoiceSituation]
) -> None:
    """Work out figures of choices, many at once; see `ChoiceSituation.figures`."""
    each = {id(one): one for one in choices}
    groups = by_day(sorted(each.values(), key=lambda one: (one.day, one.pairing_id)))
    found = in_parallel(_figures, [(functions, group) for group in groups])
    for group, figures in zip(groups, found, strict=True):
        for choice, known in zip(group, figures, strict=True):
            choice.known_figures.update(known)


def _figures(
    functions: Sequence[Callable[[ChoiceSituation], Any]], choices: Sequence[ChoiceSituation]
) -> list[dict[str, Any]]:
    for one in choices:
        for function in functions:
            one.figures(function)
    return [one.known_figures for one in choices]
