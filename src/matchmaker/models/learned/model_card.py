"""Model cards: what each model was trained on, is for and is not for (Mitchell and others 2019)."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict

from matchmaker.models.learned.artefact import models_folder
from matchmaker.sector import Sector

INTENDED_USE = "To show whom regulators and {organisations} chose before, beside the evidence-weighted fit."
NOT_FOR = (
    "To say what works: past choices were not shown to be good ones.",
    "To score a pairing that it was trained on; evaluations train it anew without that pairing.",
    "To decide on a partner.",
)
DIRECTIONS = {1: "more speaks for it", -1: "more speaks against it", 0: "left to the data"}


class CardInput(BaseModel):
    """One input: its coefficient if the model has one, and by how much it moves a score on average."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    label: str
    direction: int
    source: str
    coefficient: float | None
    weight: float


class LeftOut(BaseModel):
    """A past pairing that the model did not learn from, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pairing_id: str
    why: str


class ModelCard(BaseModel):
    """What is published of one trained model."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    method: str
    says: str
    family: str
    label: str
    kinds: tuple[str, ...]
    arrangements: tuple[str, ...]
    intended_use: str
    not_for: tuple[str, ...] = NOT_FOR
    snapshot: str
    snapshot_day: date
    trained_on: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    settings: dict[str, Any]
    versions: dict[str, str]
    inputs: tuple[CardInput, ...]


def shipped_model_cards(sector: Sector) -> list[ModelCard]:
    """The cards of the models that ship with a sector, by name."""
    folder = models_folder(sector)
    if not folder.is_dir():
        return []
    files = (file for file in folder.iterdir() if file.name.endswith(".card.json"))
    cards = [ModelCard.model_validate_json(file.read_text("utf-8")) for file in files]
    return sorted(cards, key=lambda card: card.name)
