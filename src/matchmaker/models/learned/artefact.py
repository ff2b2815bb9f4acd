"""Trained models as files: one for each method and family, shipped with a sector and checked by hash.

They were trained on every past pairing, so they must never be scored on one; an evaluation trains anew on the
choices that it may see.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict

from matchmaker.cache import cached
from matchmaker.errors import BadFile, InvalidParameter, Issue
from matchmaker.features.profiles import Profiles
from matchmaker.models.arrangement import Arrangement, arrangements
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.models.learned.pair_features import PairFeature, pair_features
from matchmaker.models.scoring.ranker import Component
from matchmaker.sector import Family, Sector

TRAIN = "Run `matchmaker train models`."
SUMS = "SHA256SUMS"
"""File of the hashes of the others in its folder, as `sha256sum` writes and checks it."""


class Artefact(BaseModel):
    """What every trained model holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    family: str
    """Name of the family."""
    snapshot: str
    """Hash of the data that it was trained on."""
    inputs: tuple[str, ...]
    """Names of pair features."""
    weights: tuple[float, ...]
    """(p,) by how much each input moves a score, on average over the candidates that it was trained on;
    what it counts for in the coverage."""


ArtefactType = TypeVar("ArtefactType", bound=Artefact)


def models_folder(sector: Sector) -> Traversable:
    """Where the trained models of a sector stand."""
    return sector.folder.joinpath("artefacts", "models")


def family_of(sector: Sector, arrangement: Arrangement) -> Family:
    """The family whose model serves an arrangement; that of a user's own follows from its scale.

    Raises:
        InvalidParameter: the sector has no model for such arrangements.
    """
    presets = arrangements(sector)
    for family in sector.families:
        if arrangement.name in family.arrangements:
            return family
    for family in sector.families:
        if any(presets[name].scale == arrangement.scale for name in family.arrangements):
            return family
    text = f"No model of past practice serves {arrangement.label.casefold()}."
    raise InvalidParameter(text, "Choose another method.")


def shipped_artefact(model: type[ArtefactType], sector: Sector, name: str) -> ArtefactType:
    """A trained model that ships with a sector: a JSON file, and its text in a second one if it has any.

    Args:
        model: its form.
        sector: in whose folder it stands.
        name: of the file, without ending.

    Raises:
        BadFile: it is missing, breaks the form or is not as it was written.
    """
    try:
        sums = models_folder(sector).joinpath(SUMS).read_text("utf-8")
    except (OSError, ValueError) as error:
        raise BadFile([Issue(name, f"a trained model ({error})")], TRAIN) from error
    return _read(model, sector, name, sums)


@cached
def _read(model: type[ArtefactType], sector: Sector, name: str, sums: str) -> ArtefactType:
    hashes = dict(line.split("  ")[::-1] for line in sums.splitlines())

    def text(file: str) -> str:
        content = models_folder(sector).joinpath(file).read_bytes()
        if sha256(content).hexdigest() != hashes.get(file):
            raise ValueError(f"{file} is not the file whose hash stands in {SUMS}")
        return content.decode("utf-8")

    try:
        content = json.loads(text(f"{name}.json"))
        if f"{name}.txt" in hashes:
            content["text"] = text(f"{name}.txt")
        return model.model_validate(content)
    except (OSError, ValueError) as error:
        raise BadFile([Issue(name, f"a trained model ({error})")], TRAIN) from error


def provenance(choices: Sequence[ChoiceSituation]) -> dict[str, Any]:
    """What every artefact says of its training: family, snapshot and inputs."""
    sector = choices[0].sector
    return {
        "family": next(family.name for family in sector.families if choices[0].kind in family.kinds),
        "snapshot": choices[0].snapshot.hash,
        "inputs": tuple(one.name for one in pair_features(sector)),
    }


def inputs_of(artefact: Artefact, profiles: Profiles) -> tuple[PairFeature, ...]:
    """The pair features that a model needs.

    Raises:
        BadFile: one, or a feature behind it, is not there any more.
    """
    known = {one.name: one for one in pair_features(profiles.sector)}
    gone = [Issue(artefact.family, "an input", name) for name in artefact.inputs if name not in known]
    inputs = tuple(known[name] for name in artefact.inputs if name in known)
    gone += [
        Issue(artefact.family, f"a feature behind the input {one.name}", feature)
        for one in inputs
        for feature in one.features
        if feature not in profiles.column
    ]
    if gone:
        raise BadFile(gone, TRAIN)
    return inputs


def components(inputs: Sequence[PairFeature], weights: Sequence[float]) -> tuple[Component, ...]:
    """Pair features as parts of a score."""
    return tuple(
        Component(one.name, one.label, weight, dimension=one.dimension, features=one.features)
        for one, weight in zip(inputs, weights, strict=True)
    )
