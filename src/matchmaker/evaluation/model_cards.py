"""Model cards as one page, with what replays say of each model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from matchmaker.dates import format_date
from matchmaker.evaluation.cross_validation import FORWARD, MIN_PAST_CHOICES
from matchmaker.evaluation.records import PublishedEvaluation
from matchmaker.evaluation.report.document import markdown_table
from matchmaker.evaluation.report.labels import METRIC_LABELS, with_limits
from matchmaker.evaluation.settings import evaluation_settings
from matchmaker.models.learned.model_card import DIRECTIONS, ModelCard
from matchmaker.sector import Sector

CONSIDERATIONS = (
    "They score organisations. No figure of a person goes into them.",
    "They repeat past choices, also poor ones and those that passed over who was far away or little known.",
    "Who was chosen often is ranked high and chosen again, and carries the load of it.",
    "For these reasons they stand beside the default, and every answer of theirs is marked as past practice.",
)
"""What to think of before one of them is used, whatever the sector."""
METRICS = ("hit@5", "hit@10", "percentile")


def document(cards: Sequence[ModelCard], evaluation: PublishedEvaluation, sector: Sector) -> str:
    """All cards as one Markdown page.

    Args:
        cards: of the models that ship with the sector.
        evaluation: whose replays say how each model does on choices that it has not seen.
        sector: whose models they are.
    """
    limits = evaluation_settings(sector).texts.model_limits
    lines = [
        "# Model cards",
        "",
        "Written by `matchmaker train cards` from the cards beside the models; do not edit.",
        "",
        "These models tell what was chosen before. They don't tell what works, and none is the default: "
        "that is the evidence-weighted fit.",
        "",
        "Scores are those of the replays (`matchmaker evaluate`). What ships was trained on every usable "
        "choice, so it is itself never scored: for each event a model of the same inputs and settings is "
        "trained anew on all other events and scored on that one. 95% intervals stand in brackets; a "
        "partner that the rules exclude counts as missed.",
        "",
        "Replays train and score each heading of pairings by itself. A model that ships may learn from "
        "several, so that what ships is not in every case what was scored:",
        "",
        markdown_table(
            ("Model", "Ships trained on", "Scored after training on"),
            [(card.name, _shipped(card), _scored(card, evaluation, sector)) for card in cards],
        ),
        *(("", "What limits all of them:", "", *(f"- {limit}" for limit in limits)) if limits else ()),
        "",
        "Ethical considerations:",
        "",
        *(f"- {one}" for one in CONSIDERATIONS),
        "",
        "They are part of matchmaker and under its licence (MIT). Their form is that of Mitchell and others, "
        "Model cards for model reporting (2019).",
    ]
    for card in cards:
        lines += ["", *_card(card, evaluation, sector)]
    return "\n".join(lines) + "\n"


def _shipped(card: ModelCard) -> str:
    kinds = ", ".join(kind.replace("_", " ") for kind in card.kinds)
    return f"{len(card.trained_on)} choices: {kinds}"


def _scored(card: ModelCard, evaluation: PublishedEvaluation, sector: Sector) -> str:
    """The headings of the kinds that a model learns from, and how many choices of each are usable."""
    usable = {count.family: count.eligible for count in evaluation.counts}
    parts = []
    for heading in _headings(card, sector):
        n = usable.get(heading, 0)
        too_few = "" if n >= MIN_PAST_CHOICES else ", too few to be scored"
        parts.append(f"{n} choices: {heading.casefold()}{too_few}")
    return "; ".join(parts)


def _headings(card: ModelCard, sector: Sector) -> list[str]:
    return list(dict.fromkeys(sector.pairing_kinds[kind].family for kind in card.kinds))


def _card(card: ModelCard, evaluation: PublishedEvaluation, sector: Sector) -> Iterable[str]:
    settings = ", ".join(f"{name} {value}" for name, value in card.settings.items())
    versions = ", ".join(f"{name} {value}" for name, value in card.versions.items())
    yield from (
        f"## {card.name}",
        "",
        card.says,
        "",
        f"- For: {', '.join(card.arrangements)} (`--method {card.method}`)",
        f"- Intended use: {card.intended_use}",
        *(f"- Not for: {one}" for one in card.not_for),
        f"- Trained on: {_shipped(card)}; snapshot {card.snapshot[:12]} of {format_date(card.snapshot_day)}",
        f"- Scored after training on: {_scored(card, evaluation, sector)}, less what the query belongs to",
        f"- Settings: {settings}",
        f"- Versions: {versions}",
        "",
        _scores(card, evaluation, sector),
    )
    inputs = [
        (
            one.label,
            DIRECTIONS[one.direction],
            None if one.coefficient is None else f"{one.coefficient:.2f}",
            f"{one.weight:.2f}",
            one.source,
        )
        for one in sorted(card.inputs, key=lambda one: (-one.weight, one.name))
    ]
    heading = ("Input", "Direction", "Coefficient", "Moves a score by", "Made from")
    yield from ("", markdown_table(heading, inputs, (2, 3)))
    yield from ("", f"Trained on: {', '.join(card.trained_on)}.")
    if card.left_out:
        yield from ("", "Not learned from:", "")
        yield from (f"- {one.pairing_id}: {one.why}" for one in card.left_out)


def _scores(card: ModelCard, evaluation: PublishedEvaluation, sector: Sector) -> str:
    """The model against the nearest, on choices that it had not seen."""
    headings = _headings(card, sector)
    rows = []
    for family in headings:
        for method in (card.method, f"{card.method}{FORWARD}", evaluation.nearest or ""):
            cells = [cell for metric in METRICS if (cell := evaluation.figure(family, method, metric))]
            # the nearest stands beside a model only
            if cells and evaluation.figure(family, card.method, METRICS[0]):
                label = evaluation.label(method)
                name = label if len(headings) == 1 else f"{label}, {family.casefold()}"
                rows.append((name, str(cells[0].queries), *map(with_limits, cells)))
    heading = ("On unseen choices", "Choices", *(METRIC_LABELS[metric] for metric in METRICS))
    return markdown_table(heading, rows, (1, 2, 3, 4))
