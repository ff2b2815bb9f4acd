"""The commands `matchmaker owner ...`: what the operator of a copy has still to say of itself."""

from __future__ import annotations

import typer

app = typer.Typer(help="Who runs this copy: what the statutory pages need to be true.", no_args_is_help=True)


@app.command()
def check() -> None:
    """Say which settings are missing and which pages lack them; ends with 1 if one is."""
    from matchmaker.api.settings import from_environment
    from matchmaker.cli.context import chosen_sector
    from matchmaker.web.presenters.owner import left_to_owner, owner_of

    sector = chosen_sector()
    owner = owner_of(from_environment(), [sector])
    for setting, pages in owner.missing:
        typer.echo(f"{setting} is not set. Needed for: {pages}.")
    left = left_to_owner(owner, sector)
    for name, wanted in left:
        typer.echo(f"Transparency record, '{name}': {wanted}.")
    if owner.missing or left:
        raise typer.Exit(1)
    typer.echo("Nothing is missing.")


@app.command()
def template() -> None:
    """Print the fields of the transparency record that are left to the owner, as a file to fill in."""
    from matchmaker.api.settings import from_environment
    from matchmaker.cli.context import chosen_sector
    from matchmaker.web.presenters.owner import left_to_owner, owner_of

    sector = chosen_sector()
    typer.echo("# Fill in, and name this file in MATCHMAKER_OWNER_RECORD. An empty text leaves a field out.")
    for name, wanted in left_to_owner(owner_of(from_environment(), [sector]), sector):
        typer.echo(f'\n# {wanted}.\n"{name}" = ""')
