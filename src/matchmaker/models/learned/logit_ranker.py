"""Past practice by a conditional logit: ranks by what past choices of a family suggest.

It models past practice, not what is said to work: that is the evidence fit.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from matchmaker.features.profiles import Profiles
from matchmaker.models.arrangement import Arrangement
from matchmaker.models.learned.artefact import (
    Artefact,
    components,
    family_of,
    inputs_of,
    provenance,
    shipped_artefact,
)
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.models.learned.design_matrix import (
    centre_within_set,
    mean_abs_contribution,
    stack_choice_sets,
)
from matchmaker.models.learned.pair_features import pair_features, pair_values
from matchmaker.models.scoring.ranker import Scores, scores_from_contributions
from matchmaker.typing import Rows

ALPHA = 1.0
"""Ridge penalty, fixed beforehand: a coefficient of 1 is one standard deviation of the prior."""


class LogitModel(Artefact):
    """A trained conditional logit."""

    coefficients: tuple[float, ...]
    """(p,) per unit of the input as the model sees it."""


def fit_logit(choices: Sequence[ChoiceSituation], alpha: float = ALPHA) -> LogitModel:
    """A conditional logit of past choices, each coefficient on the side that its input's direction allows.

    Args:
        choices: of one family; those whose partner was not eligible teach nothing.
        alpha: ridge penalty.

    Raises:
        InvalidParameter: there is nothing to learn from.
    """
    from matchmaker.models.learned.conditional_logit import ConditionalLogit  # scikit-learn, to train only

    design, chosen, sets = stack_choice_sets(choices)
    signs = [one.direction for one in pair_features(choices[0].sector)]
    fitted = ConditionalLogit(alpha, signs).fit(design, chosen, sets)
    return LogitModel(
        **provenance(choices),
        weights=mean_abs_contribution(design * fitted.coef_),
        coefficients=tuple(fitted.coef_.tolist()),
    )


class LogitRanker:
    """Ranks by a trained conditional logit; a difference of 1 in score is odds of e to 1.

    Args:
        profiles: as of the day of the query.
        trained: must not have been trained on a pairing that it is scored on.
        name: of the method.

    Raises:
        BadFile: the model needs an input that is not there.
    """

    def __init__(self, profiles: Profiles, trained: LogitModel, name: str) -> None:
        self.name = name
        self.profiles = profiles
        self.trained = trained
        self.inputs = inputs_of(trained, profiles)
        self.components = components(self.inputs, trained.weights)
        self.version = f"{trained.family}-{trained.snapshot[:12]}"

    def scores(self, recipients: Rows) -> Scores:
        """See `Ranker.scores`."""
        values = pair_values(self.inputs, self.profiles, recipients)
        design = centre_within_set(self.inputs, values, self.profiles, recipients)
        coefficients = np.array(self.trained.coefficients)[:, None, None]
        contributions = coefficients * design + 0.0  # no minus 0
        return scores_from_contributions(0.0, values, contributions, np.array(self.trained.weights))

    def describe(self, component: int, value: float | None, recipient: int, candidate: int) -> str:  # noqa: ARG002
        """See `Ranker.describe`."""
        return self.inputs[component].describe(value, self.profiles)


def shipped_logit(profiles: Profiles, arrangement: Arrangement, name: str) -> LogitRanker:
    """The model of a method that ships with the sector, for an arrangement."""
    family = family_of(profiles.sector, arrangement)
    return LogitRanker(profiles, shipped_artefact(LogitModel, profiles.sector, f"{name}-{family.name}"), name)
