"""The pages that types of problems resolve to."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from html import escape

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

from matchmaker.api.problems import kinds

router = APIRouter(prefix="/problems", include_in_schema=False)
STYLE = (
    "body{font:1.1875rem/1.5 Arial,sans-serif;max-width:44em;margin:2rem auto;padding:0 1rem;color:#212b32;"
    "background:#fff}a{color:#005eb8}dt{font-weight:bold}dd{margin:0 0 1rem}"
)
_HASH = b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_HASH}'; frame-ancestors 'none'",
    "Cache-Control": "public, max-age=3600",
}


@router.get("")
async def all_problems(request: Request) -> HTMLResponse:
    """Every kind of problem."""
    root = escape(request.scope.get("root_path", ""))
    rows = "".join(
        f'<dt><a href="{root}/problems/{slug}">{escape(kind.title)}</a></dt><dd>Status {kind.status}</dd>'
        for slug, kind in kinds().items()
    )
    return _page(
        "Problems", f"<p>Each error of this service has a type, and each type a page.</p><dl>{rows}</dl>"
    )


@router.get("/{slug}")
async def one_problem(request: Request, slug: str) -> HTMLResponse:
    """What one kind of problem means, and what to do.

    Raises:
        HTTPException: there is no such kind.
    """
    kind = kinds().get(slug)
    if kind is None:
        raise HTTPException(404)
    root = escape(request.scope.get("root_path", ""))
    return _page(
        kind.title,
        f"<p>{escape(kind.means)}</p><h2>What to do</h2><p>{escape(kind.do)}</p>"
        f"<p>HTTP status {kind.status}, type <code>{root}/problems/{slug}</code>.</p>"
        f'<p><a href="{root}/problems">All problems</a></p>',
    )


def _page(title: str, body: str) -> HTMLResponse:
    return HTMLResponse(
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(title)} – matchmaker</title>"
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>'
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>",
        headers=HEADERS,
    )
