"""Every question that can be asked over HTTP, as a value: the address, the body and the type of the answer.

Both clients have a method for each, with the same arguments.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypedDict, Unpack
from urllib.parse import quote

from matchmaker.api import schemas
from matchmaker.client.transport import Answer, Call

BOUNDS = (
    ("exclude", "leave_out", "codes"),
    ("region", "in_region", "regions"),
    ("locality", "in_locality", "localities"),
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
    locality: Sequence[str]
    within_km: float


def trusts(
    search: str = "",
    *,
    org_type: str | None = None,
    region: str | None = None,
    locality: str | None = None,
    segment: int | None = None,
    as_of: date | None = None,
    offset: int = 0,
    limit: int = 100,
) -> Call[schemas.TrustPage]:
    """Trusts open on a day, by words, kind, region, system and oversight segment."""
    asked = {
        "search": search or None,
        "type": org_type,
        "region": region,
        "locality": locality,
        "segment": segment,
    }
    return _get(schemas.TrustPage, "trusts", **asked, as_of=as_of, offset=offset, limit=limit)


def trust(code: str, *, as_of: date | None = None) -> Call[schemas.TrustAnswer]:
    """One trust by code or name; a closed one through its successor."""
    return _get(schemas.TrustAnswer, "trusts", code, as_of=as_of)


def profile(code: str, *, as_of: date | None = None) -> Call[schemas.ProfileAnswer]:
    """Every feature of a trust."""
    return _get(schemas.ProfileAnswer, "trusts", code, "profile", as_of=as_of)


def shortlist(
    code: str,
    *,
    as_of: date | None = None,
    limit: int = 10,
    draws: int | None = None,
    **question: Unpack[Question],
) -> Call[schemas.ShortlistAnswer]:
    """Options to consider for one trust."""
    told = {"as_of": as_of, "limit": limit, "draws": draws, **_in_query(question)}
    return _get(schemas.ShortlistAnswer, "trusts", code, "shortlist", **told)


def shortlists(
    recipients: Sequence[str],
    *,
    as_of: date | None = None,
    limit: int = 10,
    draws: int | None = None,
    data: str | Sequence[Mapping[str, Any]] | None = None,
    **question: Unpack[Question],
) -> Call[schemas.ShortlistsAnswer]:
    """Shortlists for several trusts, with figures of your own (`data`: rows, or a CSV text) if you like."""
    told = {"recipients": list(recipients), "as_of": as_of, "limit": limit, "draws": draws, "data": data}
    return _post(schemas.ShortlistsAnswer, "shortlists", told | _in_body(question))


def candidate(
    code: str,
    candidate: str,
    *,
    as_of: date | None = None,
    limit: int = 10,
    **question: Unpack[Question],
) -> Call[schemas.WhyNotAnswer]:
    """Why a candidate stands where it does for a trust, and what would change it."""
    told = {"as_of": as_of, "limit": limit, **_in_query(question)}
    return _get(schemas.WhyNotAnswer, "trusts", code, "candidates", candidate, **told)


def scores(
    pairs: Sequence[tuple[str, str]], *, as_of: date | None = None, **question: Unpack[Question]
) -> Call[schemas.ScoresAnswer]:
    """Scores of pairs of a recipient and a candidate."""
    told = {"pairs": [{"recipient": one, "candidate": other} for one, other in pairs], "as_of": as_of}
    return _post(schemas.ScoresAnswer, "scores", told | _in_body(question))


def assign(
    recipients: Sequence[str] = (),
    *,
    recipients_in: Sequence[str] = (),
    as_of: date | None = None,
    capacity: int | None = None,
    floor: float | None = None,
    draws: int | None = None,
    **question: Unpack[Question],
) -> Call[schemas.AssignmentAnswer]:
    """One option for each of many trusts at once; by default for those in oversight segment 4 or 5."""
    told = {"recipients": list(recipients), "recipients_in": list(recipients_in), "as_of": as_of}
    more = {"capacity": capacity, "floor": floor, "draws": draws}
    return _post(schemas.AssignmentAnswer, "assignments", {**told, **more, **_in_body(question)})


def arrangements() -> Call[schemas.ArrangementsAnswer]:
    """Arrangements with their weights and rules."""
    return _get(schemas.ArrangementsAnswer, "arrangements")


def methods() -> Call[schemas.MethodsAnswer]:
    """Methods of ranking."""
    return _get(schemas.MethodsAnswer, "methods")


def features() -> Call[schemas.FeaturesAnswer]:
    """Features of a profile."""
    return _get(schemas.FeaturesAnswer, "features")


def evidence() -> Call[schemas.EvidenceAnswer]:
    """Findings that weights and rules rest on."""
    return _get(schemas.EvidenceAnswer, "evidence")


def sources() -> Call[schemas.SourcesAnswer]:
    """Where the figures come from."""
    return _get(schemas.SourcesAnswer, "sources")


def evaluation() -> Call[schemas.EvaluationAnswer]:
    """What replays of past pairings found."""
    return _get(schemas.EvaluationAnswer, "evaluation")


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
) -> Call[schemas.DecisionAnswer]:
    """Record what was chosen and why, after a shortlist that was asked for in the same way.

    Args:
        chosen: code or name; None where nobody was chosen.
        snapshot: of the shortlist that was seen; refused if the service has other figures by now.
    """
    told = {"recipient": recipient, "who": who, "reason": reason, "snapshot": snapshot, "as_of": as_of}
    body = _told(told | {"limit": limit} | _in_body(question)) | {"chosen": chosen}
    return Call(schemas.DecisionAnswer, "POST", "/v1/decisions", body=body, once=True)


def decisions(
    recipient: str | None = None, *, after: int = 0, limit: int = 100
) -> Call[schemas.DecisionsPage]:
    """Decisions on record, in the order of recording."""
    return _get(schemas.DecisionsPage, "decisions", recipient=recipient, after=after, limit=limit)


def live() -> Call[schemas.Live]:
    """Whether the process answers."""
    return Call(schemas.Live, "GET", "/health/live")


def ready() -> Call[schemas.Ready]:
    """Whether the figures are loaded, and which."""
    return Call(schemas.Ready, "GET", "/health/ready")


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
