"""Trains the models of past practice and writes them as text; replays test them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.models.learned.lambdarank import SETTINGS, LambdaRankLearner, fit_lambdarank
from matchmaker.models.learned.logit_ranker import (
    ALPHA,
    FAMILIES,
    SUMS,
    Artefact,
    Family,
    LogitLearner,
    LogitModel,
    fit_logit,
)
from matchmaker.models.learned.model_card import CardInput, LeftOut, ModelCard
from matchmaker.models.learned.pair_features import INPUTS
from matchmaker.training.choice_sets import ExcludedPairing, build_choice_sets

if TYPE_CHECKING:
    from matchmaker.models.engine import Matchmaker

SHIPPED = Path(__file__).parents[1] / "sectors" / "nhs" / "artefacts" / "models"
"""Where the models that ship with the package stand."""


@dataclass(frozen=True, slots=True)
class TrainingRecipe:
    """One way to learn: the learner, what it leaves behind, and the settings and packages to tell of."""

    learner: type[LogitLearner | LambdaRankLearner]
    train: Callable[[Sequence[ChoiceSituation]], Artefact]
    settings: dict[str, Any]
    packages: tuple[str, ...]


RECIPES = (
    TrainingRecipe(LogitLearner, fit_logit, {"alpha": ALPHA}, ("matchmaker", "numpy")),
    TrainingRecipe(LambdaRankLearner, fit_lambdarank, SETTINGS, ("matchmaker", "numpy", "lightgbm")),
)


def train(
    engine: Matchmaker, tell: Callable[[int, int, str], None] = lambda done, total, name: None
) -> Iterator[tuple[str, str]]:
    """Trains every model; the same snapshot, packages and kind of processor give the same bytes.

    Args:
        engine: whose snapshot holds the pairings and the figures.
        tell: called before each model with how many are done, how many there are, and its name.

    Yields:
        The name of each file and its text: LightGBM's own text where there is one, the model, the card;
        last the hashes of them all.

    Raises:
        MissingExtra: LightGBM can't be loaded.
    """
    written: list[str] = []
    for name, text in _models(engine, tell):
        written.append(f"{sha256(text.encode()).hexdigest()}  {name}\n")
        yield name, text
    yield SUMS, "".join(sorted(written, key=lambda line: line.split()[1]))


def _models(engine: Matchmaker, tell: Callable[[int, int, str], None]) -> Iterator[tuple[str, str]]:
    todo = [(way, family) for way in RECIPES for family in FAMILIES]
    for done, (way, family) in enumerate(todo):
        name = f"{way.learner.name}-{family.name}"
        tell(done, len(todo), name)
        seen, skipped = build_choice_sets(engine, kinds=family.kinds)
        artefact = way.train(seen)
        kept = artefact.model_dump(mode="json")
        if "text" in kept:
            yield f"{name}.txt", kept.pop("text")
        yield f"{name}.json", _written(kept)
        card = _card(engine, way, family, artefact, seen, skipped)
        yield f"{name}.card.json", _written(card.model_dump(mode="json"))


def _card(
    engine: Matchmaker,
    way: TrainingRecipe,
    family: Family,
    artefact: Artefact,
    seen: Sequence[ChoiceSituation],
    skipped: Sequence[ExcludedPairing],
) -> ModelCard:
    coefficients = artefact.coefficients if isinstance(artefact, LogitModel) else [None] * len(INPUTS)
    not_eligible = [(one.pairing_id, one.why_not) for one in seen if one.why_not is not None]
    left_out = [*not_eligible, *((one.pairing_id, one.why) for one in skipped)]
    return ModelCard(
        name=f"{way.learner.name}-{family.name}",
        method=way.learner.name,
        says=way.learner.says,
        family=family.name,
        label=family.label,
        kinds=family.kinds,
        arrangements=family.arrangements,
        snapshot=artefact.snapshot,
        snapshot_day=engine.snapshot.as_of,
        trained_on=tuple(one.pairing_id for one in seen if one.chosen is not None),
        left_out=tuple(LeftOut(pairing_id=one, why=why) for one, why in sorted(left_out)),
        settings=way.settings,
        versions={package: version(package) for package in way.packages},
        inputs=tuple(
            CardInput(
                name=one.name,
                label=one.label,
                direction=one.direction,
                source=one.source,
                coefficient=coefficient,
                weight=weight,
            )
            for one, coefficient, weight in zip(INPUTS, coefficients, artefact.weights, strict=True)
        ),
    )


def _written(content: Any) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"
