"""The form by which a list is changed: weights, rules, narrowing, focus, method and day."""

from __future__ import annotations

from dataclasses import dataclass

from matchmaker.cache import cached
from matchmaker.features import features
from matchmaker.features.profiles import Profiles
from matchmaker.features.services import known_services, service_named, services, with_services
from matchmaker.models.arrangement import Arrangement
from matchmaker.models.query import ShortlistQuery
from matchmaker.models.registry import EVIDENCE, methods
from matchmaker.models.scoring.focus_areas import MAX_AREAS
from matchmaker.rendering.shortlist import rule_label
from matchmaker.sector import Sector
from matchmaker.web.query import PERCENT

LIMITS = (10, 20, 50)
OUTSIDE_GROUP = "Leaves out those that are already one with it in all but name."


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
    outside_group: Choice
    exclude: str
    areas: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    focus: tuple[str, ...]
    services: tuple[tuple[str, tuple[Choice, ...]], ...]
    methods: tuple[Choice, ...]
    limits: tuple[Choice, ...]
    as_of: str
    changed: frozenset[str]


def form(query: ShortlistQuery, usual: Arrangement, now: Arrangement, profiles: Profiles) -> Form:
    """The fields, filled in as the query has them.

    Args:
        query: of the page.
        usual: the arrangement as it comes.
        now: the arrangement as the query changed it.
        profiles: as of the day, for the names of regions and localities.
    """
    sector = profiles.sector
    regions, localities = _places(profiles)
    changed = {
        "weights": bool(query.weights),
        "rules": bool(query.relax),
        "narrow": bool(query.rule_parameters()),
        "focus": bool(query.focus or query.service),
        "method": query.method != EVIDENCE or query.as_of is not None or query.limit != LIMITS[0],
    }
    return Form(
        arrangement=usual.name,
        weights=tuple(
            Choice(PERCENT + one.name, one.label, f"{100 * one.weight:g}", one != before, one.why)
            for one, before in zip(now.criteria, usual.criteria, strict=True)
        ),
        rules=tuple(
            Choice("relax", rule_label(rule.name, sector), rule.name, rule.name in query.relax, rule.why)
            for rule in usual.rules
        ),
        regions=tuple(Choice("region", name, name, name in query.region) for name in regions),
        localities=tuple(Choice("locality", name, name, name in query.locality) for name in localities),
        within_km=f"{query.within_km:g}" if query.within_km else "",
        outside_group=Choice(
            "outside_group", rule_label("outside_group", sector), "true", query.outside_group, OUTSIDE_GROUP
        ),
        exclude=", ".join(query.exclude),
        areas=_areas(sector),
        focus=tuple((*query.focus, *("",) * MAX_AREAS)[:MAX_AREAS]),
        services=service_choices(profiles, query.service),
        methods=tuple(
            Choice("method", method.label, name, name == query.method, method.says)
            for name, method in methods(sector).items()
        ),
        limits=tuple(
            Choice("limit", str(number), str(number), number == query.limit)
            for number in sorted({*LIMITS, query.limit})
        ),
        as_of=query.as_of.isoformat() if query.as_of else "",
        changed=frozenset(part for part, differs in changed.items() if differs),
    )


def service_choices(
    profiles: Profiles, chosen: str | None = None
) -> tuple[tuple[str, tuple[Choice, ...]], ...]:
    """The services of which something is known on a day, by group.

    Args:
        profiles: as of the day.
        chosen: name of the one that the query names.
    """
    sector = profiles.sector
    if not services(sector):
        return ()
    named = None if chosen is None else service_named(sector, chosen).name
    known = known_services(with_services(profiles.snapshot, profiles.as_of))
    found: dict[str, list[Choice]] = {}
    for name in known:
        one = services(sector)[name]
        found.setdefault(one.group, []).append(Choice("service", one.label, name, name == named))
    return tuple((group, tuple(choices)) for group, choices in found.items())


@cached
def _places(profiles: Profiles) -> tuple[list[str], list[str]]:
    columns = (profiles.organisations[column].drop_nulls() for column in ("region", "locality"))
    regions, localities = (column.unique().sort().to_list() for column in columns)
    return regions, localities


@cached
def _areas(sector: Sector) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """The features on which a partner can be asked to be strong, by dimension."""
    usable = [feature for feature in features(sector) if feature.direction != "none"]
    return tuple(
        (
            dimension.label,
            tuple((feature.name, feature.label) for feature in usable if feature.dimension == name),
        )
        for name, dimension in sector.dimensions.items()
        if any(feature.dimension == name for feature in usable)
    )
