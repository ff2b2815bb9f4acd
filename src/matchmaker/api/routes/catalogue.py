"""Sectors, arrangements, rules, methods, features, measures, evidence, sources and evaluation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from matchmaker.api.dependencies import AsOf, EngineDep
from matchmaker.api.problems import UNCHANGED, responses
from matchmaker.api.report_schemas import EvaluationResponse, FeaturesResponse, MeasuresResponse
from matchmaker.api.responses import TABLE, cacheable, path, render, response_metadata, self_link
from matchmaker.api.schemas import (
    ArrangementsResponse,
    EvidenceResponse,
    MethodItem,
    MethodsResponse,
    RuleItem,
    RulesResponse,
    SectorItem,
    SectorsResponse,
    ServiceItem,
    ServicesResponse,
    SourceItem,
    SourcesResponse,
)
from matchmaker.errors import MatchmakerError
from matchmaker.evaluation.published import published_evaluation
from matchmaker.features import features
from matchmaker.features.services import runs, services, with_services
from matchmaker.models.arrangement import arrangements
from matchmaker.models.eligibility.rules import rules
from matchmaker.models.evidence import findings
from matchmaker.models.registry import methods
from matchmaker.sources.publication import measures
from matchmaker.version import __version__


class NoEvaluation(MatchmakerError):
    """The sector ships no evaluation."""

    slug = "not-found"
    status = 404


router = APIRouter(prefix="/v1", tags=["catalogue"], dependencies=[Depends(cacheable)])
MADE = UNCHANGED | responses(404)
AS_TABLE = {200: TABLE, **MADE}


@router.get(
    "/sectors",
    operation_id="list_sectors",
    summary="The sectors that the service answers for",
    response_model=SectorsResponse,
    responses=UNCHANGED | responses(),
)
def list_sectors(request: Request) -> Response:
    """Each with its words, types of organisation and arrangements."""
    items = []
    for name, engine in request.state.engines.items():
        sector = engine.sector
        items.append(
            SectorItem(
                name=name,
                label=sector.label,
                summary=sector.summary,
                organisation=sector.words.organisation,
                organisations=sector.words.organisations,
                code=sector.words.code,
                types={type_: sector.type_plural(type_) for type_ in sector.types},
                arrangements=list(sector.display.arrangements),
                snapshot=engine.snapshot.hash,
                as_of=engine.snapshot.as_of,
                links={
                    part: path(request, name, part)
                    for part in ("organisations", "arrangements", "methods", "features", "sources")
                },
            )
        )
    links = {"self": self_link(request)}
    return render(request, SectorsResponse(version=__version__, links=links, sectors=items))


@router.get(
    "/{sector}/arrangements",
    operation_id="list_arrangements",
    summary="Arrangements with weights and rules",
    response_model=ArrangementsResponse,
    responses=MADE,
)
def list_arrangements(request: Request, engine: EngineDep) -> Response:
    """Each with the evidence it rests on."""
    known = arrangements(engine.sector)
    return render(
        request,
        ArrangementsResponse(
            arrangements=[known[name] for name in engine.sector.display.arrangements],
            **_meta(request, engine, "evidence", "methods", "rules"),
        ),
    )


@router.get(
    "/{sector}/rules",
    operation_id="list_rules",
    summary="Rules that exclude candidates",
    response_model=RulesResponse,
    responses=MADE,
)
def list_rules(request: Request, engine: EngineDep) -> Response:
    """Those that an arrangement has can be relaxed; any can be added by its parameters."""
    items = [
        RuleItem(name=name, label=rule.label, form=rule.form, parameters=list(rule.parameters))
        for name, rule in rules(engine.sector).items()
    ]
    return render(request, RulesResponse(rules=items, **_meta(request, engine, "arrangements")))


@router.get(
    "/{sector}/services",
    operation_id="list_services",
    summary="Services that a partner can be looked for by name",
    response_model=ServicesResponse,
    responses=AS_TABLE,
)
def list_services(request: Request, engine: EngineDep, as_of: AsOf = None) -> Response:
    """Each with the measures by which it is judged, and how many organisations run it on a day."""
    on_day = with_services(engine.snapshot, engine.profiles(as_of).as_of)
    items = [
        ServiceItem(
            name=name,
            label=one.label,
            group=one.group,
            measures=[*one.higher, *one.lower],
            run_by=int(runs(on_day, one).sum()),
        )
        for name, one in services(engine.sector).items()
    ]
    meta = _meta(request, engine, "measures", "arrangements") | {"as_of": on_day.as_of}
    answer = ServicesResponse(services=items, **meta)
    return render(request, answer, lambda: (one.model_dump() for one in items), "services")


@router.get(
    "/{sector}/methods",
    operation_id="list_methods",
    summary="Methods of ranking",
    response_model=MethodsResponse,
    responses=MADE,
)
def list_methods(request: Request, engine: EngineDep) -> Response:
    """The default is `evidence`."""
    items = [
        MethodItem(name=method.name, label=method.label, description=method.says, role=method.role)
        for method in methods(engine.sector).values()
    ]
    return render(request, MethodsResponse(methods=items, **_meta(request, engine, "evaluation")))


@router.get(
    "/{sector}/features",
    operation_id="list_features",
    summary="Features of a profile",
    response_model=FeaturesResponse,
    responses=AS_TABLE,
)
def list_features(request: Request, engine: EngineDep) -> Response:
    """Each with what it is made from and why."""
    found = list(features(engine.sector))
    answer = FeaturesResponse(features=found, **_meta(request, engine, "measures", "evidence", "sources"))
    return render(request, answer, lambda: (one.model_dump(by_alias=True) for one in found), "features")


@router.get(
    "/{sector}/measures",
    operation_id="list_measures",
    summary="Measures that figures are published for",
    response_model=MeasuresResponse,
    responses=AS_TABLE,
)
def list_measures(request: Request, engine: EngineDep) -> Response:
    """Each with its unit and the range that is accepted."""
    found = list(measures(engine.sector).values())
    answer = MeasuresResponse(measures=found, **_meta(request, engine, "features", "sources"))
    return render(request, answer, lambda: map(asdict, found), "measures")


@router.get(
    "/{sector}/evidence",
    operation_id="list_evidence",
    summary="Findings that weights and rules rest on",
    response_model=EvidenceResponse,
    responses=MADE,
)
def list_evidence(request: Request, engine: EngineDep) -> Response:
    """In our own words, with where each was read."""
    found = list(findings(engine.sector).values())
    return render(request, EvidenceResponse(findings=found, **_meta(request, engine, "arrangements")))


@router.get(
    "/{sector}/sources",
    operation_id="list_sources",
    summary="Where the figures come from",
    response_model=SourcesResponse,
    responses=AS_TABLE,
)
def list_sources(request: Request, engine: EngineDep) -> Response:
    """Publisher, title, period, licence and files of every source."""
    found = [SourceItem.model_validate(one) for one in engine.snapshot.sources.values()]
    attribution = str(engine.snapshot.manifest["attribution"])
    answer = SourcesResponse(attribution=attribution, sources=found, **_meta(request, engine, "features"))

    def rows() -> Iterator[dict[str, Any]]:
        for source in found:
            yield source.model_dump() | {"files": [file.name for file in source.files]}

    return render(request, answer, rows, "sources")


@router.get(
    "/{sector}/evaluation",
    operation_id="get_evaluation",
    summary="How well the methods recovered past pairings",
    response_model=EvaluationResponse,
    responses=AS_TABLE,
)
def get_evaluation(request: Request, engine: EngineDep) -> Response:
    """Main figures of every method with intervals, the whole report as data, and the worst misses."""
    found = published_evaluation(engine.sector)
    if found is None:
        raise NoEvaluation(
            f"No evaluation ships with {engine.sector.label}.", "Make one with 'matchmaker evaluate'."
        )
    answer = EvaluationResponse(evaluation=found, **_meta(request, engine, "methods"))
    return render(request, answer, lambda: (figure.model_dump() for figure in found.figures), "evaluation")


def _meta(request: Request, engine: EngineDep, *related: str) -> dict[str, Any]:
    links = {part: path(request, engine.sector.name, part) for part in related}
    return response_metadata(request, engine, **links)
