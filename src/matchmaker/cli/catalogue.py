"""Commands that list what there is to ask with."""

from __future__ import annotations

from typing import Annotated

import typer

from matchmaker.cli.context import chosen_sector, get_engine
from matchmaker.cli.options import AsOf
from matchmaker.errors import InvalidParameter

app = typer.Typer()


@app.command()
def sectors() -> None:
    """List the sectors that are installed; --sector takes their names."""
    from matchmaker.cli.terminal.catalogue import show_sectors
    from matchmaker.sector import load_sector, sector_names

    show_sectors(list(map(load_sector, sector_names())))


@app.command()
def arrangements(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="Only this one.", show_default=False)
    ] = None,
    toml: Annotated[
        bool, typer.Option("--toml", help="Print it as a file to change and to name with --for.")
    ] = False,
) -> None:
    """List the arrangements with what they weigh and why, or print one as a file to change."""
    from matchmaker.cli.terminal.catalogue import show_arrangements
    from matchmaker.models.arrangement import arrangement, arrangements, own_copy

    sector = chosen_sector()
    if not toml:
        known = arrangements(sector)
        show_arrangements([arrangement(sector, name)] if name else list(known.values()))
    elif name is None:
        step = f"Name one of {', '.join(arrangements(sector))}: matchmaker arrangements NAME --toml"
        raise InvalidParameter("A file holds one arrangement.", step)
    else:
        typer.echo(own_copy(sector, name), nl=False)


@app.command()
def methods() -> None:
    """List the methods of ranking."""
    from matchmaker.cli.terminal.tables import print_table
    from matchmaker.models.registry import methods as methods_of

    known = methods_of(chosen_sector())
    rows = [(name, method.label, method.says) for name, method in known.items()]
    print_table(("Method", "Label", "What it does"), rows)


@app.command()
def rules() -> None:
    """List the rules that can exclude a candidate; --relax takes their names."""
    from matchmaker.cli.terminal.tables import print_table
    from matchmaker.models.eligibility.rules import rules as rules_of

    known = rules_of(chosen_sector())
    rows = [(name, rule.label, ", ".join(rule.parameters)) for name, rule in known.items()]
    print_table(("Rule", "What it asks for", "Parameters"), rows)


@app.command()
def services(as_of: AsOf = None) -> None:
    """List the services that a partner can be looked for by name; --service takes their names."""
    from matchmaker.cli.terminal.catalogue import show_services
    from matchmaker.features.services import runs, with_services
    from matchmaker.features.services import services as services_of

    engine = get_engine()
    profiles = with_services(engine.snapshot, engine.profiles(as_of).as_of)
    rows = [
        (name, one.label, int(runs(profiles, one).sum())) for name, one in services_of(engine.sector).items()
    ]
    show_services(rows, engine.sector)
