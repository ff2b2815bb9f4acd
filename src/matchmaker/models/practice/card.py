"""Model cards: what each model was trained on, is for and is not for (Mitchell and others 2019)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from importlib.resources import files
from typing import Any

from pydantic import BaseModel, ConfigDict

from matchmaker.snapshot.directory import spoken

INTENDED_USE = "To show whom regulators and trusts chose before, beside the evidence-weighted fit."
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


class CardScore(BaseModel):
    """How a method did on choices that it had not seen.

    Attributes:
        choices: how many were asked about.
        eligible: of how many the partner was eligible; of the others it counts as missed.
        hit_1, hit_5, hit_10: share of all whose partner was among the first so many.
        percentile: mean share of the other candidates that stood before the partner, of those eligible.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: str
    protocol: str
    choices: int
    eligible: int
    hit_1: float
    hit_5: float
    hit_10: float
    percentile: float


class LeftOut(BaseModel):
    """A past pairing that the model did not learn from, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pairing_id: str
    why: str


class Card(BaseModel):
    """All that is told of one trained model."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    method: str
    says: str
    family: str
    label: str
    kinds: tuple[str, ...]
    arrangements: tuple[str, ...]
    intended_use: str = INTENDED_USE
    not_for: tuple[str, ...] = NOT_FOR
    snapshot: str
    snapshot_day: date
    trained_on: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    settings: dict[str, Any]
    versions: dict[str, str]
    inputs: tuple[CardInput, ...]
    scores: tuple[CardScore, ...]


def shipped_cards() -> list[Card]:
    """The cards of the models that ship with the package, by name."""
    folder = files("matchmaker.models.practice") / "trained"
    found = (file for file in folder.iterdir() if file.name.endswith(".card.json"))
    cards = [Card.model_validate_json(file.read_text("utf-8")) for file in found]
    return sorted(cards, key=lambda card: card.name)


def document(cards: Sequence[Card]) -> str:
    """All cards as one Markdown page."""
    lines = [
        "# Model cards",
        "",
        "Written by `matchmaker train cards` from the cards beside the models; do not edit.",
        "",
        "These models tell what was chosen before. They don't tell what works, and none is the default: "
        "that is the evidence-weighted fit.",
        "",
        "Scores are for choices that the model had not seen. A partner that the rules of the arrangement "
        "exclude counts as missed, so `eligible` is the most that any method could find. Intervals, more "
        "baselines and single misses are in the replays (`matchmaker evaluate`).",
        "",
        "What limits all of them:",
        "",
        "- There are only tens of past choices, so differences of a few places mean little.",
        "- The list of inputs was settled after looking at these same few choices, so the scores flatter "
        "somewhat. The fair test is pairings that nobody here has seen (`matchmaker evaluate --pairings`).",
        "- Local systems and regions are today's, also for past days; headquarters are the latest known.",
        "- Where two trusts stand at one point, one took over the other's address later: their distance "
        "counts as unknown.",
        "- Who was considered and not chosen is hardly ever recorded: every eligible trust counts as a "
        "candidate.",
    ]
    for card in cards:
        lines += ["", *_card(card)]
    return "\n".join(lines) + "\n"


def _card(card: Card) -> Iterable[str]:
    settings = ", ".join(f"{name} {value}" for name, value in card.settings.items())
    versions = ", ".join(f"{name} {value}" for name, value in card.versions.items())
    kinds = ", ".join(kind.replace("_", " ") for kind in card.kinds)
    yield from (
        f"## {card.name}",
        "",
        card.says,
        "",
        f"- For: {', '.join(card.arrangements)} (`--method {card.method}`)",
        f"- Intended use: {card.intended_use}",
        *(f"- Not for: {one}" for one in card.not_for),
        f"- Trained on: {len(card.trained_on)} past choices ({kinds}), snapshot {card.snapshot[:12]} "
        f"as of {spoken(card.snapshot_day)}",
        f"- Settings: {settings}",
        f"- Versions: {versions}",
        "",
        "| method | unseen choices | choices | eligible | first | first 5 | first 10 | mean percentile |",
        "|---|---|---|---|---|---|---|---|",
    )
    for score in card.scores:
        shares = " | ".join(f"{100 * share:.0f}%" for share in (score.hit_1, score.hit_5, score.hit_10))
        yield (
            f"| {score.method} | {score.protocol} | {score.choices} | {score.eligible} | {shares} "
            f"| {score.percentile:.2f} |"
        )
    yield from (
        "",
        "| input | direction | coefficient | moves a score by | made from |",
        "|---|---|---|---|---|",
    )
    for one in sorted(card.inputs, key=lambda one: (-one.weight, one.name)):
        coefficient = "" if one.coefficient is None else f"{one.coefficient:.2f}"
        yield (
            f"| {one.label} | {DIRECTIONS[one.direction]} | {coefficient} | {one.weight:.2f} | {one.source} |"
        )
    yield from ("", f"Trained on: {', '.join(card.trained_on)}.")
    if card.left_out:
        yield from ("", "Not learned from:", "")
        yield from (f"- {one.pairing_id}: {one.why}" for one in card.left_out)
