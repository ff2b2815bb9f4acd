"""What there is to ask with: arrangements, methods, rules, features, sources, evidence."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from matchmaker.api.asking import Engine
from matchmaker.features import Feature, features
from matchmaker.models.arrangement import Arrangement, arrangements
from matchmaker.models.evidence import Finding, findings
from matchmaker.models.methods import METHODS

router = APIRouter(prefix="/v1", tags=["catalogue"])


class MethodSaid(BaseModel):
    """A method of ranking."""

    name: str
    says: str


@router.get("/arrangements", operation_id="list_arrangements", summary="Arrangements with weights and rules")
def list_arrangements() -> list[Arrangement]:
    """Each with the evidence it rests on."""
    return list(arrangements().values())


@router.get("/methods", operation_id="list_methods", summary="Methods of ranking")
def list_methods() -> list[MethodSaid]:
    """The default is `evidence`."""
    return [MethodSaid(name=method.name, says=method.says) for method in METHODS.values()]


@router.get("/features", operation_id="list_features", summary="Features of a profile")
def list_features() -> list[Feature]:
    """Each with what it is made from and why."""
    return list(features())


@router.get("/evidence", operation_id="list_evidence", summary="Findings that weights and rules rest on")
def list_evidence() -> list[Finding]:
    """In our own words, with where each was read."""
    return list(findings().values())


@router.get("/sources", operation_id="list_sources", summary="Where the figures come from")
def list_sources(engine: Engine) -> list[dict[str, Any]]:
    """Publisher, title, period, licence and files of every source."""
    return list(engine.snapshot.sources.values())
