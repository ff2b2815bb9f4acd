"""Every question that can be asked over HTTP, as a value: the address, the body and the type of the answer.

Both clients have a method for each, with the same arguments.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypedDict, Unpack
from urllib.parse import quote

from matchmaker.api import models
from matchmaker.client.exchange import Answer, Call

BOUNDS = (
    ("exclude", "leave_out", "codes"),
    ("region", "in_region", "regions"),
    ("system", "in_system", "systems"),
    ("within_km", "within_km", "km"),
)
"""What narrows a list -> the rule that does it, and the rule's bound."""


class Question(TypedDict, total=False):
    """How to rank; whatever is left out is the service's default.

    Attributes:
        weights: criterion -> weight, in place of the arrangement's own.
        relax: rules to leave out.
        focus: up to three features on which the partner should be strong.
        exclude: ODS codes to leave out.
        region, system: only these.
    """

    arrangement: str
    method: str
    weights: Mapping[str, float]
    relax: Sequence[str]
    focus: Sequence[str]
    exclude: Sequence[str]
    region: Sequence[str]
    system: Sequence[str]
    within_km: float


def trusts(
    search: str = "",
    *,
    kind: str | None = None,
    region: str | None = None,
    system: str | None = None,
    segment: int | None = None,
    as_of: date | None = None,
    offset: int = 0,
    limit: int = 100,
) -> Call[models.TrustPage]:
    """Trusts open on a day, by words, kind, region, system and oversight segment."""
    asked = {"search": search or None, "kind": kind, "region": region, "system": system, "segment": segment}
    return _get(models.TrustPage, "trusts", **asked, as_of=as_of, offset=offset, limit=limit)


def trust(ods: str, *, as_of: date | None = None) -> Call[models.TrustAnswer]:
    """One trust by code or name; a closed one through its successor."""
    return _get(models.TrustAnswer, "trusts", ods, as_of=as_of)


def profile(ods: str, *, as_of: date | None = None) -> Call[models.ProfileAnswer]:
    """Every feature of a trust."""
    return _get(models.ProfileAnswer, "trusts", ods, "profile", as_of=as_of)


def shortlist(
    ods: str,
    *,
    as_of: date | None = None,
    limit: int = 10,
    draws: int | None = None,
    **question: Unpack[Question],
) -> Call[models.ShortlistAnswer]:
    """Options to consider for one trust."""
    told = {"as_of": as_of, "limit": limit, "draws": draws, **_in_query(question)}
    return _get(models.ShortlistAnswer, "trusts", ods, "shortlist", **told)


def shortlists(
    recipients: Sequence[str],
    *,
    as_of: date | None = None,
    limit: int = 10,
    draws: int | None = None,
    data: str | Sequence[Mapping[str, Any]] | None = None,
    **question: Unpack[Question],
) -> Call[models.ShortlistsAnswer]:
    """Shortlists for several trusts, with figures of your own (`data`: rows, or a CSV text) if you like."""
    told = {"recipients": list(recipients), "as_of": as_of, "limit": limit, "draws": draws, "data": data}
    return _post(models.ShortlistsAnswer, "shortlists", told | _in_body(question))


def candidate(
    ods: str,
    candidate: str,
    *,
    as_of: date | None = None,
    limit: int = 10,
    **question: Unpack[Question],
) -> Call[models.WhyNotAnswer]:
    """Why a candidate stands where it does for a trust, and what would change it."""
    told = {"as_of": as_of, "limit": limit, **_in_query(question)}
    return _get(models.WhyNotAnswer, "trusts", ods, "candidates", candidate, **told)


def scores(
    pairs: Sequence[tuple[str, str]], *, as_of: date | None = None, **question: Unpack[Question]
) -> Call[models.ScoresAnswer]:
    """Scores of pairs of a recipient and a candidate."""
    told = {"pairs": [{"recipient": one, "candidate": other} for one, other in pairs], "as_of": as_of}
    return _post(models.ScoresAnswer, "scores", told | _in_body(question))


