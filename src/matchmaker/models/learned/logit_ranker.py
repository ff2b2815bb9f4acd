"""What was chosen before: a conditional logit of past pairings, one for each family of arrangements.

It models past practice, not what is said to work: that is `evidence_fit`. The artefacts that ship with
the package have seen every past pairing, so they must never be scored on one; an evaluation learns anew
from the choices that it may see (`LogitLearner`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from matchmaker.cache import cached
from matchmaker.errors import BadFile, InvalidParameter, Issue
from matchmaker.features import Profiles
from matchmaker.models.arrangement import Arrangement
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.models.learned.pair_feature import PairFeature, centre_within_set, pair_values
from matchmaker.models.learned.pair_features import INPUTS
from matchmaker.models.scoring.ranker import Component, Scores, scores_from_contributions
from matchmaker.typing import Floats, Rows

ALPHA = 1.0
"""Ridge penalty, fixed beforehand: a coefficient of 1 is one standard deviation of the prior."""
TRAIN = "Run `matchmaker train models`."
SUMS = "SHA256SUMS"
"""File of the hashes of the others in its folder, as `sha256sum` writes and checks it."""


@dataclass(frozen=True, slots=True)
class Family:
    """Arrangements that one model serves, and the kinds of past pairing that it learns from."""

    name: str
    label: str
    kinds: tuple[str, ...]
    arrangements: tuple[str, ...]


FAMILIES = (
    Family("buddying", "Buddying", ("buddying",), ("buddying", "service")),
    Family("structural", "Acquisition and merger", ("acquisition", "merger"), ("acquisition", "merger")),
    Family(
        "shared_leadership",
        "Shared leadership and management contracts",
        ("shared_leadership", "management_contract"),
        ("contract",),
    ),
)
"""Too few past pairings for one service are on record to learn from: buddying stands in for it."""


def family_of(arrangement: Arrangement) -> Family:
    """The family of an arrangement; that of a user's own follows from its scale."""
    named = [family for family in FAMILIES if arrangement.name in family.arrangements]
    return named[0] if named else FAMILIES[arrangement.scale == "structural"]


