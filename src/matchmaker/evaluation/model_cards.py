"""Model cards as one page, with what replays say of each model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from matchmaker.dates import format_date
from matchmaker.evaluation.cross_validation import FORWARD
from matchmaker.evaluation.published import METRICS, PublishedEvaluation
from matchmaker.evaluation.replay import FAMILIES
from matchmaker.evaluation.report.context import NEAREST
from matchmaker.evaluation.report.document import markdown_table
from matchmaker.evaluation.report.labels import METRIC_LABELS, with_limits
from matchmaker.models.learned.model_card import DIRECTIONS, ModelCard


def document(cards: Sequence[ModelCard], evaluation: PublishedEvaluation) -> str:
    """All cards as one Markdown page.

    Args:
        cards: of the models that ship with the package.
        evaluation: whose replays say how each model does on choices that it has not seen.
    """
    lines = [
        "# Model cards",
        "",
        "Written by `matchmaker train cards` from the cards beside the models; do not edit.",
        "",
        "These models tell what was chosen before. They don't tell what works, and none is the default: "
        "that is the evidence-weighted fit.",
        "",
        "Scores are those of the replays (`matchmaker evaluate`), in which each model is trained anew "
        "without the choice that it is scored on. 95% intervals stand in brackets; a partner that the rules "
        "exclude counts as missed. Management contracts, of which there are three, are learned with shared "
        "leadership and not scored.",
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
        lines += ["", *_card(card, evaluation)]
    return "\n".join(lines) + "\n"


def _card(card: ModelCard, evaluation: PublishedEvaluation) -> Iterable[str]:
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
        f"as of {format_date(card.snapshot_day)}",
        f"- Settings: {settings}",
        f"- Versions: {versions}",
        "",
        _scores(card, evaluation),
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


def _scores(card: ModelCard, evaluation: PublishedEvaluation) -> str:
    """The model beside the nearest trusts, on choices that it had not seen."""
    told = {(one.family, one.method, one.metric): one for one in evaluation.figures}
    family = FAMILIES[card.kinds[0]]
    rows = []
    for method in (card.method, f"{card.method}{FORWARD}", NEAREST):
        if (family, method, METRICS[0]) in told:
            found = [told[family, method, metric] for metric in METRICS]
            limits = [with_limits({"value": one.value, "low": one.low, "high": one.high}) for one in found]
            rows.append((found[0].label, str(found[0].queries), *limits))
    heading = ("On unseen choices", "Choices", *(METRIC_LABELS[metric] for metric in METRICS))
    return markdown_table(heading, rows, (1, 2, 3, 4))