def assign(
    recipients: Sequence[str] = (),
    *,
    recipients_in: Sequence[str] = (),
    as_of: date | None = None,
    capacity: int | None = None,
    floor: float | None = None,
    draws: int | None = None,
    **question: Unpack[Question],
) -> Call[models.AssignmentAnswer]:
    """One option for each of many trusts at once; by default for those in oversight segment 4 or 5."""
    told = {"recipients": list(recipients), "recipients_in": list(recipients_in), "as_of": as_of}
    more = {"capacity": capacity, "floor": floor, "draws": draws}
    return _post(models.AssignmentAnswer, "assignments", {**told, **more, **_in_body(question)})


def arrangements() -> Call[models.ArrangementsAnswer]:
    """Arrangements with their weights and rules."""
    return _get(models.ArrangementsAnswer, "arrangements")


def methods() -> Call[models.MethodsAnswer]:
    """Methods of ranking."""
    return _get(models.MethodsAnswer, "methods")


def features() -> Call[models.FeaturesAnswer]:
    """Features of a profile."""
    return _get(models.FeaturesAnswer, "features")


def evidence() -> Call[models.EvidenceAnswer]:
    """Findings that weights and rules rest on."""
    return _get(models.EvidenceAnswer, "evidence")


def sources() -> Call[models.SourcesAnswer]:
    """Where the figures come from."""
    return _get(models.SourcesAnswer, "sources")


def evaluation() -> Call[models.EvaluationAnswer]:
    """What replays of past pairings found."""
    return _get(models.EvaluationAnswer, "evaluation")


def decide(
    recipient: str,
    *,
    who: str,
    chosen: str | None,
    reason: str,
    snapshot: str | None = None,
    as_of: date | None = None,
    limit: int = 10,
    **question: Unpack[Question],
) -> Call[models.DecisionAnswer]:
    """Record what was chosen and why, after a shortlist that was asked for in the same way.

    Args:
        chosen: code or name; None where nobody was chosen.
        snapshot: of the shortlist that was seen; refused if the service has other figures by now.
    """
    told = {"recipient": recipient, "who": who, "reason": reason, "snapshot": snapshot, "as_of": as_of}
    body = _told(told | {"limit": limit} | _in_body(question)) | {"chosen": chosen}
    return Call(models.DecisionAnswer, "POST", "/v1/decisions", body=body, once=True)


def decisions(
    recipient: str | None = None, *, after: int = 0, limit: int = 100
) -> Call[models.DecisionsPage]:
    """Decisions on record, in the order of recording."""
    return _get(models.DecisionsPage, "decisions", recipient=recipient, after=after, limit=limit)


def live() -> Call[models.Live]:
    """Whether the process answers."""
    return Call(models.Live, "GET", "/health/live")


def ready() -> Call[models.Ready]:
    """Whether the figures are loaded, and which."""
    return Call(models.Ready, "GET", "/health/ready")


def _get(answer: type[Answer], *parts: str, **query: Any) -> Call[Answer]:
    told: list[tuple[str, str]] = []
    for name, value in query.items():
        many = value if isinstance(value, list | tuple) else [value]
        told += [(name, str(one)) for one in many if one is not None]
    path = "/v1/" + "/".join(quote(part, safe="") for part in parts)
    return Call(answer, "GET", path, tuple(told))


def _post(answer: type[Answer], part: str, body: Mapping[str, Any]) -> Call[Answer]:
    return Call(answer, "POST", f"/v1/{part}", body=_told(body))


def _told(body: Mapping[str, Any]) -> dict[str, Any]:
    """A body without what is left to the service, with days as text."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in body.items()
        if value is not None
    }


def _in_query(question: Question) -> dict[str, Any]:
    told: dict[str, Any] = {name: value for name, value in question.items() if name != "weights"}
    told["weight"] = [f"{name}={weight!r}" for name, weight in question.get("weights", {}).items()]
    return told


def _in_body(question: Question) -> dict[str, Any]:
    """The same question as a body: what narrows the list stands under `bounds` there."""
    asked: dict[str, Any] = {**question}
    bounds = {rule: {bound: asked.pop(part)} for part, rule, bound in BOUNDS if part in asked}
    return {**asked, "bounds": bounds}
