"""The page of a shortlist."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from matchmaker.api.dependencies import Code, EngineDep
from matchmaker.models.arrangement import arrangement
from matchmaker.models.data_age import published_day, today
from matchmaker.models.eligibility.candidates import needs_service
from matchmaker.models.eligibility.rules import rules
from matchmaker.models.engine import Matchmaker
from matchmaker.models.method_record import method_records, shown_methods
from matchmaker.models.query import ShortlistQuery
from matchmaker.rendering.charts.map import map_of
from matchmaker.rendering.shortlist import arrangements_in_order, shortlist_view
from matchmaker.web.navigation import base_of, crumbs
from matchmaker.web.presenters import shortlist as present
from matchmaker.web.presenters.decide import recording
from matchmaker.web.presenters.form import form, service_choices
from matchmaker.web.presenters.option_list import list_view
from matchmaker.web.presenters.option_rows import asked, list_rows, record_line
from matchmaker.web.query import MAX_OPTIONS, QueryDep, address
from matchmaker.web.rendering import render

router = APIRouter(prefix="/{sector}")
OF_ANY_ARRANGEMENT = {"as_of", "region", "locality", "within_km", "outside_group", "exclude"}
"""Fields that are kept when another arrangement is chosen; weights and rules are each arrangement's own."""
N_MAPPED = 10
"""Labels that stand beside a map without crowding."""


@router.get("/organisations/{code}/shortlist")
def shortlist(request: Request, engine: EngineDep, code: Code, query: QueryDep) -> HTMLResponse:
    """Options with reasons, and all by which the list can be changed."""
    sector = engine.sector
    chosen = arrangement(sector, str(query.arrangement))
    on_day = engine.profiles(query.as_of)
    if query.service is None and needs_service(chosen, on_day, query.focus):
        return _ask_for_service(request, engine, code, query)
    recommender = engine.recommender_for(query)
    profiles, changed = recommender.profiles, recommender.arrangement
    view = list_view(request.query_params)
    searched = MAX_OPTIONS if view.only else query.limit
    compared = query.model_copy(update={"compare_with": sector.display.compare_with, "limit": searched})
    found = engine.answer(code, compared)
    rows = list_rows(found, query.limit, view, sector)
    answer = replace(found, options=found.options[: query.limit])
    recipient = answer.recipient
    records = method_records(sector, answer.arrangement, shown_methods(sector, answer.method))
    usual = arrangement(sector, answer.arrangement)
    published = published_day(engine.snapshot)
    path = f"/organisations/{recipient.code}"
    here = base_of(sector) + path
    pairs = query.to_fields()
    return render(
        request,
        "shortlist.html",
        records=records,
        record=record_line(records, sector.words.organisation),
        asked=asked(query, answer, sector, rows["conditions"]),
        figures_day=min(published, answer.as_of),
        days_old=(today() - published).days if query.as_of is None else 0,
        ticked=set(request.query_params.getlist("with")),
        wide=True,
        without_search=True,
        **rows,
        unranked=[pair for pair in pairs if pair[0] != "method"],
        **shortlist_view(answer, changed, sector),
        query=query,
        pairs=pairs,
        here=here,
        own_address=address(f"{here}/shortlist", query, view.to_fields()),
        usual=usual,
        tabs=arrangements_in_order(sector, recipient.type),
        kept=[pair for pair in pairs if pair[0] in OF_ANY_ARRANGEMENT],
        form=form(query, usual, changed, profiles),
        focus_chosen=bool(query.focus or query.service),
        map=map_of(
            profiles,
            recipient.code,
            [option.organisation.code for option in answer.options[:N_MAPPED]],
        ),
        N_MAPPED=N_MAPPED,
        permanent=present.permanent(query, changed, answer),
        differences=present.differences(request.query_params, answer),
        recording=recording(request.app),
        carried_list=request.query_params.get("kept", ""),
        crumbs=crumbs(sector, (recipient.name, path)),
        as_of=answer.as_of,
        snapshot=answer.snapshot,
    )


def _ask_for_service(request: Request, engine: Matchmaker, code: str, query: ShortlistQuery) -> HTMLResponse:
    """The page of an arrangement that ranks nobody before a service is named."""
    sector, on_day = engine.sector, engine.profiles(query.as_of)
    recipient = engine.find(code, on_day.as_of).organisation
    usual = arrangement(sector, str(query.arrangement))
    path = f"/organisations/{recipient.code}"
    pairs = query.to_fields()
    return render(
        request,
        "choose_service.html",
        recipient=recipient,
        usual=usual,
        here=base_of(sector) + path,
        tabs=arrangements_in_order(sector, recipient.type),
        kept=[pair for pair in pairs if pair[0] in OF_ANY_ARRANGEMENT],
        pairs=pairs,
        services=service_choices(on_day),
        own_data=any(rules(sector)[rule.name].own_data for rule in usual.rules),
        crumbs=crumbs(sector, (recipient.name, path)),
        as_of=on_day.as_of,
        snapshot=engine.snapshot.hash,
    )
