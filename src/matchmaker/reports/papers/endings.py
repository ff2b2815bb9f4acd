"""Which endings a file of an answer may have, told without the libraries that write it."""

from __future__ import annotations

from pathlib import Path

from matchmaker.errors import InvalidParameter

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "md": "text/markdown; charset=utf-8",
    "pdf": "application/pdf",
    "txt": "text/plain; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""Ending of a file that can be written -> its media type."""
DOCUMENTS = ("docx", "html", "md", "pdf", "txt")
"""Endings of documents: of these there can be a briefing."""


def ending_of(path: Path) -> str:
    """The ending of a file that can be written, without its dot.

    Raises:
        InvalidParameter: nothing with this ending can be.
    """
    ending = path.suffix.casefold().removeprefix(".")
    if ending not in MEDIA_TYPES:
        shown = f"the ending '.{ending}'" if ending else "no ending"
        known = ", ".join(f".{one}" for one in MEDIA_TYPES)
        raise InvalidParameter(f"{path.name} has {shown}.", f"Give it one of: {known}.")
    return ending
