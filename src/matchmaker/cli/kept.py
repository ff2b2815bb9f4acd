"""The commands `matchmaker kept ...`: working shortlists, in a file or in the store."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from matchmaker.cli import options
from matchmaker.cli.context import code_of
from matchmaker.cli.decisions import Log
from matchmaker.cli.output import check_out, write_out
from matchmaker.errors import InvalidParameter

if TYPE_CHECKING:
    from matchmaker.api.kept.changes import Change
    from matchmaker.api.kept.shortlist import KeptShortlist
    from matchmaker.api.kept.store import KeptStore

NEW = "new"
app = typer.Typer(
    help="Working shortlists: keep options of any list, rule some out, write notes, come back later.",
    no_args_is_help=True,
)
List = Annotated[
    str,
    typer.Argument(
        metavar="LIST", help="A file that ends in .json, or the id of one in the store (see --log)."
    ),
]
Code = Annotated[str, typer.Argument(metavar="ORGANISATION", parser=code_of, help="Its code or name.")]
By = Annotated[str, typer.Option("--by", metavar="WHO", help="Who does it, in your own words.")]
For = Annotated[
    str | None,
    typer.Option("--for", metavar="ARRANGEMENT", help="Only for this form of partnership; default: all."),
]


@app.command("list")
def list_(
    log: Log = "",
    recipient: Annotated[
        str | None,
        typer.Option(
            metavar="ORGANISATION", parser=code_of, help="Only those for this organisation, by code or name."
        ),
    ] = None,
) -> None:
    """List the working shortlists in the store, the latest changed first."""
    from matchmaker.cli.context import chosen_sector
    from matchmaker.cli.terminal.kept import show_all

    with _store(log) as store:
        show_all(store.all(chosen_sector().name, recipient))


@app.command()
def show(
    name: List,
    log: Log = "",
    out: options.Out = None,
    force: options.Force = False,
    as_json: options.AsJson = False,
    as_csv: options.AsCsv = False,
) -> None:
    """Print one, or write it as a paper: what was kept, what was ruled out and why, and all notes."""
    from matchmaker.api.kept.files import to_json, to_rows
    from matchmaker.cli.terminal.kept import show_kept
    from matchmaker.models.tables import to_csv

    check_out(out, force=force, briefing=False, csv=as_csv, json=as_json)
    kept = _read(name, log)
    if out is not None:
        from matchmaker.api.kept.paper import kept_paper
        from matchmaker.api.kept.today import kept_today
        from matchmaker.cli.context import get_engine

        engine = get_engine()
        write_out(out, kept_paper(kept_today(engine, kept), engine.sector))
    elif as_json:
        typer.echo(to_json(kept), nl=False)
    elif as_csv:
        sys.stdout.writelines(to_csv(to_rows(kept)))
    else:
        show_kept(kept)


@app.command()
def keep(
    name: Annotated[
        str,
        typer.Argument(
            metavar="LIST",
            help="A .json file, made where there is none; the id of one in the store; or 'new'.",
        ),
    ],
    candidates: Annotated[list[str], typer.Argument(metavar="OPTION...", help="Codes or names to keep.")],
    recipient: Annotated[
        str | None, typer.Option(metavar="ORGANISATION", help="Whom a new list is for: its code or name.")
    ] = None,
    called: Annotated[str, typer.Option("--name", help="What to call a new list.")] = "",
    by: By = "",
    arrangement: options.Arrangement = None,
    as_of: options.AsOf = None,
    method: options.Method = "evidence",
    weight: options.Weights = None,
    relax: options.Relax = None,
    focus: options.Focus = None,
    service: options.Service = None,
    exclude: options.Exclude = None,
    region: options.Region = None,
    locality: options.Locality = None,
    within_km: options.WithinKm = None,
    outside_group: options.OutsideGroup = False,
    log: Log = "",
) -> None:
    """Keep options, with their rank on the list that the options of this command ask for."""
    from matchmaker.api.kept import changes
    from matchmaker.cli.context import get_engine
    from matchmaker.cli.terminal.kept import show_kept

    engine = get_engine()
    fields = {
        "arrangement": arrangement or engine.sector.display.arrangements[0],
        "as_of": as_of,
        "method": method,
        "weights": weight or (),
        "relax": relax or (),
        "focus": focus or (),
        "service": service,
        "exclude": exclude,
        "region": region or (),
        "locality": locality or (),
        "within_km": within_km,
        "outside_group": outside_group,
    }
    query = options.shortlist_query(engine.sector, fields)
    begun = name == NEW or (_is_file(name) and not Path(name).exists())
    if begun:
        if recipient is None:
            raise InvalidParameter("A new list needs somebody whom it is for.", "Add --recipient NAME.")
        kept = changes.begin(engine, recipient, called)
    else:
        kept = _read(name, log)
    change = changes.keep(changes.options_of(engine, kept.recipient, query, candidates, by))
    if not begun:
        show_kept(_change(name, log, change))
        return
    kept = change(kept)
    if name == NEW:
        with _store(log, existing=False) as store:
            kept = store.add(kept)
    else:
        _write(Path(name), kept)
    show_kept(kept)


@app.command("rule-out")
def rule_out(
    name: List,
    code: Code,
    reason: Annotated[str, typer.Argument(help="Why.")],
    by: By = "",
    arrangement: For = None,
    log: Log = "",
) -> None:
    """Rule one out, with the reason; it stays on the list as ruled out."""
    from matchmaker.api.kept import changes

    _change_and_show(name, log, changes.rule_out(code, reason, by, arrangement))


@app.command("bring-back")
def bring_back(name: List, code: Code, by: By = "", arrangement: For = None, log: Log = "") -> None:
    """Consider one again that was ruled out."""
    from matchmaker.api.kept import changes

    _change_and_show(name, log, changes.bring_back(code, by, arrangement))


@app.command()
def note(
    name: List,
    text: Annotated[str, typer.Argument(help="What was said or found out, such as what came of a call.")],
    about: Annotated[
        str | None,
        typer.Option(
            metavar="ORGANISATION",
            parser=code_of,
            help="Which organisation it is about, by code or name; default: the whole list.",
        ),
    ] = None,
    by: By = "",
    arrangement: For = None,
    log: Log = "",
) -> None:
    """Write a note on one option, or on the whole list."""
    from matchmaker.api.kept import changes

    _change_and_show(name, log, changes.write_note(text, by, about, arrangement))


@app.command("take-off")
def take_off(name: List, code: Code, arrangement: For = None, log: Log = "") -> None:
    """Take one off the list, with its notes, as if it had not been kept."""
    from matchmaker.api.kept import changes

    _change_and_show(name, log, changes.take_off(code, arrangement))


@app.command()
def rename(
    name: List, to: Annotated[str, typer.Argument(metavar="NAME", help="The new name.")], log: Log = ""
) -> None:
    """Give a list another name."""
    from matchmaker.api.kept import changes

    _change_and_show(name, log, changes.rename(to))


@app.command()
def save(
    name: List, to: Annotated[Path, typer.Argument(metavar="FILE", help="A .json file.")], log: Log = ""
) -> None:
    """Save a list from the store as a file, which the pages can load too."""
    _write(to, _read(name, log))
    typer.echo(f"Wrote {to}")


@app.command()
def load(file: Annotated[Path, typer.Argument(metavar="FILE", help="A .json file.")], log: Log = "") -> None:
    """Put a list from a file into the store, as a new one; its id is printed."""
    with _store(log, existing=False) as store:
        typer.echo(store.add(_read(str(file), log)).id)


@app.command()
def delete(name: List, log: Log = "") -> None:
    """Delete a list from the store, with all its notes; decisions stay on record."""
    from matchmaker.cli.context import chosen_sector

    if _is_file(name):
        raise InvalidParameter(f"{name} is a file.", "Delete it as any other file.")
    with _store(log) as store:
        store.delete(chosen_sector().name, name)
    typer.echo(f"Deleted {name}")


@contextmanager
def _store(url: str, existing: bool = True) -> Iterator[KeptStore]:
    from matchmaker.api.audit_log.store import Store
    from matchmaker.api.kept.store import KeptStore

    if not url:
        step = "Name a .json file, add --log sqlite:///decisions.db, or set MATCHMAKER_DECISIONS."
        raise InvalidParameter("No store is named.", step)
    store = Store(url, existing)
    try:
        yield KeptStore(store)
    finally:
        store.close()


def _is_file(name: str) -> bool:
    return name.lower().endswith(".json")


def _read(name: str, log: str) -> KeptShortlist:
    from matchmaker.api.kept.files import from_json
    from matchmaker.cli.context import chosen_sector

    if not _is_file(name):
        with _store(log) as store:
            return store.get(chosen_sector().name, name)
    try:
        return from_json(Path(name).read_bytes())
    except OSError as error:
        raise InvalidParameter(f"{name} can't be read: {error.strerror}.", "Name another file.") from error


def _write(file: Path, kept: KeptShortlist) -> None:
    from matchmaker.api.kept.files import to_json

    if not _is_file(file.name):
        raise InvalidParameter(f"{file} does not end in .json.", "Give the file that ending.")
    try:
        file.write_bytes(to_json(kept.without_id()))
    except OSError as error:
        raise InvalidParameter(f"{file} can't be written: {error.strerror}.", "Name another file.") from error


def _change(name: str, log: str, change: Change) -> KeptShortlist:
    from matchmaker.cli.context import chosen_sector

    if _is_file(name):
        kept = change(_read(name, log))
        _write(Path(name), kept)
        return kept
    with _store(log) as store:
        return store.change(chosen_sector().name, name, change)


def _change_and_show(name: str, log: str, change: Change) -> None:
    from matchmaker.cli.terminal.kept import show_kept

    show_kept(_change(name, log, change))
