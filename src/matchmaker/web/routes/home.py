"""The start of the service, and the home page of a sector."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from matchmaker.api.dependencies import EngineDep
from matchmaker.models.assignment.triage import in_need, need_known
from matchmaker.models.scoring.records import interventions_on
from matchmaker.rendering.shortlist import arrangements_in_order
from matchmaker.web.navigation import base_of, crumbs
from matchmaker.web.presenters.headlines import headline_changes, headline_figures, need_order
from matchmaker.web.rendering import render, sector_of

start = APIRouter()
"""Of the page above all sectors."""
router = APIRouter(prefix="/{sector}")
QUARTER = 92
"""Days: most official figures come out anew within so many."""
MOST_SHOWN = 100
"""Of more in need than this the first are shown, until all are asked for."""


@start.get("/")
def sectors(request: Request) -> Response:
    """The sectors to choose from; where there is one, its home page."""
    if sector := sector_of(request):
        return RedirectResponse(base_of(sector), 307)
    return render(request, "sectors.html", sectors=[one.sector for one in request.state.engines.values()])


Filter = Annotated[str, Query(max_length=120)]


@router.get("")
def home(
    request: Request,
    engine: EngineDep,
    region: Filter = "",
    organisation_type: Annotated[str, Query(alias="type", max_length=120)] = "",
    intervention: Filter = "",
    every: bool = False,
) -> Response:
    """What this is, a search, the organisations in need by region and type, and how current it is."""
    profiles = engine.profiles()
    needy = in_need(profiles)
    types = {one.organisation.type: engine.sector.type_label(one.organisation.type) for one in needy}
    regimes = engine.sector.interventions.regimes
    under = {
        code: regimes[one.regime].label
        for code, one in interventions_on(profiles.snapshot, profiles.as_of).items()
        if one.state == "active"
    }
    found = [
        one
        for one in needy
        if region in ("", one.organisation.region)
        and organisation_type in ("", one.organisation.type)
        and intervention in ("", under.get(one.organisation.code))
    ]
    return render(
        request,
        "home.html",
        without_search=True,
        in_need=found if every else found[:MOST_SHOWN],
        n_found=len(found),
        n_in_need=len(needy),
        interventions=sorted(
            {under[one.organisation.code] for one in needy if one.organisation.code in under}
        ),
        intervention=intervention,
        figures=headline_figures(profiles),
        regions=sorted({one.organisation.region for one in needy if one.organisation.region}),
        types=sorted(types.items(), key=lambda one: one[1]),
        region=region,
        organisation_type=organisation_type,
        then_by=need_order(profiles),
        need_unknown=[one for one in need_known(profiles) if one.unknown],
        arrangements=arrangements_in_order(engine.sector),
        n_organisations=len(profiles.organisations),
        as_of=profiles.as_of,
        snapshot=engine.snapshot.hash,
    )


@router.get("/changes")
def changes(request: Request, engine: EngineDep, since: date | None = None) -> Response:
    """The headline figures that are others than on an earlier day."""
    now = engine.profiles()
    before = engine.profiles(since or now.as_of - timedelta(days=QUARTER))
    return render(
        request,
        "changes.html",
        changes=headline_changes(before, now),
        since=before.as_of,
        crumbs=crumbs(engine.sector),
        as_of=now.as_of,
        snapshot=engine.snapshot.hash,
    )
