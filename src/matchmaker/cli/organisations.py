"""Commands about organisations: one, several side by side, the list, early-warning signs, own figures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from matchmaker.cli.context import get_engine
from matchmaker.cli.options import (
    Arrangement,
    AsCsv,
    AsJson,
    AsOf,
    Briefing,
    Data,
    Force,
    ListAsCsv,
    ListAsJson,
    Organisation,
    Out,
    OutList,
    shortlist_query,
)
from matchmaker.cli.output import form_of, give, give_list, write_file
from matchmaker.errors import InvalidParameter, UnknownOrganisation

if TYPE_CHECKING:
    from matchmaker.features.types import Comparison
    from matchmaker.models.engine import Matchmaker
    from matchmaker.models.types import WhyNot
    from matchmaker.reports.papers.document import Paper

app = typer.Typer()


@app.command()
def organisation(
    organisation: Organisation,
    as_of: AsOf = None,
    compare: Annotated[
        str | None,
        typer.Option(
            metavar="ORGANISATION,ORGANISATION", help="Put it side by side with others, by code or name."
        ),
    ] = None,
    out: Out = None,
    briefing: Briefing = False,
    force: Force = False,
    html: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write a page with charts to this file.", hidden=True),
    ] = None,
    csv: AsCsv = False,
    data: Data = None,
    json: AsJson = False,
) -> None:
    """Show what is known of an organisation: its profile and history, nearest peers and warning signs."""
    from matchmaker.features.comparison import compare as compare_profiles

    form = form_of(out, force, csv, json, briefing)
    engine = get_engine(data)
    for note in engine.notes:
        typer.echo(f"- {note}", err=True)
    others = [name.strip() for name in (compare or "").split(",") if name.strip()]
    profiles = [engine.profile(name, as_of) for name in (organisation, *others)]
    comparison = compare_profiles(profiles) if others else None
    for name in (organisation, *others) if csv or others else ():
        if sentence := engine.find(name, as_of).matched.sentence:
            typer.echo(f"- {sentence}", err=True)
    overview = None if comparison is not None or csv else engine.overview(organisation, as_of)
    if html is not None:
        from matchmaker.reports.organisation import organisation_report

        shown = overview or engine.overview(organisation, as_of)
        write_file(html, organisation_report(shown, engine.sector, comparison), quiet=csv or json)
        if out is None and not (csv or json):
            return

    def paper() -> Paper:
        if comparison is not None:
            from matchmaker.reports.papers.comparison import comparison_paper

            side_by_side = engine.compare((organisation, *others), as_of)
            return comparison_paper(side_by_side, engine.profiles(as_of))
        from matchmaker.reports.papers.organisation import organisation_paper

        about = overview or engine.overview(organisation, as_of)
        return organisation_paper(about, engine.profiles(as_of))

    def show() -> None:
        if comparison is not None:
            from matchmaker.cli.terminal.comparison import show_comparison

            show_comparison(comparison, engine.sector)
        elif overview is not None:
            from matchmaker.cli.terminal.organisation import show_organisation

            new = tuple(note for note in overview.notes if note not in engine.notes)
            show_organisation(replace(overview, notes=new), engine.sector)

    rows = (row for profile in profiles for row in profile.rows())
    give(form, comparison or overview, lambda: rows, show, paper)


@app.command()
def compare(
    organisations: Annotated[
        list[str],
        typer.Argument(
            metavar="ORGANISATION...", help="Two to eight, by code or name; the first is asked about."
        ),
    ],
    own: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="RULE",
            help="A set of your own to compare with: type=NAME, region=NAME or FEATURE=1,2, all of which "
            "must hold; or codes with commas between them, which are added. As often as needed.",
        ),
    ] = None,
    arrangement: Arrangement = None,
    as_of: AsOf = None,
    out: Out = None,
    briefing: Briefing = False,
    force: Force = False,
    data: Data = None,
    csv: AsCsv = False,
    json: AsJson = False,
) -> None:
    """Put two to eight organisations side by side, with the spread of each figure in type and region."""
    form = form_of(out, force, csv, json, briefing)
    engine = get_engine(data)
    for note in engine.notes:
        typer.echo(f"- {note}", err=True)
    for name in organisations:
        if sentence := engine.find(name, as_of).matched.sentence:
            typer.echo(f"- {sentence}", err=True)
    found = engine.compare(organisations, as_of, own=own or ())
    answers = _ranks(engine, found, arrangement) if arrangement is not None else ()

    def paper() -> Paper:
        from matchmaker.reports.papers.comparison import comparison_paper

        how = [("Ranked for", str(arrangement))] if arrangement else []
        return comparison_paper(found, engine.profiles(as_of), answers, how)

    def show() -> None:
        from matchmaker.cli.terminal.comparison import show_comparison

        for one in answers:
            where = f"rank {one.rank}" if one.rank else f"left out; else rank {one.unrestricted_rank}"
            typer.echo(f"{one.candidate.name} ({one.candidate.code}): {where}, fit {one.fit:.2f}")
        show_comparison(found, engine.sector)

    give(form, found, found.to_rows, show, paper)


def _ranks(engine: Matchmaker, found: Comparison, arrangement: str) -> list[WhyNot]:
    """How each of the others ranks for the first."""
    first, *others = found.profiles
    query = shortlist_query(engine.sector, {"arrangement": arrangement, "as_of": first.as_of})
    return [engine.explain(first.code, other.code, query) for other in others]


@app.command()
def template(
    to: Annotated[Path, typer.Argument(metavar="FILE", help="The CSV file to write.")] = Path("own-data.csv"),
    organisation: Annotated[
        str | None,
        typer.Option(
            "--organisation", metavar="CODE", help="Fill in what is published of the organisation named."
        ),
    ] = None,
) -> None:
    """Write a table to fill in with figures of your own, for --data; it opens in Excel."""
    from matchmaker.features.overlay_template import template as table
    from matchmaker.snapshot.overlay.columns import own_data_form

    if to.exists():
        raise InvalidParameter(f"{to} is there already.", "Give another name, or move it away.")
    engine = get_engine()
    code = engine.find(organisation).organisation.code if organisation else None
    write_file(to, "\ufeff" + table(engine.snapshot, code))  # by this mark Excel knows the file as UTF-8
    shown = code or own_data_form(engine.sector).example.get("code", engine.sector.words.code_example)
    typer.echo(f"Fill it in, then ask: matchmaker organisation {shown} --data {to}")


@app.command()
def signs(
    as_of: AsOf = None,
    org_type: Annotated[
        str | None, typer.Option("--type", help="Only organisations of this type, as the sector names it.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many organisations to show.")] = 20,
    out: Out = None,
    force: Force = False,
    csv: AsCsv = False,
    json: AsJson = False,
) -> None:
    """List open organisations by their early-warning signs; most of these are false alarms."""
    form = form_of(out, force, csv, json)
    from matchmaker.features.areas import type_named

    engine = get_engine()
    wanted = None if org_type is None else type_named(engine.sector, org_type)
    report = engine.signs(as_of, wanted)

    def paper() -> Paper:
        from matchmaker.reports.papers.early_warning import signs_paper

        return signs_paper(report, engine.sector, wanted)

    def show() -> None:
        from matchmaker.cli.terminal.early_warning import show_signs

        show_signs(report, engine.sector, limit)

    give(form, report, report.to_rows, show, paper)


@app.command()
def organisations(
    search: Annotated[
        str, typer.Argument(help="Part of a name, a region or a locality; nothing lists all.")
    ] = "",
    as_of: AsOf = None,
    out: OutList = None,
    force: Force = False,
    csv: ListAsCsv = False,
    json: ListAsJson = False,
) -> None:
    """List organisations open on a day, with code, type, region and locality, or find one by any name."""
    from matchmaker.cli.terminal.catalogue import show_organisations

    form = form_of(out, force, csv, json)
    engine = get_engine()
    frame = engine.profiles(as_of).organisations.select("code", "name", "type", "region", "locality")
    words = search.casefold().split()
    rows = [
        row
        for row in frame.iter_rows(named=True)
        if all(word in " ".join(map(str, row.values())).casefold() for word in words)
    ]
    if not rows:
        try:
            named = engine.find(search, as_of)
        except UnknownOrganisation as error:
            if error.codes:
                raise
            text = f"No open {engine.sector.words.organisation} matches '{search}'."
            raise InvalidParameter(text, "Try a shorter part of the name.") from error
        rows = frame.filter(code=named.organisation.code).to_dicts()
        for line in (named.matched.sentence, *(f"{one.name} ({one.code}) has closed." for one in named.via)):
            if line:
                typer.echo(f"- {line}", err=True)
    title = f"Open {engine.sector.words.organisations}"
    give_list(form, title, rows, lambda: show_organisations(rows, engine.sector))
