"""Every request that the service answers, as a value: the address, the body and the type of the answer.

Both clients have a method for each, with the same arguments. The keyword arguments of queries are the fields
of `ShortlistQuery`, which checks them before anything is sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypedDict, Unpack
from urllib.parse import quote

from pydantic import TypeAdapter

from matchmaker.api import report_schemas, schemas
from matchmaker.api.audit_log.entry import Result, YesNo
from matchmaker.api.kept.shortlist import KeptShortlist
from matchmaker.api.parts import Part
from matchmaker.client.transport import SECTOR, Answer, RequestSpec
from matchmaker.models.query import ShortlistQuery


class QueryFields(TypedDict, total=False):
    """The fields of `ShortlistQuery`; whatever is left out has its default."""

    arrangement: str
    as_of: date
    method: str
    weights: Mapping[str, float]
    relax: Sequence[str]
    parameters: Mapping[str, Mapping[str, float | Sequence[str]]]
    focus: Sequence[str]
    service: str
    limit: int
    n_draws: int
    compare_with: Sequence[str]
    exclude: Sequence[str]
    region: Sequence[str]
    locality: Sequence[str]
    within_km: float
    outside_group: bool


def sectors() -> RequestSpec[schemas.SectorsResponse]:
    """The sectors that the service answers for."""
    return RequestSpec(schemas.SectorsResponse, "GET", "/v1/sectors")


def organisations(
    search: str = "",
    *,
    type: str | None = None,
    region: str | None = None,
    locality: str | None = None,
    in_need: bool | None = None,
    feature: str | None = None,
    at_least: float | None = None,
    at_most: float | None = None,
    as_of: date | None = None,
    offset: int = 0,
    limit: int = 100,
) -> RequestSpec[schemas.OrganisationPage]:
    """Organisations open on a day, by words, type, region, locality, need and the values of a feature."""
    return _get(
        schemas.OrganisationPage,
        "organisations",
        search=search or None,
        type=type,
        region=region,
        locality=locality,
        in_need=None if in_need is None else str(in_need).lower(),
        feature=feature,
        at_least=at_least,
        at_most=at_most,
        as_of=as_of,
        offset=offset,
        limit=limit,
    )


def organisation(code: str, *, as_of: date | None = None) -> RequestSpec[schemas.OrganisationResponse]:
    """One organisation by code or name; a closed one through its successor."""
    return _get(schemas.OrganisationResponse, "organisations", code, as_of=as_of)


def profile(code: str, *, as_of: date | None = None) -> RequestSpec[report_schemas.ProfileResponse]:
    """Every feature of an organisation."""
    return _get(report_schemas.ProfileResponse, "organisations", code, "profile", as_of=as_of)


def overview(code: str, *, as_of: date | None = None) -> RequestSpec[report_schemas.OverviewResponse]:
    """Profile, nearest peers, key measures over the years and early-warning signs of an organisation."""
    return _get(report_schemas.OverviewResponse, "organisations", code, "overview", as_of=as_of)


def comparison(
    organisations: Sequence[str], own: Sequence[str] = (), *, as_of: date | None = None
) -> RequestSpec[report_schemas.ComparisonResponse]:
    """Two to eight organisations side by side, also with a set of one's own."""
    named = [("organisation", one) for one in organisations] + [("set", rule) for rule in own]
    return RequestSpec(
        report_schemas.ComparisonResponse, "GET", _path("comparison"), (*named, *_query({"as_of": as_of}))
    )


def early_warning(
    type: str | None = None, *, as_of: date | None = None
) -> RequestSpec[report_schemas.EarlyWarningResponse]:
    """The early-warning signs of every open organisation, or of those of a type."""
    return _get(report_schemas.EarlyWarningResponse, "early-warning", type=type, as_of=as_of)


def shortlist(
    code: str, *, include: Sequence[Part] = (), **query: Unpack[QueryFields]
) -> RequestSpec[schemas.ShortlistResponse]:
    """Options to consider for one organisation; `include` names parts to come besides, or `all`."""
    fields = (*ShortlistQuery.parse(query).to_fields(), *(("include", part) for part in include))
    address = _path("organisations", code, "shortlist")
    return RequestSpec(schemas.ShortlistResponse, "GET", address, fields)