class Artefact(BaseModel):
    """What every trained model keeps.

    Attributes:
        family: name of the family.
        snapshot: hash of the data that it was trained on.
        inputs: names of `pair_inputs.INPUTS`.
        weights: (p,) by how much each input moves a score, on average over the candidates it was
            trained on; what it counts for in the coverage.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    family: str
    snapshot: str
    inputs: tuple[str, ...]
    weights: tuple[float, ...]


class LogitModel(Artefact):
    """A trained conditional logit: (p,) coefficients, per unit of the input as the model sees it."""

    coefficients: tuple[float, ...]


Kept = TypeVar("Kept", bound=Artefact)


def read(model: type[Kept], name: str) -> Kept:
    """An artefact that ships with the package: a JSON file, and beside it the model's text if it has one.

    Raises:
        BadFile: it is missing, breaks the form or is not as it was written.
    """
    folder = files("matchmaker.sectors.nhs") / "artefacts" / "models"
    try:
        sums = dict(line.split("  ")[::-1] for line in (folder / SUMS).read_text("utf-8").splitlines())

        def text(file: str) -> str:
            content = (folder / file).read_bytes()
            if sha256(content).hexdigest() != sums.get(file):
                raise ValueError(f"{file} is not the file whose hash stands in {SUMS}")
            return content.decode("utf-8")

        kept = json.loads(text(f"{name}.json"))
        if f"{name}.txt" in sums:
            kept["text"] = text(f"{name}.txt")
        return model.model_validate(kept)
    except (OSError, ValueError) as error:
        raise BadFile([Issue(name, f"a trained model ({error})")], TRAIN) from error


def inputs_of(artefact: Artefact, profiles: Profiles) -> tuple[PairFeature, ...]:
    """The inputs that a model needs.

    Raises:
        BadFile: an input, or a feature behind it, is not there any more.
    """
    known = {one.name: one for one in INPUTS}
    gone = [Issue(artefact.family, "an input", name) for name in artefact.inputs if name not in known]
    inputs = tuple(known[name] for name in artefact.inputs if name in known)
    needed = ((one, feature) for one in inputs for feature in one.features)
    gone += [
        Issue(artefact.family, f"a feature behind the input {one.name}", feature)
        for one, feature in needed
        if feature not in profiles.column
    ]
    if gone:
        raise BadFile(gone, TRAIN)
    return inputs


def terms_of(inputs: Sequence[PairFeature], weights: Sequence[float]) -> tuple[Component, ...]:
    """The inputs as terms of a score."""
    return tuple(
        Component(one.name, one.label, weight, dimension=one.dimension, features=one.features)
        for one, weight in zip(inputs, weights, strict=True)
    )


@cached
def design_matrix(profiles: Profiles, recipient: int) -> Floats:
    """(n, p) what a model sees of all candidates of one recipient; kept for training again and again."""
    row = np.array([recipient])
    return centre_within_set(INPUTS, pair_values(INPUTS, profiles, row), profiles, row)[:, 0].T


def stack_choice_sets(
    choices: Sequence[ChoiceSituation],
) -> tuple[Floats, NDArray[np.intp], NDArray[np.intp]]:
    """Choices as training data: the eligible candidates of each, one set below the other.

    Args:
        choices: those whose partner was not eligible are left out.

    Returns:
        (m, p) inputs, (m,) 1 for the chosen, and (m,) the choice set of each row.

    Raises:
        OutOfRange: nothing is left to learn from.
    """
    usable = [one for one in choices if one.chosen is not None]
    if not usable:
        raise InvalidParameter("There is no past choice to learn from.", "Give pairings of another kind.")
    seen = [design_matrix(one.profiles, one.row)[one.candidates] for one in usable]
    chosen = [(one.candidates == one.chosen).astype(np.intp) for one in usable]
    return np.vstack(seen), np.concatenate(chosen), np.repeat(np.arange(len(usable)), [*map(len, seen)])


def trained_on(choices: Sequence[ChoiceSituation]) -> dict[str, Any]:
    """What every artefact says of its training: family, snapshot and inputs."""
    return {
        "family": next(family.name for family in FAMILIES if choices[0].kind in family.kinds),
        "snapshot": choices[0].profiles.snapshot.hash,
        "inputs": tuple(one.name for one in INPUTS),
    }


def mean_abs_contribution(contributions: Floats) -> tuple[float, ...]:
    """(p,) how much each input moves a score on average; all 1 where none does.

    Args:
        contributions: (m, p); NaN where the input is unknown.
    """
    known = np.count_nonzero(~np.isnan(contributions), axis=0)
    total = np.nansum(np.abs(contributions), axis=0)
    size = np.divide(total, known, out=np.zeros_like(total), where=known > 0)
    return tuple((size if size.any() else np.ones_like(size)).tolist())


def fit_logit(choices: Sequence[ChoiceSituation], alpha: float = ALPHA) -> LogitModel:
    """A conditional logit of past choices, each coefficient on the side that its input's direction allows.

    Args:
        choices: of one family; those whose partner was not eligible teach nothing.
        alpha: ridge penalty.

    Raises:
        OutOfRange: there is nothing to learn from.
    """
    from matchmaker.models.learned.conditional_logit import ConditionalLogit

    seen, chosen, sets = stack_choice_sets(choices)
    fitted = ConditionalLogit(alpha, [one.direction for one in INPUTS]).fit(seen, chosen, sets)
    return LogitModel(
        **trained_on(choices),
        weights=mean_abs_contribution(seen * fitted.coef_),
        coefficients=tuple(fitted.coef_.tolist()),
    )


class PracticeLogit:
    """Ranks by what past choices of the family suggest; a difference of 1 in score is odds of e to 1.

    Args:
        profiles: as of the day asked about.
        trained: must not have been trained on a pairing that it is scored on.

    Raises:
        BadFile: the model needs an input that is not there.
    """

    name = "practice"

    def __init__(self, profiles: Profiles, trained: LogitModel) -> None:
        self.profiles = profiles
        self.trained = trained
        self.inputs = inputs_of(trained, profiles)
        self.terms = terms_of(self.inputs, trained.weights)
        self.version = f"{trained.family}-{trained.snapshot[:12]}"

    def scores(self, recipients: Rows) -> Scores:
        """See `Ranker.scores`."""
        values = pair_values(self.inputs, self.profiles, recipients)
        seen = centre_within_set(self.inputs, values, self.profiles, recipients)
        coefficients = np.array(self.trained.coefficients)[:, None, None]
        contributions = coefficients * seen + 0.0  # no minus 0
        return scores_from_contributions(0.0, values, contributions, np.array(self.trained.weights))

    def sentence(self, term: int, value: float | None, recipient: int, candidate: int) -> str:  # noqa: ARG002
        """See `Ranker.sentence`."""
        one = self.inputs[term]
        return f"Not known: {one.label.casefold()}." if value is None else one.says(value)


@cache
def _shipped(family: str) -> LogitModel:
    return read(LogitModel, f"practice-{family}")


def practice(profiles: Profiles, arrangement: Arrangement, areas: Sequence[str] = ()) -> PracticeLogit:  # noqa: ARG001
    """The model that ships with the package, for an arrangement."""
    return PracticeLogit(profiles, _shipped(family_of(arrangement).name))


class LogitLearner:
    """Learns `practice` anew from some choices, so that it can be scored on others."""

    name = "practice"
    says = "What was chosen before, by a conditional logit: past practice, not what works."

    def learn(self, choices: Sequence[ChoiceSituation]) -> Callable[[ChoiceSituation], tuple[Floats, Floats]]:
        """Gives (n,) scores and (n,) coverage of all candidates of a choice."""
        trained = fit_logit(choices)
        return scorer(lambda profiles: PracticeLogit(profiles, trained))


def scorer(bind: Callable[[Profiles], Any]) -> Callable[[ChoiceSituation], tuple[Floats, Floats]]:
    """A method as (n,) scores and (n,) coverage of the candidates of a choice."""

    def score(choice: ChoiceSituation) -> tuple[Floats, Floats]:
        found = bind(choice.profiles).scores(np.array([choice.row]))
        return found.score[0], found.coverage[0]

    return score
