"""McFadden's conditional logit with a ridge penalty, as an estimator of scikit-learn."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted, validate_data

from matchmaker.typing import Floats

ARMIJO = 1e-4
"""A step counts if it brings at least this share of what the gradient promises."""
ROUNDING = 1e-14
"""Costs closer than this, relatively, are taken as equal."""


class ConditionalLogit(BaseEstimator):  # type: ignore[misc]
    """The chance that each candidate of a choice set is chosen: the softmax of X @ coef_ over the set.

    Maximises the log-likelihood of the choices less alpha / 2 times the sum of squared coefficients, by
    Newton's method with the exact Hessian. A coefficient whose sign is fixed is held at 0 where the
    choices would have it on the other side (projected Newton; Bertsekas 1982, SIAM J Control 20:221).

    An unknown input (NaN) contributes nothing, so inputs should be centred such that 0 says nothing.
    What is equal for all candidates of a set has no influence.

    Args:
        alpha: ridge penalty, above 0: it keeps the coefficients finite and unique.
        signs: +1, -1 or 0 (free) for each input; None leaves all free.
        max_iter: Newton steps at most.
        tol: stop when no coefficient that may move has a steeper gradient.

    Attributes:
        coef_: (p,), in the inverse units of the inputs.
        n_features_in_: p.
        n_iter_: steps taken.

    Source: McFadden (1974), Conditional logit analysis of qualitative choice behavior.
    """

    def __init__(
        self,
        alpha: float = 1.0,
        signs: ArrayLike | None = None,
        max_iter: int = 200,
        tol: float = 1e-8,
    ) -> None:
        self.alpha = alpha
        self.signs = signs
        self.max_iter = max_iter
        self.tol = tol

    def fit(self, X: ArrayLike, y: ArrayLike, groups: ArrayLike) -> Self:
        """Learn from choice sets stacked one below the other.

        Args:
            X: (m, p) figures of candidates; NaN is unknown.
            y: (m,) 1 for the chosen, 0 for the others.
            groups: (m,) the choice set of each row.

        Returns:
            The fitted estimator.

        Raises:
            ValueError: a set has not exactly one chosen, alpha is not above 0, or the signs don't fit.
            RuntimeError: no solution was found in `max_iter` steps.
        """
        if not self.alpha > 0:
            raise ValueError(f"alpha is {self.alpha}; it must be above 0.")
        design, sets = self._read(X, groups, reset=True)
        chosen = _chosen_rows(y, sets)
        signs = np.zeros(design.shape[1]) if self.signs is None else np.asarray(self.signs, dtype=float)
        if signs.shape != (design.shape[1],):
            raise ValueError(f"There are {signs.size} signs for {design.shape[1]} inputs.")
        sign = np.where(signs < 0, -1.0, 1.0)  # every fixed sign becomes +1
        coef, self.n_iter_ = self._solve(design * sign, chosen, sets, signs != 0)
        self.coef_: Floats = coef * sign + 0.0  # no minus 0
        return self

    def decision_function(self, X: ArrayLike) -> Floats:
        """(m,) X @ coef_, unknown inputs counting nothing; only differences within a set mean anything."""
        check_is_fitted(self)
        design, _ = self._read(X, None, reset=False)
        return design @ self.coef_

    def predict_log_proba(self, X: ArrayLike, groups: ArrayLike) -> Floats:
        """(m,) the logarithm of each candidate's chance within its choice set."""
        check_is_fitted(self)
        design, sets = self._read(X, groups, reset=False)
        return log_softmax(design @ self.coef_, sets)

    def score(self, X: ArrayLike, y: ArrayLike, groups: ArrayLike) -> float:
        """The mean log-likelihood of a choice; -log(n) is what chance gives in a set of n."""
        log_chance = self.predict_log_proba(X, groups)
        _, sets = self._read(X, groups, reset=False)
        return float(log_chance[_chosen_rows(y, sets)].mean())

    def _read(self, X: ArrayLike, groups: ArrayLike | None, reset: bool) -> tuple[Floats, NDArray[np.intp]]:
        """Inputs with 0 for unknown, and the choice sets numbered from 0."""
        design = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=reset)
        if groups is None:
            return np.nan_to_num(design), np.zeros(len(design), dtype=np.intp)
        _, sets = np.unique(np.asarray(groups), return_inverse=True)
        if sets.shape != (len(design),):
            raise ValueError(f"There are {sets.size} groups for {len(design)} rows.")
        return np.nan_to_num(design), sets

    def _solve(
        self, design: Floats, chosen: NDArray[np.intp], sets: NDArray[np.intp], above_0: NDArray[np.bool_]
    ) -> tuple[Floats, int]:
        """The coefficients of least cost, those of `above_0` not negative, and the steps taken."""
        coef = np.zeros(design.shape[1])
        cost, gradient, hessian = negative_log_likelihood(coef, design, chosen, sets, self.alpha)
        for step in range(self.max_iter):
            moves = ~(above_0 & (coef <= 0) & (gradient >= 0))
            if not moves.any() or np.abs(gradient[moves]).max() <= self.tol:
                return coef, step
            newton = np.zeros_like(coef)
            newton[moves] = np.linalg.solve(hessian[np.ix_(moves, moves)], gradient[moves])
            length = 1.0
            while True:
                proposal = coef - length * newton
                proposal[above_0] = np.maximum(proposal[above_0], 0.0)
                found = negative_log_likelihood(proposal, design, chosen, sets, self.alpha)
                promise = ARMIJO * (gradient @ (coef - proposal))
                if found[0] <= cost - promise + ROUNDING * abs(cost) or length < self.tol:
                    break
                length /= 2
            coef, (cost, gradient, hessian) = proposal, found
        raise RuntimeError(f"No solution in {self.max_iter} steps; raise alpha or max_iter.")


