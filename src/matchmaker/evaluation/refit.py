"""Weights refitted to past choices: do they help recipients that were not learned from?

The criteria and the form of the evidence fit stay; only its weights move. A weight can't become
negative, and each is held near its preset, more or less so as cross-validation within the learned-from
recipients asks. What comes out says what was chosen in the past, not what helped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.evaluation.inference import clustered
from matchmaker.evaluation.replay import Scorer, arrangement_of
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.models.scoring.weighted_sum import BASE_VALUE, WeightedSumRanker, weighted_sum
from matchmaker.typing import Floats

INNER_FOLDS = 3
HOLDS = (1000.0, 10.0, 3.0, 1.0)
"""How firmly weights are held to the preset: penalties on squared log ratios. The first hardly lets go."""
STEPS = 60
SHARPNESS = 10.0
"""Where the search begins: how much a fit of 1 more raises the log odds of being chosen."""
LEAST = 1e-3
"""A preset weight of 0 begins here, as a share of all."""
SEED = 20_260_822


@dataclass(frozen=True)
class Sets:
    """Choice sets stacked one below the other.

    Attributes:
        known: (m, k) which criteria of every candidate are known.
        values: (m, k) the criteria, 0 where unknown.
        starts: (s,) the first row of each set.
        chosen: (s,) the row chosen in each.
        preset: (k,) the weights to begin with and to be held to, adding up to 1.
    """

    known: NDArray[np.bool_]
    values: Floats
    starts: NDArray[np.intp]
    chosen: NDArray[np.intp]
    preset: Floats

    def of(self, which: NDArray[np.intp]) -> Sets:
        """Only some of the sets."""
        ends = np.append(self.starts[1:], len(self.values))
        parts = [np.arange(self.starts[at], ends[at]) for at in which]
        starts = np.cumsum([0, *(len(part) for part in parts[:-1])])
        chosen = starts + self.chosen[which] - self.starts[which]
        rows = np.concatenate(parts)
        return Sets(self.known[rows], self.values[rows], starts, chosen, self.preset)


def criteria_of(choice: ChoiceSituation) -> tuple[Floats, Floats]:
    """The criteria of all candidates under the choice's arrangement, and its preset weights.

    Returns:
        (k, n) and (k,).
    """
    fit = WeightedSumRanker(choice.profiles, arrangement_of(choice))
    return fit.scores(np.array([choice.row])).values[:, 0], fit.weights


def stacked(choices: Sequence[ChoiceSituation]) -> Sets:
    """Choices of one arrangement as choice sets; those whose partner was not eligible are left out.

    Raises:
        ValueError: none is left.
    """
    parts, starts, chosen, at = [], [], [], 0
    weights = np.zeros(0)
    for one in choices:
        if one.chosen is None:
            continue
        values, weights = criteria_of(one)
        rows = one.candidates
        parts.append(values[:, rows].T)
        starts.append(at)
        chosen.append(at + int(np.searchsorted(rows, one.chosen)))
        at += len(rows)
    if not parts:
        raise ValueError("no choice with an eligible partner")
    preset = np.maximum(weights / weights.sum(), LEAST)
    values = np.concatenate(parts)
    known = ~np.isnan(values)
    filled = np.where(known, values, 0.0)
    return Sets(known, filled, np.array(starts), np.array(chosen), preset / preset.sum())


def refitted(sets: Sets, hold: float) -> Floats:
    """The weights under which the past choices are most likely, held to the preset.

    The chance of a candidate is the softmax over its set of a sharpness times its fit; the sharpness is
    learned too.

    Args:
        sets: past choices.
        hold: the penalty on squared log ratios of weights to the preset.

    Returns:
        (k,) not negative, adding up to 1.
    """
    return _weights(_searched(sets, hold, _begin(sets)), sets)


def chosen_hold(sets: Sets, organisations: Sequence[str]) -> float:
    """The firmness under which recipients left out in turn are predicted most likely.

    Args:
        sets: past choices.
        organisations: (s,) whom each is about; a recipient is left out with all its choices.
    """
    groups = _folds(clustered(list(organisations)), INNER_FOLDS)
    if len(np.unique(groups)) < 2:
        return HOLDS[-1]
    costs = np.zeros(len(HOLDS))
    for fold in np.unique(groups):
        seen, unseen = (sets.of(np.flatnonzero(at)) for at in (groups != fold, groups == fold))
        found = _begin(sets)
        for at, hold in enumerate(HOLDS):  # from firm to loose, each from where the last one ended
            found = _searched(seen, hold, found)
            costs[at] += _cost(found, unseen, 0.0)[0]
    return HOLDS[int(np.argmin(costs))]


class RefittedWeights:
    """The evidence fit with its weights refitted to past choices, as a learner (see `learned`).

    Args:
        organisation: what a code has become; within the past choices, too, recipients are left out whole.
    """

    name = "evidence-refitted"
    says = "The evidence fit with its weights refitted to the choices of other recipients."

    def __init__(self, organisation: Callable[[str], str]) -> None:
        self.organisation = organisation

    def learn(self, choices: Sequence[ChoiceSituation]) -> Scorer:
        """See `Learner.learn`; each arrangement within the family gets weights of its own."""
        weights = {}
        for name in dict.fromkeys(arrangement_of(one).name for one in choices):
            own = [one for one in choices if arrangement_of(one).name == name]
            sets = stacked(own)
            hold = chosen_hold(sets, [self.organisation(one.recipient) for one in own])
            weights[name] = refitted(sets, hold)

        def score(choice: ChoiceSituation) -> tuple[Floats, Floats] | None:
            own = weights.get(arrangement_of(choice).name)
            if own is None:
                return None
            values, _ = criteria_of(choice)
            scores = weighted_sum(values[:, None], own)
            return scores.score[0], scores.coverage[0]

        return score


def _begin(sets: Sets) -> Floats:
    return np.append(np.zeros(len(sets.preset)), np.log(SHARPNESS))


def _weights(parameters: Floats, sets: Sets) -> Floats:
    weights = sets.preset * np.exp(parameters[:-1])
    return np.asarray(weights / weights.sum())


def _searched(sets: Sets, hold: float, begin: Floats) -> Floats:
    """The parameters of least cost."""
    from scipy.optimize import minimize

    found = minimize(_cost, begin, args=(sets, hold), jac=True, method="L-BFGS-B", options={"maxiter": STEPS})
    return np.asarray(found.x)


def _cost(parameters: Floats, sets: Sets, hold: float) -> tuple[float, Floats]:
    """The penalised negative log likelihood and its slope; the last parameter is the log of the sharpness."""
    moved, sharpness = parameters[:-1], float(np.exp(parameters[-1]))
    weighed = sets.known * (sets.preset * np.exp(moved))
    whole = np.maximum(weighed.sum(axis=1), 1e-300)
    fit = (weighed * sets.values).sum(axis=1) / whole
    fit[~sets.known.any(axis=1)] = BASE_VALUE
    per_log_weight = weighed * (sets.values - fit[:, None]) / whole[:, None]
    utility = sharpness * fit
    lengths = np.diff(np.append(sets.starts, len(fit)))
    utility -= np.repeat(np.maximum.reduceat(utility, sets.starts), lengths)
    raised = np.exp(utility)
    total = np.add.reduceat(raised, sets.starts)
    loglik = float((utility[sets.chosen] - np.log(total)).sum())
    pull = -raised / np.repeat(total, lengths)
    pull[sets.chosen] += 1.0
    slope = np.append(-sharpness * pull @ per_log_weight + 2 * hold * moved, -sharpness * float(pull @ fit))
    return -loglik + hold * float(moved @ moved), slope


def _folds(clusters: NDArray[np.intp], folds: int) -> NDArray[np.intp]:
    """(n,) the fold of each choice; clusters are dealt out at random, the same each time."""
    many = int(clusters.max()) + 1
    dealt = np.random.default_rng(SEED).permutation(many) % min(folds, many)
    return np.asarray(dealt[clusters])
