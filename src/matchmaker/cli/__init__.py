"""The command `matchmaker`: shortlists, profiles, the snapshot and the service, in a terminal."""

from __future__ import annotations

import sys

import typer

from matchmaker.cli import (
    catalogue,
    decisions,
    evaluation,
    organisations,
    service,
    shortlists,
    snapshot,
    training,
)
from matchmaker.errors import BadFile, MatchmakerError

app = typer.Typer(
    name="matchmaker",
    help="Options to consider when an English NHS trust needs a partner, from published figures.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
for room in (shortlists, organisations, catalogue, evaluation, service):
    app.add_typer(room.app)
app.add_typer(snapshot.app, name="snapshot")
app.add_typer(training.app, name="train")
app.add_typer(decisions.app, name="decisions")
app.add_typer(service.keys_app, name="keys")


def main() -> None:
    """Run the command; every error a user can mend is one sentence and the next step."""
    try:
        app()
    except BadFile as error:
        for fault in error.faults:
            typer.echo(f"- {fault}", err=True)
        files = len({fault.file for fault in error.faults})
        where = f"{files} files" if files > 1 else "1 file"
        many = f"{len(error.faults)} faults in {where}." if len(error.faults) > 1 else "1 fault."
        typer.echo(f"{many} {error.next_step}", err=True)
        sys.exit(1)
    except MatchmakerError as error:
        typer.echo(f"{error.message} {error.next_step}", err=True)
        sys.exit(1)
