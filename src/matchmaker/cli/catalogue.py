"""Commands that list what there is to ask with."""

from __future__ import annotations

from typing import Annotated

import typer

from matchmaker.cli.context import chosen_sector, get_engine
from matchmaker.cli.options import AsOf, Force, ListAsCsv, ListAsJson, OutList
from matchmaker.cli.output import form_of, give_list
from matchmaker.errors import InvalidParameter

app = typer.Typer()


@app.command()
def sectors(
    out: OutList = None, force: Force = False, csv: ListAsCsv = False, json: ListAsJson = False
) -> None:
    """List the sectors that are installed; --sector takes their names."""
    from matchmaker.cli.terminal.catalogue import show_sectors
    from matchmaker.sector import load_sector, sector_names

    form, known = form_of(out, force, csv, json), list(map(load_sector, sector_names()))
    rows = [{"name": one.name, "label": one.label, "summary": one.summary} for one in known]
    give_list(form, "Sectors", rows, lambda: show_sectors(known))


@app.command()
def arrangements(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="Only this one.", show_default=False)
    ] = None,
    toml: Annotated[
        bool, typer.Option("--toml", help="Print it as a file to change and to name with --for.")
    ] = False,
    out: OutList = None,
    force: Force = False,
    csv: ListAsCsv = False,
    json: ListAsJson = False,
) -> None:
    """List the arrangements with what they weigh and why, or print one as a file to change."""
    from matchmaker.cli.terminal.catalogue import arrangement_rows, show_arrangements
    from matchmaker.models.arrangement import arrangement, arrangements, own_copy

    sector = chosen_sector()
    if not toml:
        form = form_of(out, force, csv, json)
        known = [arrangement(sector, name)] if name else list(arrangements(sector).values())
        rows = [row for one in known for row in arrangement_rows(one)]
        give_list(form, "Arrangements", rows, lambda: show_arrangements(known))
    elif name is None:
        step = f"Name one of {', '.join(arrangements(sector))}: matchmaker arrangements NAME --toml"
        raise InvalidParameter("A file holds one arrangement.", step)
    elif csv or json or out is not None:
        raise InvalidParameter("A file to change is TOML.", "Leave out --csv, --json and --out.")
    else:
        typer.echo(own_copy(sector, arrangement(sector, name).name), nl=False)


@app.command()
def methods(
    out: OutList = None, force: Force = False, csv: ListAsCsv = False, json: ListAsJson = False
) -> None:
    """List the methods of ranking; --method takes their names."""
    from matchmaker.cli.terminal.tables import show_rows
    from matchmaker.models.registry import methods as methods_of

    form, known = form_of(out, force, csv, json), methods_of(chosen_sector()).values()
    rows = [
        {"name": one.name, "label": one.label, "description": one.says, "role": one.role} for one in known
    ]
    headings = {"name": "Method", "label": "Label", "description": "What it does"}
    give_list(form, "Methods of ranking", rows, lambda: show_rows(headings, rows))


@app.command()
def rules(
    out: OutList = None, force: Force = False, csv: ListAsCsv = False, json: ListAsJson = False
) -> None:
    """List the rules that can exclude a candidate; --relax takes their names."""
    from matchmaker.cli.terminal.tables import show_rows
    from matchmaker.models.arrangement import arrangements
    from matchmaker.models.eligibility.rules import rules as rules_of

    form, sector = form_of(out, force, csv, json), chosen_sector()
    used = {name: {rule.name for rule in one.rules} for name, one in arrangements(sector).items()}
    rows = [
        {
            "name": name,
            "label": rule.label,
            "parameters": tuple(rule.parameters),
            "arrangements": tuple(of for of, names in used.items() if name in names),
        }
        for name, rule in rules_of(sector).items()
    ]
    headings = {
        "name": "Rule",
        "label": "What it asks for",
        "parameters": "Parameters",
        "arrangements": "Part of",
    }
    give_list(form, "Rules", rows, lambda: show_rows(headings, rows))


@app.command()
def features(
    search: Annotated[
        str, typer.Argument(help="Part of a name, a label or a dimension; nothing lists all.")
    ] = "",
    focus: Annotated[bool, typer.Option("--focus", help="Only those that --focus takes.")] = False,
    out: OutList = None,
    force: Force = False,
    csv: ListAsCsv = False,
    json: ListAsJson = False,
) -> None:
    """List the features of a profile; --focus takes the names of those of which one end is good."""
    from matchmaker.cli.terminal.catalogue import feature_rows, show_features
    from matchmaker.features import features as features_of

    form, sector = form_of(out, force, csv, json), chosen_sector()
    words = search.casefold().split()
    rows = [
        row
        for row in feature_rows(features_of(sector), sector)
        if (row["focus"] or not focus)
        and all(word in f"{row['name']} {row['label']} {row['dimension_label']}".casefold() for word in words)
    ]
    if not rows:
        text = f"No feature matches '{search}'." if search else "No feature can be a focus."
        raise InvalidParameter(text, "Try a shorter part of the name.")
    give_list(form, "Features", rows, lambda: show_features(rows))


@app.command()
def services(
    as_of: AsOf = None,
    out: OutList = None,
    force: Force = False,
    csv: ListAsCsv = False,
    json: ListAsJson = False,
) -> None:
    """List the services that a partner can be looked for by name; --service takes their names."""
    from matchmaker.cli.terminal.catalogue import show_services
    from matchmaker.features.services import runs, with_services
    from matchmaker.features.services import services as services_of

    form, engine = form_of(out, force, csv, json), get_engine()
    profiles = with_services(engine.snapshot, engine.profiles(as_of).as_of)
    rows = [
        {"name": name, "label": one.label, "group": one.group, "run_by": int(runs(profiles, one).sum())}
        for name, one in services_of(engine.sector).items()
    ]
    give_list(form, "Services", rows, lambda: show_services(rows, engine.sector))
