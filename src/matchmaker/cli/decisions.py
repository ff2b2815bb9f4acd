"""The commands `matchmaker decisions ...`."""

from __future__ import annotations

import os
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from matchmaker.cli.context import code_of
from matchmaker.errors import InvalidParameter

if TYPE_CHECKING:
    from matchmaker.api.audit_log.log import DecisionLog

app = typer.Typer(
    help="The decision log: what was shown, what was chosen and why; nothing in it changes.",
    no_args_is_help=True,
)
Log = Annotated[
    str,
    typer.Option(
        "--log",
        metavar="URL",
        envvar="MATCHMAKER_DECISIONS",
        help="sqlite:///FILE or postgresql://...",
        show_default=False,
    ),
]
Recipient = Annotated[
    str | None,
    typer.Option(
        "--recipient",
        metavar="ORGANISATION",
        parser=code_of,
        help="Only decisions for this organisation, by code or name.",
    ),
]


def _log(url: str, existing: bool = True) -> closing[DecisionLog]:
    from matchmaker.api.audit_log.log import DecisionLog

    if not url:
        step = "Add --log sqlite:///decisions.db, or set MATCHMAKER_DECISIONS."
        raise InvalidParameter("No decision log is named.", step)
    head = os.environ.get("MATCHMAKER_DECISIONS_HEAD")
    return closing(DecisionLog(url, existing, Path(head) if head else None))


@app.command("list")
def list_(
    log: Log = "",
    recipient: Recipient = None,
    limit: Annotated[int, typer.Option(min=1, help="How many; the latest are shown.")] = 20,
    due: Annotated[
        bool,
        typer.Option("--due", help="Those of a year ago or earlier of which nothing is on record since."),
    ] = False,
) -> None:
    """List the latest decisions."""
    from collections import deque

    from matchmaker.cli.terminal.decisions import show_decisions

    code = recipient
    with _log(log) as found:
        waiting = found.due(recipient=code) if due else None
        total = found.count(code) if waiting is None else len(waiting)
        show_decisions(list(deque(found.entries(code) if waiting is None else waiting, limit)), total)


@app.command()
def export(
    log: Log = "",
    recipient: Recipient = None,
    to: Annotated[Path | None, typer.Option(metavar="FILE", help="A .csv or .jsonl file.")] = None,
) -> None:
    """Write the log as CSV for a spreadsheet, or as JSON lines with every part; default: print CSV."""
    from matchmaker.api.audit_log.export import as_csv, as_json_lines

    forms = {".csv": as_csv, ".jsonl": as_json_lines}
    form = as_csv if to is None else forms.get(to.suffix.lower())
    if form is None:
        raise InvalidParameter(f"{to} is neither .csv nor .jsonl.", "Give the file one of these endings.")
    with _log(log) as found:
        lines = form(found.entries(recipient))
        if to is None:
            sys.stdout.writelines(lines)
            return
        try:
            with to.open("w", encoding="utf-8", newline="") as file:
                file.writelines(lines)
        except OSError as error:
            raise InvalidParameter(
                f"{to} can't be written: {error.strerror}.", "Name another file."
            ) from error
    typer.echo(f"Wrote {to}")


@app.command()
def verify(
    log: Log = "",
    holds: Annotated[
        str | None,
        typer.Option(metavar="HASH", help="Also check that the entry with this hash is still there."),
    ] = None,
) -> None:
    """Check that no entry was changed, left out or put in; ends with 1 if one was."""
    with _log(log) as entries:
        found = entries.verify(holds)
    if found.fault is not None:
        typer.echo(
            f"The log is not whole. {found.fault} {found.entries} entries before it are whole.", err=True
        )
        raise typer.Exit(1)
    typer.echo(f"The log is whole: {found.entries} entries. Keep the last hash elsewhere: {found.head}")


@app.command()
def migrate(log: Log = "") -> None:
    """Make the tables of the log, or bring them to the form of this version."""
    with _log(log, existing=False) as made:
        typer.echo(f"The decision log has form {made.migrate()}.")
