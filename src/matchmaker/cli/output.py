"""Answers as JSON, as CSV and as files."""

from __future__ import annotations

import codecs
import io
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import typer

from matchmaker.errors import InvalidParameter

PLAIN = {
    "\u2212": "-",
    "\u2013": "-",
    "\u2018": "'",
    "\u2019": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u00b2": "2",
}
"""What stands for a character that the encoding of the output does not hold; else a question mark does."""


def plain_characters(error: UnicodeError) -> tuple[str, int]:
    """Stand-ins for what an encoding does not hold, as a handler of encoding errors."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    missing = error.object[error.start : error.end]
    return "".join(PLAIN.get(one, "?") for one in missing), error.end


def write_what_the_output_can_hold() -> None:
    """Let no character end a command where the output is not UTF-8, as in files that Windows redirects to."""
    codecs.register_error("plain", plain_characters)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="plain")


def print_json(answer: Any) -> None:
    """Print an answer as JSON."""
    from pydantic import TypeAdapter

    typer.echo(TypeAdapter(type(answer)).dump_json(answer, indent=2).decode())


def print_csv(rows: Iterable[Mapping[str, Any]]) -> None:
    """Print rows as CSV."""
    from matchmaker.models.tables import to_csv

    for line in to_csv(rows):
        typer.echo(line, nl=False)


def write_file(path: Path, content: str | bytes) -> None:
    """Write a file and say so.

    Raises:
        InvalidParameter: it can't be written.
    """
    try:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InvalidParameter(
            f"{path} can't be written: {reason}.", "Name a file in a folder that exists."
        ) from error
    typer.echo(f"Wrote {path}")
