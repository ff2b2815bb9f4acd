"""Commands on the snapshot of published figures."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from matchmaker.cli.context import chosen_sector, get_snapshot
from matchmaker.cli.options import Force, ListAsCsv, ListAsJson, OutList, parse_date
from matchmaker.cli.output import form_of, give_list, print_json, write_file
from matchmaker.errors import InvalidParameter
from matchmaker.extras import require_readers

app = typer.Typer(help="Build, check and describe the snapshot of published figures.", no_args_is_help=True)


@app.command()
def build(
    from_: Annotated[Path, typer.Option("--from", metavar="DIR", help="The folder of official files.")],
    to: Annotated[Path, typer.Option(help="The new snapshot. No file is overwritten.")] = Path(
        "snapshot.zip"
    ),
    add: Annotated[
        list[Path] | None, typer.Option(help="A further file; name its publication with --source.")
    ] = None,
    source: Annotated[
        list[str] | None, typer.Option(help="Publication of each --add, in the same order.")
    ] = None,
    accept: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Confirm what an earlier build doubted, by the name it gave."),
    ] = None,
) -> None:
    """Compile a new snapshot from official files, and show what differs from the one in use, which stays."""
    require_readers()
    from matchmaker.cli.terminal.console import progress
    from matchmaker.cli.terminal.snapshot import show_diff, show_report, show_use
    from matchmaker.features import features
    from matchmaker.models.arrangement import arrangements
    from matchmaker.models.data_age import today
    from matchmaker.models.eligibility.rules import rules
    from matchmaker.snapshot import store
    from matchmaker.snapshot.build import build as compile_snapshot
    from matchmaker.snapshot.diff import diff as compare

    added, sources = add or [], source or []
    if len(added) != len(sources):
        step = "Give as many --source as --add; 'matchmaker snapshot sources' lists them."
        raise InvalidParameter(f"There are {len(added)} files to add and {len(sources)} sources.", step)
    sector = chosen_sector()
    for read in (features, rules, arrangements):  # their faults are told now, not at the first question
        read(sector)
    _refuse_to_overwrite(to)
    in_use = store.location(sector.name)
    before = get_snapshot(in_use) if in_use.is_file() else None
    with progress("Reading") as report_file:
        files = list(zip(added, sources, strict=True))
        snapshot, report = compile_snapshot(
            from_, to, files, report_file, sector=sector, before=before, accepted=accept or (), on=today()
        )
    show_report(snapshot, report)
    if before is not None:
        show_diff(compare(before, snapshot), sector.words.organisations)
    show_use(snapshot)


def _refuse_to_overwrite(to: Path) -> None:
    if to.exists():
        raise InvalidParameter(f"{to} is there already.", "Give another name with --to, or move it away.")


@app.command()
def use(
    new: Annotated[Path, typer.Argument(help="A snapshot that 'build' or 'add' wrote.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Put a snapshot in the place of the one in use, and keep the old one beside it."""
    from matchmaker.cli.terminal.snapshot import show_diff
    from matchmaker.snapshot import store
    from matchmaker.snapshot.diff import diff as compare

    later = get_snapshot(new)
    later.verify()
    place = store.location(later.sector.name)
    if place.resolve() == store.bundled(later.sector.name).resolve():
        step = f"Instead: export MATCHMAKER_SNAPSHOT={new.resolve()}"
        raise InvalidParameter("The snapshot in use came with the package, and stays as it is.", step)
    if place.is_file():
        earlier = get_snapshot(place)
        show_diff(compare(earlier, later), later.sector.words.organisations)
    if not yes:
        typer.confirm(f"Put {new} in the place of {place}?", abort=True)
    kept = store.put_in_place(new, place)
    typer.echo(f"{place} now has hash {later.hash[:12]}." + (f" The old one is {kept}." if kept else ""))


@app.command()
def add(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="One official file, as it was published.")],
    to: Annotated[Path, typer.Option(help="The new snapshot.")] = Path("snapshot.zip"),
    source: Annotated[
        str | None, typer.Option(help="Its publication, where the content does not tell.")
    ] = None,
) -> None:
    """Lay one official file over the snapshot in use, and write a new one; the old one stays."""
    require_readers()
    from matchmaker.cli.terminal.snapshot import show_addition
    from matchmaker.models.data_age import today
    from matchmaker.snapshot.addition import add as lay_over

    base = get_snapshot()
    _refuse_to_overwrite(to)
    show_addition(base, lay_over(base, file, to, today(), source))


