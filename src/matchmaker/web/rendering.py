"""From a template to an answer: everything escaped, nothing inline, nothing from another host."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from functools import cache
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import ChainableUndefined, ChoiceLoader, Environment, PackageLoader, PrefixLoader
from markupsafe import Markup, escape

from matchmaker.rendering.environment import environment as words
from matchmaker.web.assets import assets
from matchmaker.web.navigation import FOOTER, NAVIGATION

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cache-Control": "no-cache",
    "Vary": "Accept-Encoding",
}
PACKING = 5
"""Of 9: above this the page gets hardly smaller, only later."""


@cache
def environment() -> Environment:
    """The one environment of all pages: their own templates, the NHS.UK components, the shared words."""
    made = Environment(
        loader=ChoiceLoader(
            [
                PackageLoader("matchmaker.web"),
                PrefixLoader({"page": PackageLoader("matchmaker.reports")}),
                PackageLoader("nhsuk_frontend_jinja"),
            ]
        ),
        autoescape=True,
        undefined=ChainableUndefined,  # the components count on it
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= words().filters | {"pairs": _pairs, "coded": coded, "percent": percent}
    made.globals |= words().globals
    made.globals |= {
        "static": f"/static/{assets().version}",
        "styled": assets().styled,
        "navigation": NAVIGATION,
        "footer_links": FOOTER,
    }
    return made


def percent(share: float | None) -> str:
    """A share in hundredths; nothing where there is none."""
    return "" if share is None else f"{100 * share:.0f}%"


def coded(text: str) -> Markup:
    """What stands between backticks, as code."""
    pieces = text.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if at % 2 else escape(piece)
        for at, piece in enumerate(pieces)
    )


def _pairs(first: Iterable[tuple[str, str]], more: Iterable[tuple[str, str]] = ()) -> str:
    """Fields as the query of an address."""
    return urlencode([*first, *more])


def render(request: Request, template: str, status: int = 200, **shown: Any) -> HTMLResponse:
    """A page.

    Args:
        request: that is answered.
        template: name of the template, which extends `layout.html`.
        status: of the answer.
        shown: what the template shows.
    """
    text = environment().get_template(template).render(path=request.url.path, **shown).encode()
    headers = dict(HEADERS)
    if "gzip" in request.headers.get("accept-encoding", ""):
        text = gzip.compress(text, PACKING, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return HTMLResponse(text, status, headers)
