"""A later look at who was chosen: the same choices, with what candidates' members are and did as inputs.

The settings of the trees were picked among four on choices of the last two years before the scored ones,
learned from those before. A candidate beyond reach is counted as missed, and left out in a second table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from matchmaker.evaluation.effect.choice import ChoiceSet, figures_of, labels_of, rank_of
from matchmaker.evaluation.effect.settings import ChoiceInputs, ChoiceStudy
from matchmaker.models.learned.conditional_logit import ConditionalLogit
from matchmaker.models.learned.lambdarank import library
from matchmaker.typing import Floats

SETTINGS: dict[str, Any] = {
    "n_estimators": 300,
    "num_leaves": 7,
    "learning_rate": 0.05,
    "min_child_samples": 20,
    "reg_lambda": 1.0,
    "feature_fraction": 0.7,
    "label_gain": [0, 1],
    "random_state": 20260822,
    "deterministic": True,
    "force_row_wise": True,
    "n_jobs": 1,
    "verbosity": -1,
}
"""More and larger trees than for the tens of choices of `models.learned.lambdarank`: here are hundreds."""
KNOTS_KM = (2, 5, 10, 20)
"""Where the effect of a distance may bend in the conditional logit."""
DISTANCES = ("nearest", "main place")
Score = Callable[[ChoiceSet], Floats]


def choice_again(study: ChoiceStudy, more: ChoiceInputs, sets: Sequence[ChoiceSet]) -> dict[str, Any]:
    """Methods on the choices from `study.scored_from` on.

    Args:
        study: of the sector.
        more: which inputs.
        sets: of `choice.choice_sets`.

    Returns:
        n, within_reach (those whose partner was a candidate), and of `choice.figures_of` the rows `methods`,
        with partners beyond reach counted as missed, and `within`, without those choices.
    """
    early = [one for one in sets if one.year < study.scored_from]
    late = [one for one in sets if one.year >= study.scored_from]
    dated = more.attributes[:-1]
    names = list(sets[0].inputs)
    undated = [name for name in names if more.attributes[-1] not in name]
    by_distance = {"Nearest member": "nearest"} | {
        f"Nearest member of the same {name}": f"nearest of the same {name}" for name in more.attributes
    }
    scores: dict[str, list[Floats]] = {
        label: [np.nan_to_num(-one.inputs[name], nan=-np.inf) for one in late]
        for label, name in by_distance.items()
    }
    for label, fit in {
        "Conditional logit with splines": partial(logit, names=names),
        "Trees": partial(trees, names=names, attributes=more.attributes),
        f"Trees without {more.attributes[-1]}": partial(trees, names=undated, attributes=dated),
    }.items():
        score = fit(early)
        scores[label] = [score(one) for one in late]
    scores["Trees, learned anew each year"] = _each_year(sets, late, names, more.attributes)
    ranks = {
        label: [rank_of(own, one.chosen) for own, one in zip(values, late, strict=True)]
        for label, values in scores.items()
    }
    inside = [at for at, one in enumerate(late) if one.chosen is not None]
    return {
        "added": str(more.added),
        "attributes": list(more.attributes),
        "n": len(late),
        "within_reach": len(inside),
        "learned_from": sum(one.chosen is not None for one in early),
        "methods": [figures_of(label, own, late) for label, own in ranks.items()],
        "within": [
            figures_of(label, [own[at] for at in inside], [late[at] for at in inside])
            for label, own in ranks.items()
        ],
    }


def trees(sets: Sequence[ChoiceSet], names: Sequence[str], attributes: Sequence[str]) -> Score:
    """LambdaRank by LightGBM; the recipient's own words are inputs, too, so that they can interact."""
    usable = [one for one in sets if one.chosen is not None and _size(one) > 1]
    words = {name: sorted({one.words[name] for one in usable}) for name in attributes}

    def table(one: ChoiceSet) -> Floats:
        own = [
            np.full(_size(one), words[name].index(one.words[name]) if one.words[name] in words[name] else -1)
            for name in attributes
        ]
        return np.column_stack([*(one.inputs[name] for name in names), *own])

    y, _ = labels_of(usable)
    model = library().LGBMRanker(**SETTINGS)
    model.fit(np.concatenate([table(one) for one in usable]), y, group=[_size(one) for one in usable])
    return lambda one: np.asarray(model.predict(table(one)))


def logit(sets: Sequence[ChoiceSet], names: Sequence[str]) -> Score:
    """A conditional logit with linear splines of distance; the unknown counts as the mean, and is marked."""
    usable = [one for one in sets if one.chosen is not None and _size(one) > 1]

    def terms(one: ChoiceSet) -> Floats:
        linear = np.column_stack([one.inputs[name] for name in names])
        bent = [np.maximum(one.inputs[name] - np.log1p(km), 0) for name in DISTANCES for km in KNOTS_KM]
        return np.column_stack([linear, *bent])

    stacked = np.ma.masked_invalid(np.concatenate([terms(one) for one in usable]))
    middle, spread = stacked.mean(axis=0).filled(0.0), stacked.std(axis=0).filled(0.0)
    spread[spread == 0] = 1.0
    marked = np.flatnonzero(np.ma.getmaskarray(stacked).any(axis=0))

    def design(one: ChoiceSet) -> Floats:
        values = (terms(one) - middle) / spread
        return np.column_stack([np.nan_to_num(values), np.isnan(values[:, marked]).astype(float)])

    y, groups = labels_of(usable)
    model = ConditionalLogit().fit(np.concatenate([design(one) for one in usable]), y, groups)
    return lambda one: np.asarray(model.decision_function(design(one)))


def _each_year(
    sets: Sequence[ChoiceSet], late: Sequence[ChoiceSet], names: Sequence[str], attributes: Sequence[str]
) -> list[Floats]:
    """Scores of trees that learned from every choice of the years before."""
    models = {
        year: trees([one for one in sets if one.year < year], names, attributes)
        for year in sorted({one.year for one in late})
    }
    return [models[one.year](one) for one in late]


def _size(one: ChoiceSet) -> int:
    return len(one.x)