def negative_log_likelihood(
    coef: Floats, design: Floats, chosen: NDArray[np.intp], sets: NDArray[np.intp], alpha: float
) -> tuple[float, Floats, Floats]:
    """What `ConditionalLogit` minimises, with its gradient and Hessian.

    Args:
        coef: (p,).
        design: (m, p) without NaN.
        chosen: the row chosen in each set, sets in order.
        sets: (m,) numbered from 0.
        alpha: ridge penalty.

    Returns:
        A number, (p,) and (p, p).
    """
    log_chance = log_softmax(design @ coef, sets)
    chance = np.exp(log_chance)[:, None]
    expected = np.zeros((len(chosen), design.shape[1]))
    np.add.at(expected, sets, chance * design)
    cost = alpha / 2 * coef @ coef - log_chance[chosen].sum()
    gradient = alpha * coef - (design[chosen] - expected).sum(axis=0)
    apart = design - expected[sets]
    hessian = alpha * np.eye(len(coef)) + (chance * apart).T @ apart
    return float(cost), gradient, hessian


def log_softmax(score: Floats, sets: NDArray[np.intp]) -> Floats:
    """(m,) the logarithm of each row's chance within its set; sets are numbered from 0."""
    highest = np.full(sets.max() + 1, -np.inf)
    np.maximum.at(highest, sets, score)
    lowered = score - highest[sets]
    total = np.bincount(sets, np.exp(lowered))
    out: Floats = lowered - np.log(total)[sets]
    return out


def _chosen_rows(y: ArrayLike, sets: NDArray[np.intp]) -> NDArray[np.intp]:
    """The row chosen in each set, sets in order."""
    marks = np.asarray(y)
    if marks.shape != sets.shape or not np.isin(marks, (0, 1)).all():
        raise ValueError("y must hold a 1 or a 0 for each row.")
    rows = np.flatnonzero(marks)
    if not np.array_equal(np.sort(sets[rows]), np.arange(sets.max() + 1)):
        raise ValueError("Each choice set needs exactly one chosen candidate.")
    ordered: NDArray[np.intp] = rows[np.argsort(sets[rows])]
    return ordered
