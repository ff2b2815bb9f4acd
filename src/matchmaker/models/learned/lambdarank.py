"""Past practice by LightGBM's LambdaRank: few small trees, monotone where a direction is fixed.

As the conditional logit, it models past practice, not what is said to work. LightGBM is imported when a
model is first used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from matchmaker.cache import cached
from matchmaker.errors import BadFile, Issue, MissingExtra
from matchmaker.features.profiles import Profiles
from matchmaker.models.arrangement import Arrangement
from matchmaker.models.learned.artefact import (
    TRAIN,
    Artefact,
    components,
    family_of,
    inputs_of,
    provenance,
    shipped_artefact,
)
from matchmaker.models.learned.choice_set import ChoiceSituation, SimilarPastChoice
from matchmaker.models.learned.design_matrix import (
    candidate_design,
    centre_within_set,
    mean_abs_contribution,
    stack_choice_sets,
)
from matchmaker.models.learned.pair_features import pair_features, pair_values
from matchmaker.models.scoring.ranker import Component, Scores, scores_from_contributions
from matchmaker.stored import stored
from matchmaker.typing import Floats, Rows

SETTINGS: dict[str, Any] = {
    "n_estimators": 100,
    "num_leaves": 4,
    "learning_rate": 0.1,
    "min_child_samples": 5,
    "reg_lambda": 1.0,
    "label_gain": [0, 1],
    "random_state": 20260822,
    "deterministic": True,
    "force_row_wise": True,
    "n_jobs": 1,
    "verbosity": -1,
}
"""Fixed beforehand: small trees, since there are only tens of choices."""
ONE_THREAD = {"num_threads": 1}
"""So that an answer takes one processor, however many are made at once."""

BYTES_PER_CHARACTER = 4
"""Memory that a model takes, as a multiple of the length of its text, roughly."""


class PastChoice(BaseModel):
    """One choice that a model was trained on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pairing_id: str
    recipient: str
    partner: str
    day: date
    leaves: tuple[int, ...]
    """The leaf of the partner in each tree."""


class LambdaRankModel(Artefact):
    """A trained LambdaRank model."""

    text: str
    """The trees, in LightGBM's own text form."""
    past: tuple[PastChoice, ...]
    """The choices that it was trained on."""


def library() -> ModuleType:
    """LightGBM.

    Raises:
        MissingExtra: it, or the system's library that it needs, is not installed.
    """
    try:
        import lightgbm
    except (ImportError, OSError) as error:
        text = f"LightGBM can't be loaded ({error})."
        step = (
            "Install it with pip install 'matchmaker[train]' and its system library with "
            "apt-get install libgomp1; or choose another method."
        )
        raise MissingExtra(text, step) from error
    return lightgbm


def lambdarank(directions: Sequence[int]) -> Any:
    """An unfitted `LGBMRanker`, monotone in each input whose direction is fixed; a scikit-learn estimator.

    Args:
        directions: (p,) 1, -1, or 0 where it is left to the data.

    Raises:
        MissingExtra: LightGBM can't be loaded.
    """
    return library().LGBMRanker(**SETTINGS, monotone_constraints=list(directions))


@cached
def booster(text: str) -> Any:
    """A model of LightGBM, read from its text.

    Raises:
        BadFile: it is no such text. Of one that is cut short LightGBM does not say so, it may end the
            process: `artefact.shipped_artefact` compares hashes first.
        MissingExtra: LightGBM can't be loaded.
    """
    lightgbm = library()
    try:
        model = lightgbm.Booster(model_str=text)
        model.cache_size = BYTES_PER_CHARACTER * len(text)
        return model
    except lightgbm.basic.LightGBMError as error:
        raise BadFile([Issue("LightGBM model", f"LightGBM's text form ({error})")], TRAIN) from error


def shap_values(model: Any, design: Floats) -> tuple[float, Floats]:
    """The score of every row, taken apart into a base value and what each input adds.

    Args:
        model: a `booster`.
        design: (m, p) inputs, m at least 1; NaN is unknown.

    Returns:
        The base value, and (p, m) contributions: the Shapley values of the inputs by TreeSHAP, with each
        tree's training data as the background (Lundberg and others 2020, Nature Machine Intelligence 2:56).
    """
    out = model.predict(design, raw_score=True, pred_contrib=True, **ONE_THREAD)
    return float(out[0, -1]), np.ascontiguousarray(out[:, :-1].T)


def apply_trees(model: Any, design: Floats) -> NDArray[np.intp]:
    """(m, t) the leaf that each row falls into, tree by tree."""
    return np.asarray(model.predict(design, pred_leaf=True, **ONE_THREAD), dtype=np.intp)


@dataclass(frozen=True, slots=True)
class TrainingData:
    """What a model learns from: of `design_matrix.stack_choice_sets`, and the inputs.

    Attributes:
        design: (m, p) inputs of every candidate.
        chosen: (m,) 1 for the chosen.
        sets: (m,) the choice set of each row.
        names, directions: (p,) of the inputs.
        published: whether no user's own data are in it.
    """

    design: Floats
    chosen: NDArray[np.intp]
    sets: NDArray[np.intp]
    names: tuple[str, ...]
    directions: tuple[int, ...]
    published: bool

    @property
    def stored_as(self) -> str | None:
        """What tells it, and the library that learns from it, in files; see `stored`."""
        if not self.published:
            return None
        said = f"{library().__version__} {self.names} {self.directions} {self.design.shape}"
        arrays = (self.design, self.chosen, self.sets)
        return sha256(b"".join((said.encode(), *(one.tobytes() for one in arrays)))).hexdigest()


