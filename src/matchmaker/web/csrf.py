"""Forms that change something are taken from the service's own pages only."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import HTTPException, Request


def same_origin(request: Request) -> None:
    """A dependency: the browser says that the form was sent by a page of this service.

    There is no session that another site could ride on; this keeps a page elsewhere from making a
    browser within the network record something.

    Raises:
        HTTPException: 403 where it was sent from elsewhere, or nothing says from where.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    host = request.headers.get("host")
    own = site == "same-origin" if site else bool(host) and urlsplit(origin or "").netloc == host
    if not own:
        raise HTTPException(403, "This form can be sent only from a page of this service.")
