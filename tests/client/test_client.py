"""The clients get what the package itself answers, and tell refusals as the service does."""

from __future__ import annotations

import asyncio
import inspect
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from typing import Any

import httpx2
import pytest

from matchmaker import Matchmaker
from matchmaker.api.app import create_app
from matchmaker.api.settings import Settings
from matchmaker.client import ApiProblem, AsyncClient, Client, endpoints
from matchmaker.models.types import Shortlist

NEAR: endpoints.QueryFields = {
    "weights": {"proximity": 0.4},
    "within_km": 150.0,
    "exclude": ["RVV"],
    "relax": [],
}
CAME = {
    "who": "A region",
    "asked": "yes",
    "accepted": "yes",
    "result": "better",
    "came": "Waits are shorter.",
}
CALLS: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
    "sectors": ((), {}),
    "organisations": (("kent",), {"type": "acute", "in_need": True, "limit": 5}),
    "organisation": (("Medway",), {}),
    "profile": (("RPA",), {"as_of": date(2018, 1, 1)}),
    "overview": (("RPA",), {}),
    "comparison": ((["RPA", "RN7"], ["type=acute", "RKE"]), {}),
    "early_warning": (("ambulance",), {}),
    "shortlist": (("RPA",), {"limit": 3, "include": ["figures"], **NEAR}),
    "shortlists": ((["RPA", "RVV"],), {"limit": 2, "n_draws": 0, "include": ["rows"], "region": ["London"]}),
    "candidate": (("RPA", "RXC"), {}),
    "scores": (([("RPA", "RXC"), ("RPA", "RAX")],), {"weights": {"proximity": 0.4}}),
    "assign": ((["RPA", "RVV"],), {"n_draws": 0}),
    "arrangements": ((), {}),
    "rules": ((), {}),
    "services": ((), {"as_of": date(2026, 3, 31)}),
    "methods": ((), {}),
    "features": ((), {}),
    "measures": ((), {}),
    "evidence": ((), {}),
    "sources": ((), {}),
    "evaluation": ((), {}),
    "decision_outcome": ((1,), CAME),
    "decide": (("RPA",), {"who": "A region", "chosen": None, "reason": "None is willing", "limit": 2}),
    "decisions": (("RPA",), {"limit": 5}),
    "kept_shortlists": (("RPA",), {}),
    "kept_shortlist": (("ID",), {}),
    "begin_kept": (("RPA",), {"name": "For the board"}),
    "keep": (("ID", ["RAX"]), {"by": "A region", "limit": 5}),
    "change_kept": (("ID", "rule_out"), {"code": "RAX", "text": "Not willing"}),
    "delete_kept": (("ID",), {}),
    "live": ((), {}),
    "ready": ((), {}),
}


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[Client]:
    with Client(address) as client:
        yield client


@pytest.mark.slow
def test_what_came_of_a_decision_goes_through_both_clients(client: Client, address: str) -> None:
    decision = client.decide("RPA", who="A region", chosen="RAX", reason="Willing", limit=2).decision
    first = client.decision_outcome(decision.number, **CAME).decision

    async def again() -> Any:
        async with AsyncClient(address) as other:
            return await other.decision_outcome(decision.number, **CAME)

    second = asyncio.run(again()).decision
    for one in (first, second):
        assert (one.outcome.of, one.outcome.decision_hash) == (decision.number, decision.hash)
    assert second.previous == first.hash


ON_ITS_OWN = {"kept_shortlist", "begin_kept", "keep", "change_kept", "delete_kept", "decision_outcome"}
"""Calls that need what another one made, and have tests of their own."""


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(CALLS.keys() - ON_ITS_OWN))
def test_both_clients_get_the_same_from_every_route(client: Client, address: str, name: str) -> None:
    args, more = CALLS[name]
    got = getattr(client, name)(*args, **more)

    async def asked() -> Any:
        async with AsyncClient(address) as other:
            return await getattr(other, name)(*args, **more)

    again = asyncio.run(asked())
    assert type(got) is getattr(endpoints, name)(*args, **more).answer
    if name == "decide":
        assert again.decision.previous == got.decision.hash
    else:
        assert again == got


def test_every_call_has_a_method_and_every_route_a_call() -> None:
    made = {
        name
        for name, one in inspect.getmembers(endpoints, inspect.isfunction)
        if one.__module__ == endpoints.__name__ and not name.startswith("_")
    }
    assert made == set(CALLS)
    for kind in (Client, AsyncClient):
        assert made <= set(dir(kind))
    served = {
        (method.upper(), path)
        for path, item in create_app(Settings(serve_sectors=("nhs",))).openapi()["paths"].items()
        for method in item
    }
    asked = {
        (call.method, call.path)
        for name, (args, more) in CALLS.items()
        for call in [getattr(endpoints, name)(*args, **more)]
    }
    own = {(method, _filled(path)) for method, path in served}
    # An upload of a file is what `shortlists(data=...)` does; the other two are for a monitoring system.
    others = {("GET", "/metrics"), ("GET", "/health/decisions")}
    # Papers are of the pages: no call asks for one.
    others |= {("GET", "/v1/papers/ID"), ("GET", "/v1/papers/ID/file")}
    assert own - others - {("POST", "/v1/{sector}/organisations/RPA/shortlist")} == asked