@app.command()
def audit(
    from_: Annotated[Path, typer.Option("--from", metavar="DIR", help="The folder of official files.")],
    figures: Annotated[int, typer.Option(min=1, help="How many figures to check.")] = 200,
    seed: Annotated[int, typer.Option(help="Of the draw.")] = 0,
    out: Annotated[Path | None, typer.Option(help="Also write every figure drawn to this CSV file.")] = None,
) -> None:
    """Draw figures from every source and look them up in the official files without the readers."""
    from dataclasses import asdict

    from matchmaker.cli.terminal.snapshot import show_audit
    from matchmaker.models.tables import to_csv
    from matchmaker.snapshot.audit import audit as look_up

    if not from_.is_dir():
        raise InvalidParameter(f"There is no folder {from_}.", "Give the folder of official files.")
    found = look_up(get_snapshot(), from_, figures, seed)
    if out is not None:
        write_file(out, "".join(to_csv(map(asdict, found))))
    show_audit(found)
    if any(one.status == "wrong" for one in found):
        raise typer.Exit(1)


@app.command()
def coverage(
    features: Annotated[
        str | None,
        typer.Option(metavar="FEATURE,FEATURE", help="Default: those that the quality report counts."),
    ] = None,
    from_: Annotated[
        date | None,
        typer.Option(
            "--from", metavar="YYYY-MM-DD", parser=parse_date, help="Pairings that began then or later."
        ),
    ] = None,
    to: Annotated[
        date | None,
        typer.Option(metavar="YYYY-MM-DD", parser=parse_date, help="Pairings that began then or earlier."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Also write one row per pairing to this CSV file.")] = None,
) -> None:
    """Count the past pairings of which figures were known of both sides on the day before."""
    from matchmaker.cli.terminal.snapshot import show_coverage
    from matchmaker.evaluation.pairing_coverage import counted_features, known_of_pairings

    snapshot = get_snapshot()
    names = [one.strip() for one in features.split(",")] if features else counted_features(snapshot.sector)
    known = known_of_pairings(snapshot, names, from_, to)
    if out is not None:
        write_file(out, known.write_csv())
    show_coverage(known, snapshot.sector)


@app.command()
def verify(path: Annotated[Path | None, typer.Argument(help="Default: the snapshot in use.")] = None) -> None:
    """Check every table of a snapshot against its hashes."""
    snapshot = get_snapshot(path)
    snapshot.verify()
    n_tables = len(snapshot.manifest["tables"])
    typer.echo(f"{snapshot.path.name} is whole: {n_tables} tables, hash {snapshot.hash}.")


@app.command()
def diff(
    a: Annotated[Path, typer.Argument(help="The earlier snapshot.")],
    b: Annotated[Path | None, typer.Argument(help="The later one. Default: the snapshot in use.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Also write every changed figure to this CSV file.")
    ] = None,
) -> None:
    """Show what changed between two snapshots, and for whom."""
    from matchmaker.cli.terminal.snapshot import show_diff
    from matchmaker.snapshot.diff import diff as compare

    earlier, later = get_snapshot(a), get_snapshot(b)
    changes = compare(earlier, later)
    if out is not None:
        changes.figures.write_csv(out)
    show_diff(changes, later.sector.words.organisations)


@app.command()
def info(
    path: Annotated[Path | None, typer.Argument(help="Default: the snapshot in use.")] = None,
    out: OutList = None,
    force: Force = False,
    csv: ListAsCsv = False,
    json: ListAsJson = False,
) -> None:
    """Describe a snapshot: day, hash, tables, and each source with publisher, period and licence."""
    from matchmaker.cli.terminal.snapshot import show_snapshot

    form, snapshot = form_of(out, force, csv, json), get_snapshot(path)
    rows = [one | {"files": len(one["files"])} for one in snapshot.sources.values()]
    if json and out is None:
        print_json(dict(snapshot.manifest))
    else:
        give_list(form, "Sources of the snapshot", rows, lambda: show_snapshot(snapshot))


@app.command()
def document(
    to: Annotated[Path, typer.Option(metavar="DIR", help="Folder to write to.")] = Path("docs"),
) -> None:
    """Write the data dictionary, the data quality report and the list of evidence."""
    from matchmaker.docgen import documents

    for name, text in documents(get_snapshot()).items():
        write_file(to / name, text)


@app.command()
def sources(
    out: OutList = None, force: Force = False, csv: ListAsCsv = False, json: ListAsJson = False
) -> None:
    """List the publications that can be read, and what their files are called."""
    from matchmaker.cli.terminal.snapshot import show_publications
    from matchmaker.sources.publication import publications

    form, known = form_of(out, force, csv, json), list(publications(chosen_sector()).values())
    rows = [
        {"id": one.id, "publisher": one.publisher, "title": one.title, "files": "; ".join(one.files)}
        for one in known
    ]
    give_list(form, "Publications", rows, lambda: show_publications(known))