@stored(
    lambda both: {"text": both[0], "weights": list(both[1])},
    lambda parts, _: (parts["text"], tuple(parts["weights"])),
)
def _fitted(data: TrainingData) -> tuple[str, tuple[float, ...]]:
    """The trees as text, and by how much each input moves a score."""
    fitted = lambdarank(data.directions).fit(
        data.design, data.chosen, group=np.bincount(data.sets), feature_name=list(data.names)
    )
    text: str = fitted.booster_.model_to_string()
    contributions = shap_values(booster(text), data.design)[1].T
    return text, mean_abs_contribution(np.where(np.isnan(data.design), np.nan, contributions))


def fit_lambdarank(choices: Sequence[ChoiceSituation]) -> LambdaRankModel:
    """A LambdaRank model of past choices; the same choices give the same bytes on one kind of processor.

    With AVX-512 and without it numpy's logarithms, exponentials and arcsines differ in the last digit, so
    that inputs that are equal on one are two values on the other, and LightGBM may split between them. Of
    the same inputs LightGBM gives the same trees. Inputs rounded to nine decimals are the same on both;
    they are not rounded, since the models that ship, and their replays, would change.

    Args:
        choices: of one family; those whose partner was not eligible teach nothing.

    Raises:
        InvalidParameter: there is nothing to learn from.
        MissingExtra: LightGBM can't be loaded.
    """
    inputs = pair_features(choices[0].sector)
    text, weights = _fitted(
        TrainingData(
            *stack_choice_sets(choices),
            tuple(one.name for one in inputs),
            tuple(one.direction for one in inputs),
            published=choices[0].snapshot.stored_as is not None,
        )
    )
    model = booster(text)
    partners = [one for one in choices if one.chosen is not None]
    of_partners = np.array(
        [one.figures(candidate_design)[one.candidates == one.chosen][0] for one in partners]
    )
    return LambdaRankModel(
        **provenance(choices),
        weights=weights,
        text=text,
        past=tuple(
            PastChoice(
                pairing_id=one.pairing_id,
                recipient=one.recipient,
                partner=one.partner,
                day=one.day,
                leaves=tuple(own),
            )
            for one, own in zip(partners, apply_trees(model, of_partners).tolist(), strict=True)
        ),
    )


class LambdaRankRanker:
    """Ranks by the sum of small trees learned from past choices of the family.

    Contributions are the inputs' Shapley values. A tree also sends what is unknown to one side; so that an
    unknown input itself adds nothing, what all the unknown ones do to a score is the last component.

    Args:
        profiles: as of the day of the query.
        trained: must not have been trained on a pairing that it is scored on.
        name: of the method.

    Raises:
        BadFile: the model needs an input that is not there, or its text can't be read.
        MissingExtra: LightGBM can't be loaded.
    """

    def __init__(self, profiles: Profiles, trained: LambdaRankModel, name: str) -> None:
        self.name = name
        self.profiles = profiles
        self.trained = trained
        self.inputs = inputs_of(trained, profiles)
        self.model = booster(trained.text)
        self.components = (
            *components(self.inputs, trained.weights),
            Component("unknown_inputs", "What is not known", 0.0),
        )
        self.version = f"{trained.family}-{trained.snapshot[:12]}"

    def scores(self, recipients: Rows) -> Scores:
        """See `Ranker.scores`."""
        values = pair_values(self.inputs, self.profiles, recipients)
        base, added = shap_values(self.model, self._design(values, recipients))
        added = added.reshape(values.shape)
        unknown = np.isnan(values)
        total = np.zeros(values.shape[1:])
        for at in range(len(values)):
            total += np.where(unknown[at], added[at], 0.0)
        values = np.concatenate([values, unknown.sum(axis=0, keepdims=True)])
        contributions = np.concatenate([added, total[None]])
        return scores_from_contributions(base, values, contributions, np.array([*self.trained.weights, 0.0]))

    def describe(self, component: int, value: float | None, recipient: int, candidate: int) -> str:  # noqa: ARG002
        """See `Ranker.describe`."""
        if component == len(self.inputs):
            return f"Figures not known of it: {value:.0f} of {len(self.inputs)}."
        return self.inputs[component].describe(value, self.profiles)

    def precedents(self, recipient: int, candidate: int, limit: int = 3) -> tuple[SimilarPastChoice, ...]:
        """The past choices whose partners are most like a candidate, by leaf agreement.

        Args:
            recipient, candidate: rows.
            limit: how many at most.
        """
        rows = np.array([recipient])
        design = self._design(pair_values(self.inputs, self.profiles, rows), rows)[[candidate]]
        own = apply_trees(self.model, design)[0]
        found = [
            SimilarPastChoice(
                one.pairing_id, one.recipient, one.partner, one.day, float(np.mean(own == one.leaves))
            )
            for one in self.trained.past
        ]
        return tuple(sorted(found, key=lambda one: (-one.share, one.pairing_id))[:limit])

    def _design(self, values: Floats, recipients: Rows) -> Floats:
        """(r * n, p) what the trees see."""
        design = centre_within_set(self.inputs, values, self.profiles, recipients)
        return np.ascontiguousarray(np.moveaxis(design, 0, 2)).reshape(-1, len(self.inputs))


def shipped_lambdarank(profiles: Profiles, arrangement: Arrangement, name: str) -> LambdaRankRanker:
    """The model of a method that ships with the sector, for an arrangement."""
    family = family_of(profiles.sector, arrangement)
    trained = shipped_artefact(LambdaRankModel, profiles.sector, f"{name}-{family.name}")
    return LambdaRankRanker(profiles, trained, name)
