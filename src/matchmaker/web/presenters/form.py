"""The form by which a list is changed: weights, rules, narrowing, focus, method and day."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from matchmaker.cache import cached
from matchmaker.features import Profiles, features
from matchmaker.models.arrangement import Arrangement, arrangements
from matchmaker.models.registry import METHODS
from matchmaker.models.scoring.focus_areas import MAX_AREAS
from matchmaker.models.scoring.phrases import DIMENSION_WORDS
from matchmaker.web.query import LIMIT, POINTS, Asked

FIRST = ("buddying", "acquisition", "merger", "service", "contract")
"""The order in which arrangements are offered; any other comes after."""
METHOD_LABELS = {
    "evidence": "Evidence",
    "practice": "Past practice",
    "practice-lightgbm": "Past practice, by trees",
    "nhs-peer-finder": "NHS Trust Peer Finder",
    "nhs-published-script": "NHS published script",
    "nearest": "Nearest first",
    "best-rated": "Highest rated first",
    "size-only": "Most alike in size",
    "context-only": "Most alike in context",
    "biggest": "Largest first",
}
LIMITS = (LIMIT, 20, 50)


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose or fill in.

    Attributes:
        value: sent by the form, or shown in the field.
        on: whether it is chosen, or differs from what is usual.
        hint: why it is there.
    """

    name: str
    label: str
    value: str
    on: bool
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """All fields of the form; `changed` says which parts differ from what is usual."""

    arrangement: str
    weights: tuple[Choice, ...]
    rules: tuple[Choice, ...]
    regions: tuple[Choice, ...]
    localities: tuple[Choice, ...]
    within_km: str
    exclude: str
    areas: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    focus: tuple[str, ...]
    methods: tuple[Choice, ...]
    limits: tuple[Choice, ...]
    as_of: str
    changed: frozenset[str]


def in_order() -> list[Arrangement]:
    """The arrangements, those that are asked for most first."""
    known = arrangements()
    return [known[name] for name in dict.fromkeys((*FIRST, *known)) if name in known]


def method_label(name: str) -> str:
    """A method's name for people."""
    return METHOD_LABELS.get(name, name.replace("-", " ").capitalize())


def rule_label(name: str) -> str:
    """A rule's name for people."""
    return name.replace("_", " ").capitalize()


def form(asked: Asked, usual: Arrangement, now: Arrangement, profiles: Profiles) -> Form:
    """The fields, filled in as the list was asked for.

    Args:
        asked: the question.
        usual: the arrangement as it comes.
        now: the arrangement as the question changed it.
        profiles: as of the day, for the names of regions and systems.
    """
    question = asked.question
    regions, localities = _names(profiles)
    changed = {
        "weights": bool(question.weights),
        "rules": bool(question.relax),
        "narrow": bool(question.bounds),
        "focus": bool(question.focus),
        "method": question.method != "evidence" or asked.as_of is not None or asked.limit != LIMIT,
    }
    return Form(
        arrangement=question.arrangement,
        weights=tuple(
            Choice(POINTS + one.name, one.label, f"{100 * one.weight:g}", one != before, one.why)
            for one, before in zip(now.criteria, usual.criteria, strict=True)
        ),
        rules=tuple(
            Choice("relax", rule_label(rule.name), rule.name, rule.name in question.relax, rule.why)
            for rule in usual.rules
        ),
        regions=tuple(Choice("region", name, name, name in asked.named("region")) for name in regions),
        localities=tuple(
            Choice("locality", name, name, name in asked.named("locality")) for name in localities
        ),
        within_km=f"{asked.km:g}" if asked.km else "",
        exclude=", ".join(asked.named("exclude")),
        areas=_areas(),
        focus=tuple((*question.focus, *("",) * MAX_AREAS)[:MAX_AREAS]),
        methods=tuple(
            Choice("method", method_label(name), name, name == question.method, method.says)
            for name, method in METHODS.items()
        ),
        limits=tuple(
            Choice("limit", str(number), str(number), number == asked.limit)
            for number in sorted({*LIMITS, asked.limit})
        ),
        as_of=asked.as_of.isoformat() if asked.as_of else "",
        changed=frozenset(part for part, differs in changed.items() if differs),
    )


@cached
def _names(profiles: Profiles) -> tuple[list[str], list[str]]:
    columns = (profiles.organisations[column].drop_nulls() for column in ("region", "locality"))
    regions, localities = (column.unique().sort().to_list() for column in columns)
    return regions, localities


@cache
def _areas() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """The features on which a partner can be asked to be strong, by dimension."""
    usable = [feature for feature in features() if feature.direction != "none"]
    return tuple(
        (
            words.capitalize(),
            tuple((feature.name, feature.label) for feature in usable if feature.dimension == dimension),
        )
        for dimension, words in DIMENSION_WORDS.items()
        if any(feature.dimension == dimension for feature in usable)
    )
