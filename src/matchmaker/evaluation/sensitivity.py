"""Sensitivity of the evidence fit to its preset weights: weights drawn anew, and criteria left out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matchmaker.evaluation.metrics import METRICS, tied_rank
from matchmaker.evaluation.refit import candidate_criteria
from matchmaker.evaluation.replay import arrangement_of, by_day, family_of
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.models.scoring.weighted_sum import weighted_sums
from matchmaker.models.uncertainty import CONCENTRATION
from matchmaker.training.parallel import in_parallel
from matchmaker.typing import Floats

DRAWS = 200
SEED = 20_260_822


def drawn_weights(choices: Sequence[ChoiceSituation], draws: int = DRAWS, seed: int = SEED) -> pl.DataFrame:
    """The metrics of each family under weights drawn around the preset, as for the uncertainty of ranks.

    Args:
        choices: past pairings.
        draws: of weights; the first is the preset itself.
        seed: the same seed gives the same draws.

    Returns:
        One row per family and metric: preset, and low, middle and high, between which 90 of 100 draws lie.
    """
    usable = [one for one in choices if one.chosen is not None]
    each = in_parallel(_under_drawn_weights, [(group, draws, seed) for group in by_day(usable)])
    found: dict[str, list[Floats]] = {}
    for choice, metrics in zip(usable, chain.from_iterable(each), strict=True):
        found.setdefault(family_of(choice), []).append(metrics)
    rows = []
    for family, own in found.items():
        means = np.mean(own, axis=0)  # (draws, metrics)
        low, middle, high = np.quantile(means, [0.05, 0.5, 0.95], axis=0)
        for at, metric in enumerate(METRICS):
            row = {"preset": means[0, at], "low": low[at], "middle": middle[at], "high": high[at]}
            rows.append({"family": family, "metric": metric} | {key: float(v) for key, v in row.items()})
    return pl.DataFrame(rows, schema=_schema(("family", "metric"), ("preset", "low", "middle", "high")))


def criterion_ablations(choices: Sequence[ChoiceSituation]) -> pl.DataFrame:
    """What the metrics of each kind of pairing become when one criterion is left out.

    Returns:
        One row per kind, criterion and metric: preset, without, and known (the share of the candidates of
        which the criterion is known).
    """
    usable = [one for one in choices if one.chosen is not None]
    rows = [
        row for rows in in_parallel(_without_each, [(group,) for group in by_day(usable)]) for row in rows
    ]
    by = ("kind", "criterion", "metric")
    schema = _schema(by, ("preset", "without", "known"))
    return pl.DataFrame(rows, schema=schema).group_by(*by, maintain_order=True).mean()


def _under_drawn_weights(choices: Sequence[ChoiceSituation], draws: int, seed: int) -> list[Floats]:
    """(draws, metrics) of each."""
    return [_drawn_metrics(one, draws, seed) for one in choices]


def _drawn_metrics(choice: ChoiceSituation, draws: int, seed: int) -> Floats:
    values, preset = choice.figures(candidate_criteria)
    return np.array(_metrics(choice, values, _dirichlet(preset, draws, seed)))


def _without_each(choices: Sequence[ChoiceSituation]) -> list[dict[str, Any]]:
    return [row for one in choices for row in _ablations(one)]


def _ablations(choice: ChoiceSituation) -> list[dict[str, Any]]:
    values, preset = choice.figures(candidate_criteria)
    each_without = np.where(np.eye(len(preset), dtype=bool), 0.0, preset)
    whole, *others = _metrics(choice, values, np.vstack([preset, each_without]))
    rows = []
    for at, criterion in enumerate(arrangement_of(choice).criteria):
        share = float(np.mean(~np.isnan(values[at])))
        keys = {"kind": choice.kind, "criterion": criterion.label, "known": share}
        each = zip(METRICS, whole, others[at], strict=True)
        rows += [keys | {"metric": metric, "preset": one, "without": other} for metric, one, other in each]
    return rows


def _schema(words: Sequence[str], numbers: Sequence[str]) -> dict[str, type[pl.DataType]]:
    """Columns that are there without a row too: no partner need have been eligible."""
    return dict.fromkeys(words, pl.String) | dict.fromkeys(numbers, pl.Float64)


def _metrics(choice: ChoiceSituation, values: Floats, weights: Floats) -> list[list[float]]:
    """Every metric under each of some weights, (d, k)."""
    every, chosen = np.ones(len(choice.candidates), dtype=bool), _chosen(choice)
    scored = zip(*weighted_sums(values, weights), strict=True)
    ranks = [tied_rank(score, coverage, every, chosen) for score, coverage in scored]
    return [[metric(at) for metric in METRICS.values()] for at in ranks]


def _chosen(choice: ChoiceSituation) -> int:
    """Which of the candidates was chosen."""
    if choice.chosen is None:
        raise ValueError("its partner was not eligible")
    return int(np.searchsorted(choice.candidates, choice.chosen))


def _dirichlet(preset: Floats, draws: int, seed: int) -> NDArray[np.float64]:
    shares = np.maximum(CONCENTRATION * preset / preset.sum(), 1e-9)
    drawn = np.random.default_rng(seed).standard_gamma(shares, (draws, len(shares)))
    drawn[0] = shares
    return np.asarray(drawn / drawn.sum(axis=1, keepdims=True))
