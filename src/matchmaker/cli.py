"""The command `matchmaker`: shortlists, profiles, the snapshot and the service, in a terminal."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from matchmaker.errors import BadFile, MatchmakerError, OutOfRange

if TYPE_CHECKING:
    from matchmaker.models.engine import Matchmaker

app = typer.Typer(
    name="matchmaker",
    help="Options to consider when an English NHS trust needs a partner, from published figures.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
snapshot_app = typer.Typer(
    help="Build, check and describe the snapshot of published figures.", no_args_is_help=True
)
app.add_typer(snapshot_app, name="snapshot")

AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="YYYY-MM-DD",
        help="Use only what was known on this day. Default: the snapshot's day.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the whole answer as JSON.")]
Asked = Annotated[str, typer.Argument(metavar="TRUST", help="ODS code or name, for example RPA or Medway.")]


def main() -> None:
    """Run the command; every error a user can mend is one sentence and the next step."""
    try:
        app()
    except BadFile as error:
        for fault in error.faults:
            typer.echo(f"- {fault}", err=True)
        files = len({fault.file for fault in error.faults})
        many = f"{len(error.faults)} faults in {files} files." if len(error.faults) > 1 else "1 fault."
        typer.echo(f"{many} {error.next_step}", err=True)
        sys.exit(1)
    except MatchmakerError as error:
        typer.echo(f"{error.message} {error.next_step}", err=True)
        sys.exit(1)


def _engine() -> Matchmaker:
    from matchmaker.models.engine import Matchmaker

    return Matchmaker()


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise OutOfRange(
            f"'{text}' is not a date.", "Write it as YYYY-MM-DD, for example 2016-07-01."
        ) from error


def _print_json(value: Any) -> None:
    from pydantic import TypeAdapter

    typer.echo(TypeAdapter(type(value)).dump_json(value, indent=2).decode())


@app.command()
def shortlist(
    trust: Asked,
    for_: Annotated[
        str, typer.Option("--for", help="The arrangement, or a TOML file of your own.")
    ] = "buddying",
    as_of: AsOf = None,
    limit: Annotated[int, typer.Option(min=1, help="How many options to show.")] = 10,
    excluded: Annotated[
        bool, typer.Option("--excluded", help="List the excluded of the same kind with their reasons.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Rank options to consider for a trust that needs a partner, with reasons."""
    from matchmaker.models.arrangement import arrangement, read_arrangement

    how = read_arrangement(Path(for_)) if for_.endswith(".toml") else arrangement(for_)
    answer = _engine().shortlist(trust, how, _day(as_of), limit)
    if json:
        _print_json(answer)
        return
    from matchmaker.terminal import show_shortlist

    show_shortlist(answer, excluded)


@app.command("trust")
def trust_(trust: Asked, as_of: AsOf = None, json: AsJson = False) -> None:
    """Show the profile of one trust: figures, percentile among its kind, age and source."""
    from matchmaker.features.profile import profile_of

    engine = _engine()
    profiles = engine.profiles(_day(as_of))
    found = engine.find(trust, profiles.as_of)
    profile = profile_of(profiles, found.organisation.ods)
    if json:
        _print_json(profile)
        return
    from matchmaker.terminal import show_profile

    show_profile(profile, found)


@app.command()
def trusts(
    search: Annotated[
        str, typer.Argument(help="Part of a name, a region or a system; nothing lists all.")
    ] = "",
    as_of: AsOf = None,
) -> None:
    """List trusts open on a day, with code, kind, region and system."""
    from matchmaker.terminal import show_trusts

    engine = _engine()
    organisations = engine.profiles(_day(as_of)).organisations
    wanted = search.casefold()
    rows = [
        row
        for row in organisations.select("ods", "name", "kind", "region", "system").iter_rows()
        if all(word in " ".join(str(cell) for cell in row).casefold() for word in wanted.split())
    ]
    if not rows:
        raise OutOfRange(f"No open trust matches '{search}'.", "Try a shorter part of the name.")
    show_trusts(rows)


@app.command()
def arrangements() -> None:
    """List the arrangements with what they weigh and why."""
    from matchmaker.models.arrangement import arrangements as known
    from matchmaker.terminal import show_arrangements

    show_arrangements(list(known().values()))


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
) -> None:
    """Serve shortlists over HTTP; the API's description is at /docs."""
    import uvicorn

    from matchmaker.api.app import create_app

    uvicorn.run(create_app(), host=host, port=port)


@snapshot_app.command()
def build(
    from_: Annotated[Path, typer.Option("--from", metavar="DIR", help="The folder of official files.")],
    to: Annotated[Path | None, typer.Option(help="File to write. Default: the snapshot in use.")] = None,
    add: Annotated[
        list[Path] | None, typer.Option(help="A further file; name its publication with --source.")
    ] = None,
    source: Annotated[
        list[str] | None, typer.Option(help="Publication of each --add, in the same order.")
    ] = None,
) -> None:
    """Compile a snapshot from official files; the old one stays until the new one is whole."""
    from matchmaker.snapshot.build import build as compile_snapshot
    from matchmaker.terminal import progress, show_report

    added, sources = add or [], source or []
    if len(added) != len(sources):
        step = "Give as many --source as --add; 'matchmaker snapshot sources' lists them."
        raise OutOfRange(f"There are {len(added)} files to add and {len(sources)} sources.", step)
    with progress("Reading") as tell:
        made, report = compile_snapshot(from_, to, list(zip(added, sources, strict=True)), tell)
    show_report(made, report)


@snapshot_app.command()
def verify(path: Annotated[Path | None, typer.Argument(help="Default: the snapshot in use.")] = None) -> None:
    """Check every table of a snapshot against its hashes."""
    from matchmaker.snapshot import load

    found = load(path)
    found.verify()
    typer.echo(f"{found.path.name} is whole: {len(found.manifest['tables'])} tables, hash {found.hash}.")


@snapshot_app.command()
def diff(
    a: Annotated[Path, typer.Argument(help="The earlier snapshot.")],
    b: Annotated[Path | None, typer.Argument(help="The later one. Default: the snapshot in use.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Also write every changed figure to this CSV file.")
    ] = None,
) -> None:
    """Show what changed between two snapshots, and for whom."""
    from matchmaker.snapshot import load
    from matchmaker.snapshot.diff import diff as compare
    from matchmaker.terminal import show_diff

    found = compare(load(a), load(b))
    if out is not None:
        found.figures.write_csv(out)
    show_diff(found)


@snapshot_app.command()
def info(path: Annotated[Path | None, typer.Argument(help="Default: the snapshot in use.")] = None) -> None:
    """Describe a snapshot: day, hash, tables, and each source with publisher, period and licence."""
    from matchmaker.snapshot import load
    from matchmaker.terminal import show_snapshot

    show_snapshot(load(path))


@snapshot_app.command()
def document(
    to: Annotated[Path, typer.Option(metavar="DIR", help="Folder to write to.")] = Path("docs"),
) -> None:
    """Write the data dictionary, the data quality report and the list of evidence."""
    from matchmaker.models.documents import documents
    from matchmaker.snapshot import load

    for name, words in documents(load()).items():
        (to / name).write_text(words, "utf-8")
        typer.echo(f"Wrote {to / name}")


@snapshot_app.command()
def sources() -> None:
    """List the publications that can be read, and what their files are called."""
    from matchmaker.sources.publication import publications
    from matchmaker.terminal import show_publications

    show_publications(list(publications().values()))


if __name__ == "__main__":
    main()
