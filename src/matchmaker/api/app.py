"""The application, made by a factory so that tests and deployments choose their own snapshot."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

import matchmaker
from matchmaker.api import answers, problems
from matchmaker.api.routes import catalogue, health, shortlists, trusts
from matchmaker.models.engine import Matchmaker

DESCRIPTION = """
Options to consider when an English NHS trust needs a partner, ranked from published figures, with
reasons for, reasons against and what is unknown. A shortlist is never a decision.
"""


def create_app(snapshot: Path | None = None) -> FastAPI:
    """The service for one snapshot (by default the one in use).

    Raises:
        DamagedSnapshot: the snapshot can't be used; the service does not start.
    """
    engine = Matchmaker(snapshot)
    engine.profiles()  # the first caller should not wait for what every caller needs
    app = FastAPI(
        title="matchmaker",
        version=matchmaker.__version__,
        description=DESCRIPTION,
        license_info={"name": "MIT; figures Open Government Licence v3.0"},
        responses=problems.RESPONSES,
    )
    app.state.engine = engine
    problems.install(app)
    answers.install(app)
    for room in (trusts, shortlists, catalogue, health):
        app.include_router(room.router)
    return app
