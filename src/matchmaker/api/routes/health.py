"""Whether the service lives and is ready, and its metrics."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

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
    return Ready(sectors=sectors)


@router.get(
    "/metrics",
    operation_id="get_metrics",
    summary="Counts and times, in the format of Prometheus",
    response_class=Response,
    responses={200: {"content": {CONTENT_TYPE_LATEST: {"schema": {"type": "string"}}}}, **responses()},
)
def metrics(request: Request) -> Response:
    """For a monitoring system; needs a key where reading does."""
    return Response(exposition(request.state.engines), media_type=CONTENT_TYPE_LATEST)
