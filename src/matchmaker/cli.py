"""The command `matchmaker`: shortlists, profiles, the snapshot and the service, in a terminal."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from matchmaker.cli_options import (
    Exclude,
    Focus,
    For,
    Region,
    Relax,
    System,
    UsedMethod,
    Weights,
    WithinKm,
    question,
)
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
train_app = typer.Typer(
    help="Train the models of past practice, and write their cards.", no_args_is_help=True
)
app.add_typer(train_app, name="train")

AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="YYYY-MM-DD",
        help="Use only what was known on this day. Default: the snapshot's day.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the whole answer as JSON.")]
Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        metavar="FILE",
        help="Figures of your own, laid over the published ones; see 'matchmaker template'.",
    ),
]
Limit = Annotated[int, typer.Option(min=1, help="How many options to show.")]
Asked = Annotated[str, typer.Argument(metavar="TRUST", help="ODS code or name, for example RPA or Medway.")]


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


def _engine(data: Path | None = None) -> Matchmaker:
    from matchmaker.models.engine import Matchmaker

    return Matchmaker() if data is None else Matchmaker().with_data(data)


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


def _print_csv(rows: list[dict[str, Any]]) -> None:
    import polars as pl

    typer.echo(pl.DataFrame(rows, infer_schema_length=None).write_csv(), nl=False)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise OutOfRange(
            f"{path} can't be written: {reason}.", "Name a file in a folder that exists."
        ) from error
    typer.echo(f"Wrote {path}")


@app.command()
def shortlist(
    trust: Asked,
    for_: For = "buddying",
    as_of: AsOf = None,
    limit: Limit = 10,
    method: UsedMethod = "evidence",
    beside: Annotated[
        list[str] | None, typer.Option("--beside", metavar="METHOD", help="Also show its ranks.")
    ] = None,
    weight: Weights = None,
    relax: Relax = None,
    focus: Focus = None,
    exclude: Exclude = "",
    region: Region = None,
    system: System = None,
    within_km: WithinKm = None,
    no_doubt: Annotated[
        bool, typer.Option("--no-doubt", help="Leave out how far each place can be relied on.")
    ] = False,
    excluded: Annotated[
        bool, typer.Option("--excluded", help="List the excluded of the same kind with their reasons.")
    ] = False,
    report: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write a report to this HTML file, to print or save as a PDF."),
    ] = None,
    data: Data = None,
    json: AsJson = False,
) -> None:
    """Rank options to consider for a trust that needs a partner, with reasons."""
    asked = question(for_, method, weight, relax, focus, exclude, region, system, within_km)
    engine = _engine(data)
    draws: dict[str, Any] = {"draws": 0} if no_doubt else {}
    answer = engine.shortlist(trust, as_of=_day(as_of), limit=limit, beside=beside or (), **draws, **asked)
    if report is not None:
        from matchmaker.page.shortlist import shortlist_page

        how = engine.matcher(as_of=_day(as_of), **asked).arrangement
        _write(report, shortlist_page(answer, how, engine.snapshot.sources))
        return
    if json:
        _print_json(answer)
        return
    from matchmaker.terminal_shortlist import show_shortlist

    show_shortlist(answer, excluded)


@app.command("why-not")
def why_not(
    trust: Asked,
    candidate: Annotated[str, typer.Argument(help="The candidate: ODS code or name.")],
    for_: For = "buddying",
    as_of: AsOf = None,
    limit: Limit = 10,
    method: UsedMethod = "evidence",
    weight: Weights = None,
    relax: Relax = None,
    focus: Focus = None,
    exclude: Exclude = "",
    region: Region = None,
    system: System = None,
    within_km: WithinKm = None,
    data: Data = None,
    json: AsJson = False,
) -> None:
    """Say why a candidate stands where it does, or is excluded, and what would change it."""
    from matchmaker.terminal_shortlist import show_why_not

    asked = question(for_, method, weight, relax, focus, exclude, region, system, within_km)
    answer = _engine(data).why_not(trust, candidate, as_of=_day(as_of), limit=limit, **asked)
    if json:
        _print_json(answer)
    else:
        show_why_not(answer)


@app.command()
def assign(
    for_: For = "buddying",
    recipients: Annotated[
        str,
        typer.Option(
            metavar="TRUST,TRUST",
            help="Codes or names. Default: all trusts in oversight segment 4 or 5 on the day.",
        ),
    ] = "",
    recipients_in: Annotated[
        list[str] | None, typer.Option(metavar="REGION", help="Only recipients of this region.")
    ] = None,
    as_of: AsOf = None,
    capacity: Annotated[
        int, typer.Option(help="How many recipients a partner may have, help on record included.")
    ] = 1,
    floor: Annotated[float, typer.Option(help="The least fit of a pair, 0 to 1.")] = 0.5,
    weight: Weights = None,
    relax: Relax = None,
    focus: Focus = None,
    exclude: Exclude = "",
    region: Region = None,
    system: System = None,
    within_km: WithinKm = None,
    data: Data = None,
    json: AsJson = False,
) -> None:
    """Find one option for each of many trusts at once, so that all together fit as well as can be."""
    from matchmaker.terminal_assignment import show_assignment

    asked = question(for_, "evidence", weight, relax, focus, exclude, region, system, within_km)
    named = [name.strip() for name in recipients.split(",") if name.strip()]
    answer = _engine(data).assign(
        named,
        as_of=_day(as_of),
        capacity=capacity,
        floor=floor,
        recipients_in=recipients_in or (),
        **asked,
    )
    if json:
        _print_json(answer)
    else:
        show_assignment(answer)


@app.command("trust")
def trust_(
    trust: Asked,
    as_of: AsOf = None,
    compare: Annotated[
        str | None,
        typer.Option(metavar="TRUST,TRUST", help="Put it side by side with others, by code or name."),
    ] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a page with charts to this file.")
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", help="Print one row for each feature as CSV.")] = False,
    data: Data = None,
    json: AsJson = False,
) -> None:
    """Show what is known of a trust: where it stands, its past, nearest peers and early signs."""
    from matchmaker.features.comparison import compare as side_by_side

    if sum((html is not None, csv, json)) > 1:
        raise OutOfRange("Only one form can be given at a time.", "Choose one of --html, --csv and --json.")
    engine = _engine(data)
    for note in engine.notes:
        typer.echo(f"- {note}", err=True)
    day = _day(as_of)
    others = [name.strip() for name in (compare or "").split(",") if name.strip()]
    profiles = [engine.profile(name, day) for name in (trust, *others)]
    found = side_by_side(profiles) if others else None
    if csv:
        _print_csv([row for profile in profiles for row in profile.rows()])
    elif html is not None:
        from matchmaker.page import trust_page

        _write(html, trust_page(engine.portrait(trust, day), found))
    elif json:
        _print_json(found or engine.portrait(trust, day))
    elif found is not None:
        from matchmaker.terminal_trust import show_comparison

        show_comparison(found)
    else:
        from matchmaker.terminal_trust import show_trust

        show_trust(engine.portrait(trust, day))


@app.command()
def template(
    to: Annotated[Path, typer.Argument(metavar="FILE", help="The CSV file to write.")] = Path("own-data.csv"),
    for_: Annotated[
        str | None,
        typer.Option("--for", metavar="TRUST", help="Fill in what is published of this trust."),
    ] = None,
) -> None:
    """Write a table to fill in with figures of your own, for --data; it opens in Excel."""
    from matchmaker.features.own_data import template as table

    if to.exists():
        raise OutOfRange(f"{to} is there already.", "Give another name, or move it away.")
    engine = _engine()
    ods = engine.find(for_).organisation.ods if for_ else None
    _write(to, "\ufeff" + table(engine.snapshot, ods))  # by this mark Excel knows the file as UTF-8
    typer.echo(f"Fill it in, then ask: matchmaker trust {ods or 'NEW01'} --data {to}")


@app.command()
def signs(
    as_of: AsOf = None,
    kind: Annotated[
        str | None, typer.Option(help="Only one kind of trust, for example acute or mental_health.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many trusts to show.")] = 20,
    json: AsJson = False,
) -> None:
    """List open trusts by their early signs of trouble; most of these are false alarms."""
    seen = _engine().signs(_day(as_of), kind)
    if json:
        _print_json(seen)
        return
    from matchmaker.terminal_trust import show_signs

    show_signs(seen, limit)


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
def methods() -> None:
    """List the methods of ranking."""
    from matchmaker.models.methods import METHODS
    from matchmaker.terminal import show_named

    show_named("Method", [(method.name, method.says) for method in METHODS.values()])


@app.command()
def rules() -> None:
    """List the rules that can exclude a candidate; --relax takes their names."""
    from matchmaker.models.rules import RULES
    from matchmaker.terminal import show_named

    show_named("Rule", [(name, f"Excludes: {(rule.__doc__ or '').strip()}") for name, rule in RULES.items()])


@app.command()
def evaluate(
    arrangement: Annotated[
        str | None, typer.Option(help="Only pairings of this arrangement or kind, for example buddying.")
    ] = None,
    method: Annotated[
        str | None, typer.Option(help="Only this method, beside chance and the nearest.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write the report, the tables and a summary here.")
    ] = None,
    pairings: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Score pairings of your own, a CSV file.")
    ] = None,
) -> None:
    """Replay past pairings: would a method have named the partner, and did better-suited ones help?"""
    from matchmaker.evaluation.evaluate import evaluate as replayed
    from matchmaker.evaluation.own_pairings import read_own
    from matchmaker.terminal_evaluation import show_evaluation, show_problems, steps

    engine = _engine()
    own = None if pairings is None else read_own(pairings, frozenset(engine.directory.by_code))
    if own is not None:
        show_problems(own)
    with steps() as tell:
        found = replayed(engine, arrangement, method, own, tell)
    show_evaluation(found)
    if out is not None:
        from matchmaker.page.evaluation import report_files

        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutOfRange(f"{out} can't be made: {error.strerror}.", "Name another folder.") from error
        for name, text in report_files(found).items():
            _write(out / name, text)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
) -> None:
    """Serve the pages and the API over HTTP; the API's description is at /docs."""
    import uvicorn

    from matchmaker.web.app import create_app

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


@train_app.command("models")
def train_models(
    to: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder to write to. Default: the package's own.")
    ] = None,
) -> None:
    """Train every model of past practice on the snapshot in use, and test it on unseen choices."""
    from matchmaker.models.training import SHIPPED, train
    from matchmaker.terminal import progress

    folder = to or SHIPPED
    folder.mkdir(parents=True, exist_ok=True)
    with progress("Training") as tell:
        written = dict(train(_engine(), tell))
    for name, text in written.items():
        (folder / name).write_text(text, "utf-8")
    typer.echo(f"Wrote {len(written)} files to {folder}.")


@train_app.command("cards")
def train_cards(
    to: Annotated[Path, typer.Option(metavar="FILE", help="File to write.")] = Path("docs/model-cards.md"),
) -> None:
    """Write the model cards as one page, from the models that ship with the package."""
    from matchmaker.models.model_card import document, shipped_cards

    to.write_text(document(shipped_cards()), "utf-8")
    typer.echo(f"Wrote {to}")


if __name__ == "__main__":
    main()
