"""Commands that run the service, describe its API and look after its keys."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer

from matchmaker.cli.context import sector_name
from matchmaker.cli.options import parse_date

KEY_DAYS = 365
"""Days for which a key is valid where nothing is said."""
APPLICATION = "matchmaker.web.app:create_app"

app = typer.Typer()
keys_app = typer.Typer(help="Make, list and revoke API keys for the service.", no_args_is_help=True)
File = Annotated[
    Path,
    typer.Option(
        "--file", envvar="MATCHMAKER_KEYS", metavar="FILE", help="The file that keeps the hashes of the keys."
    ),
]


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="How many processes.")] = 1,
) -> None:
    """Serve the pages and the API of every sector, or of one; docs/operations.md lists the settings."""
    from matchmaker.api.server import run
    from matchmaker.sector import load_sector

    if name := sector_name.get():
        os.environ["MATCHMAKER_SERVE_SECTORS"] = load_sector(name).name  # where workers read it
    run(APPLICATION, host, port, workers)


@app.command()
def openapi(
    to: Annotated[Path, typer.Option(metavar="FILE", help="File to write.")] = Path("docs/openapi.json"),
) -> None:
    """Write the description of the API (OpenAPI 3.1), with real answers as examples."""
    from matchmaker.api.app import write_description

    write_description(to, sector_name.get())
    typer.echo(f"Wrote {to}")


@keys_app.command("create")
def create_key(
    name: Annotated[str, typer.Argument(help="Who or what the key is for.")],
    file: File,
    scope: Annotated[
        list[str] | None, typer.Option(help="What it allows: read, decide or admin; as often as needed.")
    ] = None,
    expires: Annotated[
        date | None,
        typer.Option(
            metavar="DATE",
            parser=parse_date,
            help="The last day on which it is valid; a year from now by default.",
        ),
    ] = None,
    never_expires: Annotated[bool, typer.Option(help="Make it valid until it is revoked.")] = False,
) -> None:
    """Make a key; it is shown once and kept nowhere."""
    from matchmaker.api.auth.keys import create

    if expires is None and not never_expires:
        expires = date.today() + timedelta(days=KEY_DAYS)
    key = create(file, name, scope or ["read"], None if never_expires else expires)
    typer.echo("Keep this key safe: it can't be shown again.", err=True)
    typer.echo(key)


@keys_app.command("list")
def list_keys(file: File) -> None:
    """List the keys by name, without their secrets."""
    from matchmaker.api.auth.keys import read
    from matchmaker.cli.terminal.tables import print_table
    from matchmaker.dates import format_date

    rows = [
        (
            key.id,
            key.name,
            ", ".join(key.scopes),
            format_date(key.created),
            "for ever" if key.expires is None else format_date(key.expires),
        )
        for key in read(file)
    ]
    print_table(("Id", "Name", "Scopes", "Made on", "Valid until"), rows)


@keys_app.command("revoke")
def revoke_key(key: Annotated[str, typer.Argument(help="Its id or its name.")], file: File) -> None:
    """Revoke a key; a running service refuses it from its next request on."""
    from matchmaker.api.auth.keys import revoke

    gone = revoke(file, key)
    typer.echo(f"Revoked {gone.id} ({gone.name}).")
