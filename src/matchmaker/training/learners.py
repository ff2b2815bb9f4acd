"""Learners: the learned methods of a sector, trained anew on some choices so that others can test them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.models.learned.design_matrix import candidate_design
from matchmaker.models.learned.lambdarank import SETTINGS, LambdaRankRanker, fit_lambdarank
from matchmaker.models.learned.logit_ranker import ALPHA, LogitRanker, fit_logit
from matchmaker.models.registry import methods
from matchmaker.sector import Sector
from matchmaker.typing import Floats

Scorer = Callable[[ChoiceSituation], tuple[Floats, Floats] | None]
"""Gives (n,) scores and coverage, which count for the candidates only; None where it may not say anything."""


class Learner(Protocol):
    """A method that learns from past choices."""

    @property
    def name(self) -> str:
        """By which it is chosen."""

    @property
    def label(self) -> str:
        """Its name for people."""

    @property
    def says(self) -> str:
        """What it does, in one sentence."""

    @property
    def needs(self) -> tuple[Callable[[ChoiceSituation], Any], ...]:
        """The figures of choices that it learns from; see `ChoiceSituation.figures`."""

    def learn(self, choices: Sequence[ChoiceSituation]) -> Scorer:
        """A scorer that has seen these choices, all of one family, and nothing else."""


@dataclass(frozen=True, slots=True)
class TrainingRecipe:
    """How methods of one form are trained.

    Attributes:
        fit: makes an artefact of choices.
        ranker: binds an artefact to profiles, under a name.
        settings, packages: what the model card names.
    """

    fit: Callable[[Sequence[ChoiceSituation]], Any]
    ranker: Callable[..., LogitRanker | LambdaRankRanker]
    settings: dict[str, Any]
    packages: tuple[str, ...]


RECIPES = {
    "conditional_logit": TrainingRecipe(fit_logit, LogitRanker, {"alpha": ALPHA}, ("matchmaker", "numpy")),
    "lambdarank": TrainingRecipe(
        fit_lambdarank, LambdaRankRanker, SETTINGS, ("matchmaker", "numpy", "lightgbm")
    ),
}
"""Form of a method -> its recipe."""


@dataclass(frozen=True, slots=True)
class MethodLearner:
    """Trains a method of a sector anew; see `Learner`."""

    name: str
    label: str
    says: str
    recipe: TrainingRecipe
    needs = (candidate_design,)

    def learn(self, choices: Sequence[ChoiceSituation]) -> Scorer:
        """See `Learner.learn`."""
        trained = self.recipe.fit(choices)

        def score(choice: ChoiceSituation) -> tuple[Floats, Floats]:
            ranker = self.recipe.ranker(choice.profiles, trained, self.name)
            scores = ranker.scores(np.array([choice.row]))
            return scores.score[0], scores.coverage[0]

        return score


def method_learners(sector: Sector) -> list[MethodLearner]:
    """The methods of a sector that learn from past choices."""
    return [
        MethodLearner(name, method.label, method.says, RECIPES[method.spec.form])
        for name, method in methods(sector).items()
        if method.spec.form in RECIPES
    ]