def shortlists(
    recipients: Sequence[str],
    *,
    data: str | Sequence[Mapping[str, Any]] | None = None,
    include: Sequence[Part] = (),
    **query: Unpack[QueryFields],
) -> RequestSpec[schemas.ShortlistsResponse]:
    """Shortlists for several organisations, with figures of your own (`data`: rows, or a CSV text).

    `include` names parts to come besides, or `all`.
    """
    body = {"recipients": list(recipients), "data": data, "include": list(include) or None}
    return _post(schemas.ShortlistsResponse, "shortlists", query, body)


def candidate(code: str, candidate: str, **query: Unpack[QueryFields]) -> RequestSpec[schemas.WhyNotResponse]:
    """Why a candidate stands where it does for an organisation, and what would change it."""
    return _get_by_query(schemas.WhyNotResponse, query, "organisations", code, "candidates", candidate)


def scores(
    pairs: Sequence[tuple[str, str]], **query: Unpack[QueryFields]
) -> RequestSpec[schemas.ScoresResponse]:
    """Scores of pairs of a recipient and a candidate."""
    body = {"pairs": [{"recipient": recipient, "candidate": candidate} for recipient, candidate in pairs]}
    return _post(schemas.ScoresResponse, "scores", query, body)


def assign(
    recipients: Sequence[str] = (),
    *,
    regions: Sequence[str] = (),
    capacity: int | None = None,
    floor: float | None = None,
    **query: Unpack[QueryFields],
) -> RequestSpec[schemas.AssignmentResponse]:
    """One option for each of many organisations at once; by default for those in need."""
    body = {"recipients": list(recipients), "regions": list(regions), "capacity": capacity, "floor": floor}
    return _post(schemas.AssignmentResponse, "assignments", query, body)


def arrangements() -> RequestSpec[schemas.ArrangementsResponse]:
    """Arrangements with their weights and rules."""
    return _get(schemas.ArrangementsResponse, "arrangements")


def rules() -> RequestSpec[schemas.RulesResponse]:
    """Rules that exclude candidates."""
    return _get(schemas.RulesResponse, "rules")


def services(*, as_of: date | None = None) -> RequestSpec[schemas.ServicesResponse]:
    """Services that a partner can be looked for by name."""
    return _get(schemas.ServicesResponse, "services", as_of=as_of)


def methods() -> RequestSpec[schemas.MethodsResponse]:
    """Methods of ranking."""
    return _get(schemas.MethodsResponse, "methods")


def features() -> RequestSpec[report_schemas.FeaturesResponse]:
    """Features of a profile."""
    return _get(report_schemas.FeaturesResponse, "features")


def measures() -> RequestSpec[report_schemas.MeasuresResponse]:
    """Measures that figures are published for."""
    return _get(report_schemas.MeasuresResponse, "measures")


def evidence() -> RequestSpec[schemas.EvidenceResponse]:
    """Findings that weights and rules rest on."""
    return _get(schemas.EvidenceResponse, "evidence")


def sources() -> RequestSpec[schemas.SourcesResponse]:
    """Where the figures come from."""
    return _get(schemas.SourcesResponse, "sources")


def evaluation() -> RequestSpec[report_schemas.EvaluationResponse]:
    """How well the methods recovered past pairings."""
    return _get(report_schemas.EvaluationResponse, "evaluation")


def decide(
    recipient: str,
    *,
    who: str,
    chosen: str | None,
    reason: str,
    sector: str | None = None,
    snapshot: str | None = None,
    **query: Unpack[QueryFields],
) -> RequestSpec[schemas.DecisionResponse]:
    """Record what was chosen and why, after a shortlist that was made by the same query.

    Args:
        chosen: code or name; None where nobody was chosen.
        sector: needed only where the service answers for several.
        snapshot: of the shortlist decided on; refused if the service has other figures by now.
    """
    body = {"recipient": recipient, "who": who, "reason": reason, "sector": sector, "snapshot": snapshot}
    fields = _given(body) | _body(query) | {"chosen": chosen}
    return RequestSpec(schemas.DecisionResponse, "POST", "/v1/decisions", body=fields, idempotent=False)


def decision_outcome(
    number: int, *, who: str, asked: YesNo, accepted: YesNo, result: Result, came: str
) -> RequestSpec[schemas.DecisionResponse]:
    """Record what came of a decision, as a further entry that refers to it.

    Args:
        number: of the decision.
        came: what came of it, in words.
    """
    body = {"who": who, "asked": asked, "accepted": accepted, "result": result, "came": came}
    path = f"/v1/decisions/{number}/outcomes"
    return RequestSpec(schemas.DecisionResponse, "POST", path, body=body, idempotent=False)


