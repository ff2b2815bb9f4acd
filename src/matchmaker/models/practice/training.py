"""Trains the models of past practice, tests them on choices they have not seen, and writes them as text."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from matchmaker.features.scaling import Floats
from matchmaker.models import baselines
from matchmaker.models.order import ahead_of
from matchmaker.models.practice.card import Card, CardInput, CardScore, LeftOut
from matchmaker.models.practice.choices import Choice, Skipped, choices
from matchmaker.models.practice.lambdarank import SETTINGS, TreesLearner, learn_trees
from matchmaker.models.practice.logit import (
    ALPHA,
    FAMILIES,
    Artefact,
    Family,
    Logit,
    LogitLearner,
    learn_logit,
    scorer,
)
from matchmaker.models.practice.pair_inputs import INPUTS

if TYPE_CHECKING:
    from matchmaker.models.engine import Matchmaker

Scorer = Callable[[Choice], tuple[Floats, Floats]]
"""Gives (n,) scores and (n,) coverage of all candidates of a choice."""
SHIPPED = Path(__file__).with_name("trained")
"""Where the models that ship with the package stand."""
FEWEST = 8
"""With fewer past choices to learn from, a choice is not asked about."""
LEFT_OUT, FORWARD = "each left out in turn", "each from earlier years only"


class Learner(Protocol):
    """A method that learns from past choices."""

    name: str
    says: str

    def learn(self, choices: Sequence[Choice]) -> Scorer:
        """A scorer that has seen these choices of one family, and nothing else."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to learn: the learner, what it leaves behind, and the settings and packages to tell of."""

    learner: Learner
    train: Callable[[Sequence[Choice]], Artefact]
    settings: dict[str, Any]
    packages: tuple[str, ...]


WAYS = (
    Way(LogitLearner(), learn_logit, {"alpha": ALPHA}, ("matchmaker", "numpy")),
    Way(TreesLearner(), learn_trees, SETTINGS, ("matchmaker", "numpy", "lightgbm")),
)


def train(
    engine: Matchmaker, tell: Callable[[int, int, str], None] = lambda done, total, name: None
) -> Iterator[tuple[str, str]]:
    """Trains every model; the same snapshot and packages give the same bytes.

    Args:
        engine: whose snapshot holds the pairings and the figures.
        tell: called before each model with how many are done, how many there are, and its name.

    Yields:
        The name of each file and its text: LightGBM's own text where there is one, the model, the card.

    Raises:
        MissingExtra: LightGBM can't be loaded.
    """
    todo = [(way, family) for way in WAYS for family in FAMILIES]
    for done, (way, family) in enumerate(todo):
        name = f"{way.learner.name}-{family.name}"
        tell(done, len(todo), name)
        seen, skipped = choices(engine, kinds=family.kinds)
        artefact = way.train(seen)
        kept = artefact.model_dump(mode="json")
        if "text" in kept:
            yield f"{name}.txt", kept.pop("text")
        yield f"{name}.json", _written(kept)
        card = _card(engine, way, family, artefact, seen, skipped)
        yield f"{name}.card.json", _written(card.model_dump(mode="json"))


def unseen(
    learner: Learner, seen: Sequence[Choice], organisation: Callable[[str], str]
) -> dict[str, list[tuple[Choice, Scorer]]]:
    """Every choice with a scorer that has not seen it, in two ways.

    Left out: learned from all but the choices of its recipient, under any code, and those of the same
    partner on the same day. Forward: besides, only from choices of earlier years.

    Args:
        learner: the method.
        seen: choices of one family.
        organisation: what a code has become.
    """
    out: dict[str, list[tuple[Choice, Scorer]]] = {LEFT_OUT: [], FORWARD: []}
    learned: dict[tuple[str, ...], Scorer] = {}

    def taught_by(past: Sequence[Choice]) -> Scorer:
        key = tuple(one.pairing_id for one in past)
        if key not in learned:
            learned[key] = learner.learn(past)
        return learned[key]

    for one in seen:
        others = [
            other
            for other in seen
            if organisation(other.recipient) != organisation(one.recipient)
            and (other.partner, other.day) != (one.partner, one.day)
            and other.chosen is not None
        ]
        earlier = [other for other in others if other.day.year < one.day.year]
        for protocol, past in ((LEFT_OUT, others), (FORWARD, earlier)):
            if len(past) >= FEWEST:
                out[protocol].append((one, taught_by(past)))
    return out


def score_of(method: str, protocol: str, asked: Sequence[tuple[Choice, Scorer]]) -> CardScore:
    """How a method did; each choice comes with the scorer that may be asked about it."""
    hits, shares = [], []
    for choice, score in asked:
        if choice.chosen is None:
            hits.append(np.inf)
            continue
        ahead = int(np.count_nonzero(ahead_of(*score(choice), choice.chosen) & choice.eligible))
        hits.append(ahead + 1)
        shares.append(ahead / max(1, len(choice.candidates) - 1))
    first = {at: round(float(np.mean(np.array(hits) <= at)), 4) for at in (1, 5, 10)}
    return CardScore(
        method=method,
        protocol=protocol,
        choices=len(hits),
        eligible=len(shares),
        hit_1=first[1],
        hit_5=first[5],
        hit_10=first[10],
        percentile=round(float(np.mean(shares)), 4),
    )


def _card(
    engine: Matchmaker,
    way: Way,
    family: Family,
    artefact: Artefact,
    seen: Sequence[Choice],
    skipped: Sequence[Skipped],
) -> Card:
    coefficients = artefact.coefficients if isinstance(artefact, Logit) else [None] * len(INPUTS)
    nearest = scorer(baselines.nearest)
    scores = []
    for protocol, asked in unseen(way.learner, seen, engine.directory.latest).items():
        scores.append(score_of(way.learner.name, protocol, asked))
        scores.append(score_of("nearest", protocol, [(choice, nearest) for choice, _ in asked]))
    not_eligible = [(one.pairing_id, one.why_not) for one in seen if one.why_not is not None]
    left_out = [*not_eligible, *((one.pairing_id, one.why) for one in skipped)]
    return Card(
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
        scores=tuple(scores),
    )


def _written(content: Any) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"
