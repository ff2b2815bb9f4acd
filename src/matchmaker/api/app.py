"""The application, made by a factory so that tests and deployments choose their own snapshot."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, Query

import matchmaker
from matchmaker.api import problems
from matchmaker.models.engine import Matchmaker
from matchmaker.models.explanation import Shortlist

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
    )
    problems.install(app)

    @app.get(
        "/v1/trusts/{ods}/shortlist",
        operation_id="get_shortlist",
        summary="Options to consider for one trust",
        responses=problems.RESPONSES,
    )
    def get_shortlist(
        ods: str,
        arrangement: Annotated[str, Query(examples=["buddying"])] = "buddying",
        as_of: Annotated[date | None, Query(description="Use only what was known on this day.")] = None,
        limit: Annotated[int, Query(ge=1, le=300)] = 10,
    ) -> Shortlist:
        return engine.shortlist(ods, arrangement, as_of, limit)

    return app
