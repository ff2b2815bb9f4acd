"""The transparency record with what is worked out: version, inputs, performance, data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import matchmaker
from matchmaker.dates import format_date
from matchmaker.evaluation.published import published_evaluation
from matchmaker.features.profiles import KNOWN, NOT_APPLICABLE, STALE, UNKNOWN
from matchmaker.models.engine import Matchmaker
from matchmaker.web.content.atrs import Worked, record
from matchmaker.web.presenters.evaluation import shortly

YOURS = "To be filled in by the organisation that uses this"
MOST = 12
"""Publishers named one by one."""


@dataclass(frozen=True, slots=True)
class Told:
    """One field as it is shown; `yours` is what is left to the organisation."""

    name: str
    says: tuple[str, ...]
    yours: str | None


@dataclass(frozen=True, slots=True)
class ToldPart:
    """One section as it is shown."""

    title: str
    fields: tuple[Told, ...]


def told(engine: Matchmaker) -> tuple[ToldPart, ...]:
    """Every field, with what is worked out from the figures in use.

    Args:
        engine: whose snapshot is described.
    """
    return tuple(
        ToldPart(
            part.title,
            tuple(
                Told(one.name, (*one.says, *(WORKED[one.worked](engine) if one.worked else ())), one.yours)
                for one in part.fields
            ),
        )
        for part in record().sections
    )


def rows(engine: Matchmaker) -> list[dict[str, str]]:
    """Every field as a row of a table; what is left to the organisation stands in square brackets."""
    return [
        {"section": part.title, "field": one.name, "text": "\n\n".join((*one.says, *_left(one)))}
        for part in told(engine)
        for one in part.fields
    ]


def _left(one: Told) -> tuple[str, ...]:
    return (f"[{YOURS}: {one.yours}]",) if one.yours else ()


def _version(engine: Matchmaker) -> tuple[str, ...]:
    snapshot = engine.snapshot
    return (
        f"matchmaker {matchmaker.__version__}, snapshot {snapshot.hash[:12]} of {format_date(snapshot.as_of)}.",
    )


def _inputs(engine: Matchmaker) -> tuple[str, ...]:
    counted = Counter(feature.dimension for feature in engine.profiles().features)
    parts = ", ".join(f"{name.replace('_', ' ')} {n}" for name, n in counted.items())
    return (f"{counted.total()} features of each trust, by dimension: {parts}.",)


def _performance(engine: Matchmaker) -> tuple[str, ...]:
    found = published_evaluation()
    other = found.differs(engine.snapshot.hash, engine.snapshot.as_of)
    said = (
        f"{found.replayed} past pairings were replayed from what was known on the day before each.",
        *shortly(found),
        *((found.outcome,) if found.outcome else ()),
        "Intervals and all other results are under 'How good is this'.",
    )
    return (*said, other) if other else said


def _datasets(engine: Matchmaker) -> tuple[str, ...]:
    counted = Counter(str(source["publisher"]) for source in engine.snapshot.sources.values())
    named = "; ".join(f"{publisher} ({n})" for publisher, n in counted.most_common(MOST))
    rest = len(counted) - MOST
    more = f"; and {rest} more" if rest > 0 else ""
    return (
        f"{counted.total()} datasets, by publisher: {named}{more}.",
        "Figures make up the profiles of trusts. Past partnerships and special measures are for testing. "
        "Openings, closures and successions are for following trusts through time.",
    )


def _development(engine: Matchmaker) -> tuple[str, ...]:
    snapshot = engine.snapshot
    return (
        f"{snapshot.pairings.height} past partnerships or attempts, {snapshot.interventions.height} spells in "
        "special measures or the support programme that followed.",
    )


def _quantities(engine: Matchmaker) -> tuple[str, ...]:
    snapshot, today = engine.snapshot, engine.profiles()
    return (
        f"{snapshot.measures.height:,} figures on {snapshot.measures['code'].n_unique()} organisations; "
        f"{len(today.organisations)} trusts are open on {format_date(today.as_of)}.",
    )


def _completeness(engine: Matchmaker) -> tuple[str, ...]:
    counted = Counter(engine.profiles().cells["state"])
    asked = counted.total() - counted[NOT_APPLICABLE]
    known, stale, unknown = (round(100 * counted[state] / asked) for state in (KNOWN, STALE, UNKNOWN))
    return (
        "All open English NHS trusts are covered. Of the features that apply to a trust, "
        f"{known}% are known, {stale}% are known but too old to use, and {unknown}% are not known.",
        "Board facts and past partnerships come from public pages and are no census: what is not recorded "
        "is unknown, not absent.",
    )


WORKED: dict[Worked, Callable[[Matchmaker], tuple[str, ...]]] = {
    "version": _version,
    "inputs": _inputs,
    "performance": _performance,
    "datasets": _datasets,
    "development": _development,
    "quantities": _quantities,
    "completeness": _completeness,
}
