"""Styles, scripts and images: read once, with their version in the address, so that caches never go stale."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from fastapi import Request, Response
from starlette.exceptions import HTTPException

# The design system of the pages, whatever their sector: NHS.UK frontend, under its MIT licence. Its class
# names begin with `nhsuk-`. Its owner's logo and font are not used.
STYLES = "nhsuk/nhsuk-frontend.min.css"
"""Brought in by `make assets`; without it the pages work unstyled."""
COMPONENTS = "nhsuk_frontend_jinja"
"""The package with the templates of its components."""
PARTS = "parts.css"
"""The looks of what pages share with documents."""
MEDIA_TYPES = {
    "css": "text/css",
    "js": "text/javascript",
    "svg": "image/svg+xml",
    "txt": "text/plain",
}
IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent."""

    content: bytes
    compressed: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Assets:
    """All files by their path, and a version that changes with any of them."""

    version: str
    by_path: dict[str, Asset]

    @property
    def styled(self) -> bool:
        """Whether the styles and scripts of the design system have been brought in."""
        return STYLES in self.by_path


@cache
def assets() -> Assets:
    """What lies under `static/`."""
    found = {path: file.read_bytes() for path, file in sorted(_walk(files("matchmaker.web") / "static"))}
    found[PARTS] = (files("matchmaker.rendering") / "templates" / PARTS).read_bytes()
    whole = hashlib.sha256(b"".join(path.encode() + content for path, content in found.items()))
    return Assets(
        whole.hexdigest()[:16],
        {
            path: Asset(content, gzip.compress(content, mtime=0), MEDIA_TYPES[path.rpartition(".")[2]])
            for path, content in found.items()
            if path.rpartition(".")[2] in MEDIA_TYPES
        },
    )


def _walk(folder: Traversable, above: str = "") -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _walk(entry, f"{above}{entry.name}/")
        elif not entry.name.startswith("."):
            yield above + entry.name, entry


def serve(request: Request, version: str, path: str) -> Response:
    """One file; immutable under the address with the present version."""
    known = assets()
    if path not in known.by_path:
        raise HTTPException(404, f"There is no file {path}.")
    asset = known.by_path[path]
    headers = {
        "Cache-Control": IMMUTABLE if version == known.version else REVALIDATE,
        "Vary": "Accept-Encoding",
    }
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(
            asset.compressed, media_type=asset.media_type, headers=headers | {"Content-Encoding": "gzip"}
        )
    return Response(asset.content, media_type=asset.media_type, headers=headers)
