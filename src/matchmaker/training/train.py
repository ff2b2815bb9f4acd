"""Trains every learned method of a sector and writes the models as text; replays test them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matchmaker.errors import InvalidParameter
from matchmaker.models.learned.artefact import SUMS, Artefact, models_folder
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.models.learned.model_card import INTENDED_USE, CardInput, LeftOut, ModelCard
from matchmaker.models.learned.pair_features import pair_features
from matchmaker.sector import Family, Sector
from matchmaker.training.choice_sets import ExcludedPairing, build_choice_sets
from matchmaker.training.learners import MethodLearner, method_learners

if TYPE_CHECKING:
    from matchmaker.models.engine import Matchmaker

Report = Callable[[int, int, str], None]
"""Told before each model how many are done, how many there are, and its name."""


def default_folder(sector: Sector) -> Path:
    """Where the models that ship with a sector stand.

    Raises:
        InvalidParameter: the sector is not installed as files that can be written.
    """
    folder = models_folder(sector)
    if not isinstance(folder, Path):
        raise InvalidParameter(f"The files of {sector.label} can't be written.", "Name a folder.")
    return folder


def train(engine: Matchmaker, report: Report = lambda done, total, name: None) -> Iterator[tuple[str, str]]:
    """Trains every model; the same snapshot, packages and kind of processor give the same bytes.

    Args:
        engine: whose snapshot holds the pairings and the figures.
        report: called before each model.

    Yields:
        The name of each file and its text: LightGBM's own text where there is one, the model, the card;
        last the hashes of them all.

    Raises:
        MissingExtra: LightGBM can't be loaded.
    """
    sums: list[str] = []
    for name, text in _models(engine, report):
        sums.append(f"{sha256(text.encode()).hexdigest()}  {name}\n")
        yield name, text
    yield SUMS, "".join(sorted(sums, key=lambda line: line.split()[1]))


def _models(engine: Matchmaker, report: Report) -> Iterator[tuple[str, str]]:
    sector = engine.sector
    todo = [(learner, family) for learner in method_learners(sector) for family in sector.families]
    for done, (learner, family) in enumerate(todo):
        name = f"{learner.name}-{family.name}"
        report(done, len(todo), name)
        choices, left_out = build_choice_sets(engine, kinds=family.kinds)
        artefact = learner.recipe.fit(choices)
        content = artefact.model_dump(mode="json")
        if "text" in content:
            yield f"{name}.txt", content.pop("text")
        yield f"{name}.json", _json(content)
        card = _card(engine, learner, family, artefact, choices, left_out)
        yield f"{name}.card.json", _json(card.model_dump(mode="json"))


def _card(
    engine: Matchmaker,
    learner: MethodLearner,
    family: Family,
    artefact: Artefact,
    choices: Sequence[ChoiceSituation],
    excluded: Sequence[ExcludedPairing],
) -> ModelCard:
    inputs = pair_features(engine.sector)
    coefficients = getattr(artefact, "coefficients", [None] * len(inputs))
    not_eligible = [(one.pairing_id, one.why_not) for one in choices if one.why_not is not None]
    left_out = [*not_eligible, *((one.pairing_id, one.why) for one in excluded)]
    return ModelCard(
        name=f"{learner.name}-{family.name}",
        method=learner.name,
        says=learner.says,
        family=family.name,
        label=family.label,
        kinds=family.kinds,
        arrangements=family.arrangements,
        intended_use=INTENDED_USE.format(organisations=engine.sector.words.organisations),
        snapshot=artefact.snapshot,
        snapshot_day=engine.snapshot.as_of,
        trained_on=tuple(one.pairing_id for one in choices if one.chosen is not None),
        left_out=tuple(LeftOut(pairing_id=pairing_id, why=why) for pairing_id, why in sorted(left_out)),
        settings=learner.recipe.settings,
        versions={package: version(package) for package in learner.recipe.packages},
        inputs=tuple(
            CardInput(
                name=one.name,
                label=one.label,
                direction=one.direction,
                source=one.source,
                coefficient=coefficient,
                weight=weight,
            )
            for one, coefficient, weight in zip(inputs, coefficients, artefact.weights, strict=True)
        ),
    )


def _json(content: Any) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"
