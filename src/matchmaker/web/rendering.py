"""From a template to a page: everything escaped, nothing inline, nothing from another host."""

from __future__ import annotations

import gzip
from functools import cache
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import ChainableUndefined, ChoiceLoader, Environment, PackageLoader

from matchmaker.evaluation.published import published_evaluation
from matchmaker.rendering.environment import make_environment
from matchmaker.reports.papers.write import can_be_made
from matchmaker.sector import Sector
from matchmaker.web.assets import COMPONENTS, assets
from matchmaker.web.navigation import base_of, footer, header
from matchmaker.web.owner import href
from matchmaker.web.who import needs_sign_in, signed_in

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cache-Control": "no-cache",
    "Vary": "Accept-Encoding",
}
COMPRESSION = 5
"""Of 9: above this a page gets hardly smaller, only later."""


@cache
def environment(sector: Sector | None) -> Environment:
    """The environment of the pages of a sector; None is that of pages that belong to none."""
    made = make_environment(
        sector,
        ChoiceLoader([PackageLoader("matchmaker.web"), PackageLoader(COMPONENTS)]),
        base=base_of(sector) if sector else "",
        undefined=ChainableUndefined,  # the components count on it
    )
    made.globals |= {
        "static": f"/static/{assets().version}",
        "styled": assets().styled,
        "navigation": header(sector) if sector else (),
        "footer_links": footer(sector) if sector else (),
        "with_papers": can_be_made(),
        "has_evaluation": sector is not None and published_evaluation(sector) is not None,
    }
    return made


def sector_of(request: Request) -> Sector | None:
    """The sector that an address names, or else the only one; None where there are several."""
    engines = request.state.engines
    name = request.path_params.get("sector")
    if name not in engines:
        name = next(iter(engines)) if len(engines) == 1 else None
    return None if name is None else engines[name].sector


def render(request: Request, template: str, status: int = 200, **variables: Any) -> HTMLResponse:
    """A page.

    Args:
        request: that is answered.
        template: name of the template, which extends `layout.html`.
        status: of the response.
        variables: what the template shows.
    """
    made = environment(sector_of(request)).get_template(template)
    several = len(request.state.engines) > 1
    user = signed_in(request)
    common = {
        "can_sign_in": needs_sign_in(request.app),
        "by_key": getattr(request.app.state, "keys", None) is not None,
        "user": user,
        "owner": getattr(request.app.state, "owner", None),
        "href": href,
        "recording": getattr(request.app.state, "decisions", None) is not None,
        "here_address": request.url.path + (f"?{request.url.query}" if request.url.query else ""),
    }
    content = made.render(path=request.url.path, several=several, **common | variables).encode()
    headers = dict(HEADERS)
    if user is not None:  # the page names them
        headers["Cache-Control"] = f"private, {headers['Cache-Control']}"
    if "gzip" in request.headers.get("accept-encoding", ""):
        content = gzip.compress(content, COMPRESSION, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return HTMLResponse(content, status, headers)
