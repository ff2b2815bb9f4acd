"""Writes the pages of the Python reference: the public names, the client, and each room module by module."""

from __future__ import annotations

from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

import matchmaker
from matchmaker import client

PACKAGE = Path(matchmaker.__file__).parent
FOLDER = "reference/python"
SINGLE = ("sector", "errors", "dates", "cache", "written")
"""Rooms of one module, on one page."""


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the pages."""
    for name, text in pages().items():
        files.append(File.generated(config, f"{FOLDER}/{name}.md", content=text))
    return files


def pages() -> dict[str, str]:
    """Name of the page -> its text."""
    public = [name for name in matchmaker.__all__ if not name.startswith("__")]
    found = {
        "index": headed(
            "Public names",
            "Import these from `matchmaker`: `from matchmaker import Matchmaker`.",
            public,
            "matchmaker",
        ),
        "client": headed(
            "The client", "Import these from `matchmaker.client`.", client.__all__, "matchmaker.client"
        ),
        "room-shared": headed("What all rooms share", "", SINGLE, "matchmaker"),
    }
    for room in sorted(one.parent for one in PACKAGE.glob("*/__init__.py")):
        if room.name not in ("client", "sectors"):
            found[f"room-{room.name}"] = whole(room)
    for sector in sorted(one.parent for one in (PACKAGE / "sectors").glob("*/__init__.py")):
        found[f"sector-{sector.name}"] = whole(sector)
    return found


def headed(title: str, lead: str, names: tuple[str, ...] | list[str], home: str) -> str:
    """A page with some names."""
    blocks = (f"::: {home}.{name}\n    options: {{ heading_level: 2 }}" for name in names)
    return "\n\n".join((f"# {title}", lead, *blocks)) + "\n"


def whole(room: Path) -> str:
    """A page with the modules of a room, lead by its README."""
    dotted = ".".join(room.relative_to(PACKAGE.parent).parts)
    modules = sorted(
        ".".join(one.relative_to(PACKAGE.parent).with_suffix("").parts)
        for one in room.rglob("*.py")
        if one.stem not in ("__init__", "__main__") and (one.parent / "__init__.py").exists()
    )
    blocks = (
        f"::: {name}\n    options: {{ heading_level: 2, show_root_full_path: true }}" for name in modules
    )
    return "\n\n".join((f"# {dotted.removeprefix('matchmaker.')}", *blocks)) + "\n"
