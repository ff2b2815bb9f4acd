"""The service with its pages: the API's own application, and the pages on it."""

from __future__ import annotations

import structlog
from fastapi import Depends, FastAPI

from matchmaker.api import work
from matchmaker.api.app import create_app as create_api
from matchmaker.api.settings import Settings
from matchmaker.web import assets, errors
from matchmaker.web.presenters.decide import recording
from matchmaker.web.presenters.owner import owner_of
from matchmaker.web.routes import (
    about,
    assignment,
    compare,
    data,
    decide,
    evaluation,
    exports,
    home,
    kept,
    organisation,
    own_figures,
    papers,
    reference,
    search,
    shortlist,
    sign_in,
    why,
)

_log = structlog.get_logger("matchmaker.pages")
ROUTERS = (
    home.start,
    reference.router,
    sign_in.router,
    papers.router,
    *(page.router for page in (home, search, organisation, shortlist, kept, assignment, exports, compare)),
    *(page.router for page in (why, own_figures, evaluation, data, about)),
)
"""Of all pages; a new page is added here."""


def create_app(settings: Settings | None = None) -> FastAPI:
    """The service with its pages.

    Args:
        settings: by default those of the environment.

    Raises:
        DamagedSnapshot: a snapshot can't be used; the service does not start.
        InvalidParameter: a setting makes no sense.
    """
    app = create_api(settings)
    if app.state.settings.pages:
        sectors = [reloader.current.sector for reloader in app.state.engines.values()]
        app.state.owner = owner_of(app.state.settings, sectors)
        if missing := app.state.owner.missing:
            step = "'matchmaker owner check' says which pages lack them"
            _log.warning("owner settings missing", settings=[name for name, _ in missing], next_step=step)
        install(app)
    return app


def install(app: FastAPI) -> None:
    """Put the pages on an application that answers the API."""
    errors.install(app)
    app.add_api_route("/static/{version}/{path:path}", assets.serve, include_in_schema=False)
    dependencies = [Depends(errors.guarded), Depends(work.page, scope="function")]
    for router in (*ROUTERS, decide.router) if recording(app) else ROUTERS:
        app.include_router(router, include_in_schema=False, dependencies=dependencies)
