"""Whether the service lives and is ready, and its metrics."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from matchmaker.api.audit_log.errors import DecisionLogOff, DecisionLogUnavailable
from matchmaker.api.audit_log.log import DecisionLog
from matchmaker.api.metrics import exposition
from matchmaker.api.problems import responses
from matchmaker.api.schemas import Live, Ready, ReadySector

router = APIRouter(tags=["health"])


# These do not wait for a thread: a busy service still lives.
@router.get("/health/live", operation_id="health_live", summary="The process answers")
async def live() -> Live:
    """For a supervisor."""
    return Live()


@router.get("/health/ready", operation_id="health_ready", summary="The figures are loaded")
async def ready(request: Request) -> Ready:
    """For a load balancer."""
    sectors = {}
    for name, engine in request.state.engines.items():
        profiles = engine.profiles()
        sectors[name] = ReadySector(
            snapshot=engine.snapshot.hash,
            as_of=profiles.as_of,
            organisations=len(profiles.organisations),
        )
    log: DecisionLog | None = request.app.state.decisions
    state: Literal["ready", "failing", "off"] = "off"
    if log is not None:
        state = "ready" if store_fault(log) is None else "failing"
    return Ready(sectors=sectors, decisions=state)


@router.get(
    "/health/decisions",
    operation_id="health_decisions",
    summary="Decisions can be recorded",
    responses={200: {"content": {"application/json": {"example": {"status": "live"}}}}, **responses()},
)
async def decisions(request: Request) -> Live:
    """For a monitoring system; 503 where the service keeps no decision log, or can't use it."""
    log: DecisionLog | None = request.app.state.decisions
    if log is None:
        raise DecisionLogOff
    fault = store_fault(log)
    if fault is not None:
        raise DecisionLogUnavailable(fault, "The service's own log says what the database answered.")
    return Live()


def store_fault(log: DecisionLog) -> str | None:
    """Why the log could not be used last; None where it could."""
    return None if log.store.health is None else log.store.health.fault


@router.get(
    "/metrics",
    operation_id="get_metrics",
    summary="Counts and times, in the format of Prometheus",
    response_class=Response,
    responses={200: {"content": {CONTENT_TYPE_LATEST: {"schema": {"type": "string"}}}}, **responses()},
)
async def metrics(request: Request) -> Response:
    """For a monitoring system; needs a key where reading does."""
    return Response(exposition(request.state.engines), media_type=CONTENT_TYPE_LATEST)
