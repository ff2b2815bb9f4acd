"""Errors of users: each is one sentence and the next step, on the error stream."""

from __future__ import annotations

import typer

from matchmaker.cli.options import option_of
from matchmaker.errors import BadFile, MatchmakerError, grouped


def show_error(error: MatchmakerError) -> None:
    """Print what is wrong, which option says so, and what to do next."""
    if isinstance(error, BadFile):
        for told in grouped(error.faults):
            typer.echo(f"- {told}", err=True)
        n_files = len({issue.file for issue in error.faults})
        where = f"{n_files} files" if n_files > 1 else "1 file"
        count = f"{len(error.faults)} faults in {where}." if len(error.faults) > 1 else "1 fault."
        typer.echo(f"{count} {error.next_step}", err=True)
    else:
        place = f"{option_of(str(error.loc[0]))}: " if error.loc else ""
        typer.echo(f"{place}{error.message} {error.next_step}", err=True)
        if words := getattr(error, "database", ""):
            typer.echo(f"The database says: {words}", err=True)
