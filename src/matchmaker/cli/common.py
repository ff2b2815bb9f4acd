"""What several commands do: open the figures, read a day, print, write a file."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from matchmaker.errors import InvalidParameter

if TYPE_CHECKING:
    from matchmaker.models.engine import Matchmaker


def engine_with(data: Path | None = None) -> Matchmaker:
    """The figures in use, with those of a file laid over them if one is given."""
    from matchmaker.models.engine import Matchmaker

    return Matchmaker() if data is None else Matchmaker().with_data(data)


def day_of(text: str | None) -> date | None:
    """A day as written on the command line.

    Raises:
        OutOfRange: it is no date.
    """
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidParameter(
            f"'{text}' is not a date.", "Write it as YYYY-MM-DD, for example 2016-07-01."
        ) from error


def print_json(value: Any) -> None:
    """Print an answer as JSON."""
    from pydantic import TypeAdapter

    typer.echo(TypeAdapter(type(value)).dump_json(value, indent=2).decode())


def print_csv(rows: list[dict[str, Any]]) -> None:
    """Print rows as CSV."""
    import polars as pl

    typer.echo(pl.DataFrame(rows, infer_schema_length=None).write_csv(), nl=False)


def write(path: Path, content: str | bytes) -> None:
    """Write a file and say so.

    Raises:
        OutOfRange: it can't be written.
    """
    try:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InvalidParameter(
            f"{path} can't be written: {reason}.", "Name a file in a folder that exists."
        ) from error
    typer.echo(f"Wrote {path}")