def _filled(path: str) -> str:
    name = "Medway" if path.endswith("{code}") else "RPA"
    filled = path.replace("{code}", name).replace("{candidate}", "RXC").replace("{id}", "ID")
    return filled.replace("{number}", "1")


def test_a_working_shortlist_goes_through_both_clients(client: Client, address: str) -> None:
    begun = client.begin_kept("Medway", name="For the board").shortlist
    client.keep(begun.id, ["RAX", "Bolton"], by="A region", within_km=400)
    out = client.change_kept(begun.id, "rule_out", code="RMC", text="Too far").shortlist
    assert [option.code for option in out.considered] == ["RAX"]
    assert "RMC" in client.csv(endpoints.kept_shortlist(begun.id))

    async def asked() -> Any:
        async with AsyncClient(address) as other:
            copied = (await other.begin_kept(content=out)).shortlist
            await other.delete_kept(begun.id)
            return copied, (await other.kept_shortlists("RPA")).shortlists

    copied, left = asyncio.run(asked())
    assert copied.id != out.id
    assert copied.options == out.options
    assert copied.id in {one.id for one in left}
    assert begun.id not in {one.id for one in left}


def test_a_shortlist_is_that_of_the_package(client: Client, engine: Matchmaker) -> None:
    near: dict[str, Any] = {"limit": 3, "weights": {"proximity": 0.4}, "within_km": 150, "exclude": ["RVV"]}
    got = client.shortlist("RPA", include=["all"], **near)
    own = engine.shortlist(
        "RPA",
        limit=3,
        weights={"proximity": 0.4},
        parameters={"leave_out": {"codes": ["RVV"]}, "within_km": {"km": 150}},
    )
    assert {one.name: getattr(got, one.name) for one in fields(Shortlist)} == {
        one.name: getattr(own, one.name) for one in fields(Shortlist)
    }


def test_a_question_in_a_body_is_that_in_a_query(client: Client) -> None:
    alone = client.shortlist("RPA", limit=3, **NEAR)
    batch = client.shortlists(["RPA"], limit=3, **NEAR).shortlists[0]
    assert batch.options == alone.options


def test_a_table_comes_as_csv(client: Client) -> None:
    lines = client.csv(endpoints.shortlist("RPA", limit=3)).splitlines()
    assert len(lines) == 4
    assert lines[0].startswith("recipient,arrangement,rank")


def test_a_refusal_tells_what_the_service_told(client: Client) -> None:
    with pytest.raises(ApiProblem) as told:
        client.shortlists(["RPA", "XYZ9"], weights={"charm": 1.0})
    problem = told.value
    assert (problem.status, problem.slug) == (422, "out-of-range")
    assert problem.type == "/problems/out-of-range"
    assert [error.pointer for error in problem.errors] == ["/weights/charm"]
    assert problem.detail in str(problem)
    assert problem.next_step
    assert problem.title
    assert problem.request_id


def test_names_with_odd_signs_reach_the_service_whole(client: Client) -> None:
    with pytest.raises(ApiProblem) as told:
        client.organisation("a/b?c#d%20é")
    assert told.value.slug in ("unknown-organisation", "not-found")


def test_many_at_once(address: str, engine: Matchmaker) -> None:
    codes = engine.profiles().organisations["code"].to_list()[:12]

    async def asked() -> list[str]:
        async with AsyncClient(address) as client:
            found = await asyncio.gather(*(client.shortlist(code, limit=1) for code in codes))
            return [one.recipient.code for one in found]

    assert asyncio.run(asked()) == codes


def test_it_also_asks_an_application_in_this_process() -> None:
    app = create_app(Settings(serve_sectors=("nhs",)))

    async def asked() -> str:
        async with AsyncClient("http://service", transport=httpx2.ASGITransport(app=app)) as client:
            return (await client.ready()).sectors["nhs"].snapshot

    assert len(asyncio.run(asked())) == 64


def test_it_needs_neither_service_nor_engine() -> None:
    heavy = {"fastapi", "numpy", "polars", "sqlalchemy", "matchmaker.models.engine"}
    code = f"import sys, matchmaker.client; print({heavy} & set(sys.modules))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "set()"
