"""Commands on the published figures as a dataset for others."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from matchmaker.cli.context import get_snapshot

app = typer.Typer(
    help="The figures and facts as a dataset that others can open and cite.", no_args_is_help=True
)


@app.callback()
def data() -> None:
    """The figures and facts as a dataset that others can open and cite."""


@app.command()
def export(
    to: Annotated[Path, typer.Option(metavar="DIR", help="Folder to write to.")],
    force: Annotated[bool, typer.Option("--force", help="Overwrite files that are there.")] = False,
    url: Annotated[
        str,
        typer.Option(help="The page where you will publish it, for its descriptions.", show_default=False),
    ] = "",
) -> None:
    """Write every table as CSV and Parquet, with metadata, codebook and licences."""
    from matchmaker.snapshot.export.write import export as write

    made, paths = write(get_snapshot(), to, force=force, url=url)
    size = sum(path.stat().st_size for path in paths) / 1e6
    rows = sum(table.frame.height for table in made.tables)
    typer.echo(
        f"Wrote {len(made.tables)} tables ({rows:,} rows) in {len(paths)} files, {size:.0f} MB, to {to}."
    )
    typer.echo(f"Version {made.version}, snapshot {made.snapshot[:12]}. Start with {to / 'README.md'}.")
