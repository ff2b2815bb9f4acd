"""Whether the service lives and is ready."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter
from pydantic import BaseModel

from matchmaker.api.asking import Engine

router = APIRouter(prefix="/health", tags=["health"])


class Live(BaseModel):
    """The process answers."""

    status: str = "live"


class Ready(BaseModel):
    """The figures are loaded."""

    status: str = "ready"
    snapshot: str
    as_of: date
    trusts: int


@router.get("/live", operation_id="health_live", summary="The process answers")
def live() -> Live:
    """For a supervisor."""
    return Live()


@router.get("/ready", operation_id="health_ready", summary="The figures are loaded")
def ready(engine: Engine) -> Ready:
    """For a load balancer."""
    profiles = engine.profiles()
    return Ready(snapshot=engine.snapshot.hash, as_of=profiles.as_of, trusts=len(profiles.organisations))