def decisions(
    recipient: str | None = None, *, after: int = 0, limit: int = 100
) -> RequestSpec[schemas.DecisionsPage]:
    """Decisions on record, in the order of recording."""
    query = _query({"recipient": recipient, "after": after, "limit": limit})
    return RequestSpec(schemas.DecisionsPage, "GET", "/v1/decisions", query)


def kept_shortlists(recipient: str | None = None) -> RequestSpec[schemas.KeptListResponse]:
    """Working shortlists, the latest changed first."""
    return _get(schemas.KeptListResponse, "kept", recipient=recipient)


def kept_shortlist(id: str) -> RequestSpec[schemas.KeptResponse]:
    """One working shortlist."""
    return _get(schemas.KeptResponse, "kept", id)


def begin_kept(
    recipient: str | None = None, *, name: str = "", content: KeptShortlist | None = None
) -> RequestSpec[schemas.KeptResponse]:
    """Begin a working shortlist for an organisation, or store one from a file (`content`)."""
    body: dict[str, Any] = {"recipient": recipient, "name": name or None}
    if content is not None:
        body["content"] = TypeAdapter(KeptShortlist).dump_python(content, mode="json")
    return _change(schemas.KeptResponse, body, "kept")


def keep(
    id: str, candidates: Sequence[str], *, by: str = "", **query: Unpack[QueryFields]
) -> RequestSpec[schemas.KeptResponse]:
    """Keep options of the list that a query gives.

    Args:
        id: of the working shortlist.
        candidates: codes or names.
        by: who keeps them.
    """
    return _change(
        schemas.KeptResponse, {"candidates": list(candidates), "by": by} | _body(query), "kept", id, "options"
    )


def change_kept(
    id: str,
    action: str,
    *,
    code: str | None = None,
    text: str = "",
    by: str = "",
    arrangement: str | None = None,
) -> RequestSpec[schemas.KeptResponse]:
    """Rule an option out, bring it back, write a note, take one off, or rename the list.

    Args:
        id: of the working shortlist.
        action: `rule_out`, `bring_back`, `note`, `take_off` or `rename`.
        code: of the organisation; a note without one is on the whole list.
        text: the reason, the note or the name.
        by: who does it.
        arrangement: only for this form of partnership.
    """
    body = {"action": action, "code": code, "text": text, "by": by, "arrangement": arrangement}
    return _change(schemas.KeptResponse, body, "kept", id, "changes")


def delete_kept(id: str) -> RequestSpec[schemas.Deleted]:
    """Delete a working shortlist with its notes."""
    return RequestSpec(schemas.Deleted, "DELETE", _path("kept", id), idempotent=False)


def live() -> RequestSpec[schemas.Live]:
    """Whether the process answers."""
    return RequestSpec(schemas.Live, "GET", "/health/live")


def ready() -> RequestSpec[schemas.Ready]:
    """Whether the figures are loaded, and which."""
    return RequestSpec(schemas.Ready, "GET", "/health/ready")


def _get(answer: type[Answer], *parts: str, **query: Any) -> RequestSpec[Answer]:
    return RequestSpec(answer, "GET", _path(*parts), _query(query))


def _get_by_query(answer: type[Answer], query: QueryFields, *parts: str) -> RequestSpec[Answer]:
    return RequestSpec(answer, "GET", _path(*parts), tuple(ShortlistQuery.parse(query).to_fields()))


def _post(
    answer: type[Answer], part: str, query: QueryFields, body: Mapping[str, Any]
) -> RequestSpec[Answer]:
    return RequestSpec(answer, "POST", _path(part), body=_given(body) | _body(query))


def _change(answer: type[Answer], body: Mapping[str, Any], *parts: str) -> RequestSpec[Answer]:
    return RequestSpec(answer, "POST", _path(*parts), body=_given(body), idempotent=False)


def _path(*parts: str) -> str:
    return f"/v1/{SECTOR}/" + "/".join(quote(part, safe="") for part in parts)


def _query(fields: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(value)) for name, value in fields.items() if value is not None)


def _given(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value is not None}


def _body(query: QueryFields) -> dict[str, Any]:
    return ShortlistQuery.parse(query).model_dump(mode="json", exclude_unset=True)
