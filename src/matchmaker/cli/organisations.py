"""Commands about trusts: one, several side by side, the list, early signs, own figures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from matchmaker.cli.common import day_of, engine_with, print_csv, print_json, write
from matchmaker.cli.options import AsJson, Asked, AsOf, Data
from matchmaker.errors import InvalidParameter

app = typer.Typer()


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
        raise InvalidParameter(
            "Only one form can be given at a time.", "Choose one of --html, --csv and --json."
        )
    engine = engine_with(data)
    for note in engine.notes:
        typer.echo(f"- {note}", err=True)
    day = day_of(as_of)
    others = [name.strip() for name in (compare or "").split(",") if name.strip()]
    profiles = [engine.profile(name, day) for name in (trust, *others)]
    found = side_by_side(profiles) if others else None
    if csv:
        print_csv([row for profile in profiles for row in profile.rows()])
    elif html is not None:
        from matchmaker.reports import trust_page

        write(html, trust_page(engine.overview(trust, day), found))
    elif json:
        print_json(found or engine.overview(trust, day))
    elif found is not None:
        from matchmaker.cli.terminal.organisation import show_comparison

        show_comparison(found)
    else:
        from matchmaker.cli.terminal.organisation import show_trust

        show_trust(engine.overview(trust, day))


@app.command()
def template(
    to: Annotated[Path, typer.Argument(metavar="FILE", help="The CSV file to write.")] = Path("own-data.csv"),
    for_: Annotated[
        str | None,
        typer.Option("--for", metavar="TRUST", help="Fill in what is published of this trust."),
    ] = None,
) -> None:
    """Write a table to fill in with figures of your own, for --data; it opens in Excel."""
    from matchmaker.features.overlay_template import template as table

    if to.exists():
        raise InvalidParameter(f"{to} is there already.", "Give another name, or move it away.")
    engine = engine_with()
    code = engine.find(for_).organisation.code if for_ else None
    write(to, "\ufeff" + table(engine.snapshot, code))  # by this mark Excel knows the file as UTF-8
    typer.echo(f"Fill it in, then ask: matchmaker trust {code or 'NEW01'} --data {to}")


@app.command()
def signs(
    as_of: AsOf = None,
    org_type: Annotated[
        str | None, typer.Option(help="Only one kind of trust, for example acute or mental_health.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many trusts to show.")] = 20,
    json: AsJson = False,
) -> None:
    """List open trusts by their early signs of trouble; most of these are false alarms."""
    seen = engine_with().signs(day_of(as_of), org_type)
    if json:
        print_json(seen)
        return
    from matchmaker.cli.terminal.organisation import show_signs

    show_signs(seen, limit)


@app.command()
def trusts(
    search: Annotated[
        str, typer.Argument(help="Part of a name, a region or a system; nothing lists all.")
    ] = "",
    as_of: AsOf = None,
) -> None:
    """List trusts open on a day, with code, kind, region and system."""
    from matchmaker.cli.terminal import show_trusts

    engine = engine_with()
    organisations = engine.profiles(day_of(as_of)).organisations
    wanted = search.casefold()
    rows = [
        row
        for row in organisations.select("code", "name", "type", "region", "locality").iter_rows()
        if all(word in " ".join(str(cell) for cell in row).casefold() for word in wanted.split())
    ]
    if not rows:
        raise InvalidParameter(f"No open trust matches '{search}'.", "Try a shorter part of the name.")
    show_trusts(rows)
