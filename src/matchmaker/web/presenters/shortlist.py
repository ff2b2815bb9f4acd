"""What the page of a shortlist shows beside the answer itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from matchmaker.models.arrangement import Arrangement
from matchmaker.models.assignment.types import Assignment
from matchmaker.models.registry import METHODS
from matchmaker.models.types import Excluded, Option, Shortlist
from matchmaker.web.presenters.form import method_label, rule_label
from matchmaker.web.query import Asked

BESIDE = ("practice", "context-only", "nearest", "best-rated")
"""Methods whose places are shown beside: what was chosen before, and three plain ones."""
CSV_FIELDS = (
    "rank",
    "code",
    "name",
    "region",
    "locality",
    "fit",
    "coverage",
    "likely_low",
    "likely_high",
    "distance_km",
    "size_ratio",
    "benchmark_peer",
    "reasons_for",
    "reasons_against",
    "unknown",
    "would_be_left_out_by",
)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far another method agrees.

    Attributes:
        places: of the options shown, in their order.
        shared: how many of them it also has among as many first ones.
        first: name of the one that it puts first; None where that is also the first here.
    """

    label: str
    says: str
    places: tuple[int, ...]
    shared: int
    first: str | None


def tags(option: Option, answer: Shortlist) -> list[tuple[str, str]]:
    """What is worth a glance about an option: words, and the colour of its tag."""
    own, other = answer.recipient, option.trust
    out = []
    if option.violated_rules:
        out.append(
            ("Would be left out: " + ", ".join(map(rule_label, option.violated_rules)).lower(), "orange")
        )
    if other.locality and other.locality == own.locality:
        out.append(("Same local system", "blue"))
    elif other.region and other.region == own.region:
        out.append(("Same region", "blue"))
    if option.benchmark_peer:
        out.append(("Official peer", "blue"))
    if option.coverage < 0.995:
        out.append((f"{100 * option.coverage:.0f}% of what is weighed is known", "grey"))
    return out


def agreements(answer: Shortlist) -> list[Agreement]:
    """How far the methods beside agree on the options shown."""
    out = []
    for other in answer.beside:
        places = tuple(option.ranks_by_method[other.method] for option in answer.options)
        shared = sum(place <= len(places) for place in places)
        first = None if other.here == 1 else f"{other.first.name}, here in place {other.here}"
        label, says = method_label(other.method), METHODS[other.method].says
        out.append(Agreement(label, says, places, shared, first))
    return out


def left_out(answer: Shortlist) -> tuple[list[Excluded], list[Excluded]]:
    """The excluded of the recipient's kind, and those of other kinds."""
    same = [one for one in answer.excluded if one.trust.type == answer.recipient.type]
    other = [one for one in answer.excluded if one.trust.type != answer.recipient.type]
    return same, other


def permanent(asked: Asked, now: Arrangement, answer: Shortlist) -> list[tuple[str, str]]:
    """Fields of an address that gives exactly this list: all weights, rules, the day, figures, version."""
    fixed = Asked(
        asked.question.model_copy(update={"weights": {one.name: one.weight for one in now.criteria}}),
        answer.as_of,
        asked.limit,
    )
    return [*fixed.pairs(), ("snapshot", answer.snapshot), ("version", answer.version)]


def differs(asked: Asked, answer: Shortlist | Assignment) -> list[str]:
    """What is not as the permanent link says, in sentences; nothing where all is the same."""
    out = []
    if asked.snapshot and asked.snapshot != answer.snapshot:
        out.append(
            f"The link was made with the figures of snapshot {asked.snapshot[:12]}. "
            f"This service now uses snapshot {answer.snapshot[:12]}, so the list can differ."
        )
    if asked.version and asked.version != answer.version:
        out.append(
            f"The link was made with version {asked.version[:40]} of the method. "
            f"This is version {answer.version}, so the list can differ."
        )
    return out


def file_name(answer: Shortlist, ending: str) -> str:
    """Of a file to take away."""
    day: date = answer.as_of
    return f"{answer.arrangement}-options-{answer.recipient.code}-{day.isoformat()}.{ending}"


def rows(answer: Shortlist) -> list[dict[str, object]]:
    """One row for each option, as CSV holds it; several sentences stand in one cell."""
    return [dict(zip(CSV_FIELDS, _cells(option), strict=True)) for option in answer.options]


def _cells(option: Option) -> tuple[object, ...]:
    trust, uncertainty = option.trust, option.uncertainty
    return (
        option.rank,
        trust.code,
        trust.name,
        trust.region,
        trust.locality,
        round(option.fit, 6),
        round(option.coverage, 6),
        uncertainty.rank_low if uncertainty else None,
        uncertainty.rank_high if uncertainty else None,
        option.distance_km,
        option.size_ratio,
        option.benchmark_peer,
        " ".join(option.reasons_for),
        " ".join(option.reasons_against),
        " ".join(option.unknowns),
        " ".join(option.violated_rules),
    )
