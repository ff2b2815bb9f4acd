"""Answers as JSON, as CSV and as files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import typer

from matchmaker.errors import InvalidParameter


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
