"""What there is to ask with: arrangements, methods, features, sources, evidence, and how well it does."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic_core import from_json

from matchmaker.api.dependencies import Engine
from matchmaker.api.problems import UNCHANGED, responses
from matchmaker.api.responses import base, lasting, path, render
from matchmaker.api.routes.shortlists import TABLE
from matchmaker.api.schemas import (
    ArrangementsAnswer,
    EvaluationAnswer,
    EvidenceAnswer,
    FeaturesAnswer,
    MethodsAnswer,
    Said,
    Source,
    SourcesAnswer,
)
from matchmaker.features import features
from matchmaker.models.arrangement import arrangements
from matchmaker.models.eligibility.rules import RULES
from matchmaker.models.evidence import findings
from matchmaker.models.registry import METHODS
from matchmaker.models.tables import Row

router = APIRouter(prefix="/v1", tags=["catalogue"], dependencies=[Depends(lasting)])


@router.get(
    "/arrangements",
    operation_id="list_arrangements",
    summary="Arrangements with weights and rules",
    response_model=ArrangementsAnswer,
    responses=UNCHANGED | responses(),
)
def list_arrangements(request: Request) -> Response:
    """Each with the evidence it rests on."""
    rules = [
        Said(name=name, says=f"Excludes: {(rule.__doc__ or '').strip()}") for name, rule in RULES.items()
    ]
    told = base(request, evidence=path(request, "evidence"), methods=path(request, "methods"))
    return render(
        request, ArrangementsAnswer(arrangements=list(arrangements().values()), rules=rules, **told)
    )


@router.get(
    "/methods",
    operation_id="list_methods",
    summary="Methods of ranking",
    response_model=MethodsAnswer,
    responses=UNCHANGED | responses(),
)
def list_methods(request: Request) -> Response:
    """The default is `evidence`."""
    found = [Said(name=method.name, says=method.says) for method in METHODS.values()]
    return render(
        request, MethodsAnswer(methods=found, **base(request, evaluation=path(request, "evaluation")))
    )


@router.get(
    "/features",
    operation_id="list_features",
    summary="Features of a profile",
    response_model=FeaturesAnswer,
    responses={200: TABLE, **UNCHANGED, **responses()},
)
def list_features(request: Request) -> Response:
    """Each with what it is made from and why."""
    told = base(request, evidence=path(request, "evidence"), sources=path(request, "sources"))
    answer = FeaturesAnswer(features=list(features()), **told)
    return render(request, answer, lambda: (one.model_dump(by_alias=True) for one in features()), "features")


@router.get(
    "/evidence",
    operation_id="list_evidence",
    summary="Findings that weights and rules rest on",
    response_model=EvidenceAnswer,
    responses=UNCHANGED | responses(),
)
def list_evidence(request: Request) -> Response:
    """In our own words, with where each was read."""
    told = base(request, arrangements=path(request, "arrangements"))
    return render(request, EvidenceAnswer(findings=list(findings().values()), **told))


@router.get(
    "/sources",
    operation_id="list_sources",
    summary="Where the figures come from",
    response_model=SourcesAnswer,
    responses={200: TABLE, **UNCHANGED, **responses()},
)
def list_sources(request: Request, engine: Engine) -> Response:
    """Publisher, title, period, licence and files of every source."""
    found = [Source.model_validate(one) for one in engine.snapshot.sources.values()]
    attribution = str(engine.snapshot.manifest["attribution"])
    told = base(request, features=path(request, "features"))

    def rows() -> Iterator[Row]:
        for source in found:
            yield source.model_dump(exclude={"files"}) | {"files": [file.name for file in source.files]}

    return render(request, SourcesAnswer(attribution=attribution, sources=found, **told), rows, "sources")


@router.get(
    "/evaluation",
    operation_id="get_evaluation",
    summary="What replays of past pairings found",
    response_model=EvaluationAnswer,
    responses=UNCHANGED | responses(),
)
def get_evaluation(request: Request) -> Response:
    """Main figures of every method with intervals, the whole report as data, and the worst misses."""
    found = evaluation()
    told = base(request, methods=path(request, "methods"))
    return render(request, EvaluationAnswer(of_snapshot=found["snapshot"], evaluation=found, **told))


@cache
def evaluation() -> dict[str, Any]:
    """The results that ship with the package, as `evaluation.bundled` describes them."""
    found: dict[str, Any] = from_json(
        (files("matchmaker.sectors.nhs") / "artefacts" / "evaluation.json").read_bytes()
    )
    return found
