"""Weights refitted to past choices: do they help with recipients that were not learned from?

The criteria and the form of the evidence fit stay; only its weights move. A weight can't become
negative, and each is held near its preset, more or less so as cross-validation within the learned-from
recipients finds. What comes out says what was chosen in the past, not what helped.

The choice model is the conditional logit of `models.learned`, whose utility here is a sharpness times the
weighted mean of the criteria that are known. That is not linear in the weights, so it is fitted by L-BFGS.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.evaluation.inference import clustered
from matchmaker.evaluation.replay import arrangement_of
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.models.learned.conditional_logit import log_softmax
from matchmaker.models.scoring.weighted_sum import BASE_VALUE, WeightedSumRanker, weighted_sum
from matchmaker.training.learners import Scorer
from matchmaker.typing import Floats, Mask, Rows

INNER_FOLDS = 3
PENALTIES = (1000.0, 10.0, 3.0, 1.0)
"""On squared log ratios of weights to the preset, from firm to loose. The first hardly lets go."""
MAX_ITERATIONS = 60
SHARPNESS = 10.0
"""Where the search begins: how much a fit of 1 more raises the log odds of being chosen."""
MIN_SHARE = 1e-3
"""A preset weight of 0 begins here, as a share of all."""
SEED = 20_260_822


@dataclass(frozen=True)
class ChoiceSets:
    """Choice sets stacked one below the other.

    Attributes:
        known: (m, k) which criteria of every candidate are known.
        values: (m, k) the criteria, 0 where unknown.
        sets: (m,) the choice set of each row, numbered from 0.
        chosen: (s,) the row chosen in each.
        preset: (k,) the weights to begin with and to be held to, adding up to 1.
    """

    known: Mask
    values: Floats
    sets: Rows
    chosen: Rows
    preset: Floats

    def only(self, wanted: Mask) -> ChoiceSets:
        """Some of the sets: (s,) which."""
        rows = wanted[self.sets]
        _, sets = np.unique(self.sets[rows], return_inverse=True)
        is_chosen = np.zeros(len(rows), dtype=bool)
        is_chosen[self.chosen] = True
        chosen = np.flatnonzero(is_chosen[rows])
        return ChoiceSets(self.known[rows], self.values[rows], sets, chosen, self.preset)


def criteria_of(choice: ChoiceSituation) -> tuple[Floats, Floats]:
    """The criteria of all candidates under the choice's arrangement, and its preset weights.

    Returns:
        (k, n) and (k,).
    """
    fit = WeightedSumRanker(choice.profiles, arrangement_of(choice))
    return fit.scores(np.array([choice.row])).values[:, 0], fit.weights


def candidate_criteria(choice: ChoiceSituation) -> tuple[Floats, Floats]:
    """`criteria_of`, of the eligible candidates only."""
    values, preset = criteria_of(choice)
    return values[:, choice.candidates], preset


def stack_criteria(choices: Sequence[ChoiceSituation]) -> ChoiceSets:
    """Choices of one arrangement as choice sets; those whose partner was not eligible are left out.

    Raises:
        ValueError: none is left.
    """
    parts, chosen, preset = [], [], np.zeros(0)
    for one in choices:
        if one.chosen is None:
            continue
        values, preset = one.figures(candidate_criteria)
        parts.append(values.T)
        chosen.append(int(np.searchsorted(one.candidates, one.chosen)))
    if not parts:
        raise ValueError("no choice with an eligible partner")
    lengths = [len(part) for part in parts]
    starts = np.cumsum([0, *lengths[:-1]])
    preset = np.maximum(preset / preset.sum(), MIN_SHARE)
    values = np.concatenate(parts)
    known = ~np.isnan(values)
    return ChoiceSets(
        known=known,
        values=np.where(known, values, 0.0),
        sets=np.repeat(np.arange(len(parts)), lengths),
        chosen=starts + np.array(chosen),
        preset=preset / preset.sum(),
    )


def fit_weights(sets: ChoiceSets, penalty: float) -> Floats:
    """The weights under which the past choices are most likely, held to the preset.

    The chance of a candidate is the softmax over its set of a sharpness times its fit; the sharpness is
    learned too.

    Args:
        sets: past choices.
        penalty: on squared log ratios of weights to the preset.

    Returns:
        (k,) not negative, adding up to 1.
    """
    return _weights(_minimise(sets, penalty, _start(sets)), sets)


def choose_penalty(sets: ChoiceSets, organisations: Sequence[str]) -> float:
    """The penalty under which recipients left out in turn are predicted most likely.

    Args:
        sets: past choices.
        organisations: (s,) whom each is about; a recipient is left out with all its choices.
    """
    groups = _folds(clustered(list(organisations)), INNER_FOLDS)
    if len(np.unique(groups)) < 2:
        return PENALTIES[-1]
    costs = np.zeros(len(PENALTIES))
    for fold in np.unique(groups):
        train, test = sets.only(groups != fold), sets.only(groups == fold)
        parameters = _start(sets)
        for at, penalty in enumerate(PENALTIES):  # from firm to loose, each from where the last one ended
            parameters = _minimise(train, penalty, parameters)
            costs[at] += _cost(parameters, test, 0.0)[0]
    return PENALTIES[int(np.argmin(costs))]


class RefittedWeights:
    """The evidence fit with its weights refitted to past choices; see `Learner`.

    Args:
        organisation: what a code has become; within the past choices, too, recipients are left out whole.
    """

    name = "evidence-refitted"
    label = "Evidence fit, weights refitted"
    says = "The evidence fit with its weights refitted to the choices of other recipients."

    needs = (candidate_criteria,)

    def __init__(self, organisation: Callable[[str], str]) -> None:
        self.organisation = organisation

    def learn(self, choices: Sequence[ChoiceSituation]) -> Scorer:
        """See `Learner.learn`; each arrangement within the family gets weights of its own."""
        weights = {}
        for name in dict.fromkeys(arrangement_of(one).name for one in choices):
            own = [one for one in choices if arrangement_of(one).name == name]
            sets = stack_criteria(own)
            penalty = choose_penalty(sets, [self.organisation(one.recipient) for one in own])
            weights[name] = fit_weights(sets, penalty)

        def score(choice: ChoiceSituation) -> tuple[Floats, Floats] | None:
            own = weights.get(arrangement_of(choice).name)
            if own is None:
                return None
            values, _ = choice.figures(candidate_criteria)
            scores = weighted_sum(values[:, None], own)
            return choice.scattered(scores.score[0]), choice.scattered(scores.coverage[0])

        return score


def _start(sets: ChoiceSets) -> Floats:
    return np.append(np.zeros(len(sets.preset)), np.log(SHARPNESS))


def _weights(parameters: Floats, sets: ChoiceSets) -> Floats:
    weights = sets.preset * np.exp(parameters[:-1])
    return np.asarray(weights / weights.sum())


def _minimise(sets: ChoiceSets, penalty: float, start: Floats) -> Floats:
    """The parameters of least cost."""
    from scipy.optimize import minimize

    options = {"maxiter": MAX_ITERATIONS}
    found = minimize(_cost, start, args=(sets, penalty), jac=True, method="L-BFGS-B", options=options)
    return np.asarray(found.x)


def _cost(parameters: Floats, sets: ChoiceSets, penalty: float) -> tuple[float, Floats]:
    """The penalised negative log likelihood and its gradient; the last parameter is the log sharpness."""
    moved, sharpness = parameters[:-1], float(np.exp(parameters[-1]))
    weighed = sets.known * (sets.preset * np.exp(moved))
    whole = np.maximum(weighed.sum(axis=1), 1e-300)
    fit = (weighed * sets.values).sum(axis=1) / whole
    fit[~sets.known.any(axis=1)] = BASE_VALUE
    per_log_weight = weighed * (sets.values - fit[:, None]) / whole[:, None]
    log_chance = log_softmax(sharpness * fit, sets.sets)
    residual = -np.exp(log_chance)
    residual[sets.chosen] += 1.0
    gradient = np.append(
        -sharpness * residual @ per_log_weight + 2 * penalty * moved, -sharpness * float(residual @ fit)
    )
    return -float(log_chance[sets.chosen].sum()) + penalty * float(moved @ moved), gradient


def _folds(clusters: NDArray[np.intp], folds: int) -> Rows:
    """(n,) the fold of each choice; clusters are dealt out at random, the same each time."""
    n_clusters = int(clusters.max()) + 1
    dealt = np.random.default_rng(SEED).permutation(n_clusters) % min(folds, n_clusters)
    return np.asarray(dealt[clusters])
