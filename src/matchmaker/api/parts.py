"""Which parts of a shortlist come as JSON: a lean one by default, more of it where `include` names them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Literal

from matchmaker.models.key_facts import KeyFact, fact_definitions
from matchmaker.models.types import DETAILS, Detail, Shortlist
from matchmaker.sector import Sector

Part = Literal["rows", "reasons", "figures", "facts", "excluded", "draws", "all"]
"""`rows`: how each fit adds up; `reasons`: which criterion each reason comes from; `figures`: both, with the
published figures of both sides; `facts`: every key fact with value, unit, age and source; `excluded`: who is
left out, and why; `draws`: all that the draws of weights and unknowns tell; `all` of them."""
FIELDS: dict[Part, tuple[tuple[str, ...], ...]] = {
    "rows": (("options", "rows"),),
    "reasons": (("options", "reasons"),),
    "figures": (("options", "rows", "figures"), ("options", "reasons", "figures")),
    "facts": (("options", "facts"), ("recipient_facts",), ("data_age",)),
    "excluded": (("excluded",), ("rule_effects", "why"), ("rule_effects", "evidence")),
    "draws": tuple(
        ("options", "uncertainty", name)
        for name in ("top_3", "top_10", "weights_low", "weights_high", "drops_off")
    ),
}
"""Part -> the fields that come with it alone."""
_LISTS = {"options", "rows", "reasons", "rule_effects"}


def left_out(include: Collection[Part]) -> dict[str, Any]:
    """The fields of a shortlist that do not come, as pydantic's `exclude` has them.

    Args:
        include: the parts asked for; none of them gives the lean form.
    """
    wanted = set(FIELDS) if "all" in include else set(include)
    if "figures" in wanted:
        wanted |= {"rows", "reasons"}
    out: dict[str, Any] = {}
    for part, places in FIELDS.items():
        for place in places if part not in wanted else ():
            level: Any = out
            for name in place[:-1]:
                level = level.setdefault(name, {})
                if not isinstance(level, dict):  # the whole of it is left out already
                    break
                level = level.setdefault("__all__", {}) if name in _LISTS else level
            else:
                level[place[-1]] = True
    return out


def details(include: Collection[Part]) -> tuple[Detail, ...]:
    """What of a shortlist has to be worked out for the parts asked for."""
    if "all" in include:
        return DETAILS
    wanted = {"facts", *include} | ({"rows", "reasons"} if "figures" in include else set())
    return tuple(one for one in DETAILS if one in wanted)


def listed_facts(answer: Shortlist, sector: Sector) -> dict[str, dict[str, str]]:
    """Code -> fact -> as people read it, of the recipient and each option: the facts that a list shows."""
    listed = {name for name, one in fact_definitions(sector).items() if one.listed}
    rows = [(answer.recipient.code, answer.recipient_facts)]
    rows += [(option.organisation.code, option.facts) for option in answer.options]
    return {
        code: {fact.key: _text(fact) for fact in facts if fact.key in listed and fact.text}
        for code, facts in rows
    }


def _text(fact: KeyFact) -> str:
    return f"{fact.text} ({fact.period})" if fact.period else fact.text
