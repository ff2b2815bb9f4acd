"""Commands that shortlist partners."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from matchmaker.cli.common import day_of, engine_with, print_json, write
from matchmaker.cli.options import (
    AsJson,
    Asked,
    AsOf,
    Data,
    Exclude,
    Focus,
    For,
    Limit,
    Region,
    Relax,
    System,
    UsedMethod,
    Weights,
    WithinKm,
    question,
)

app = typer.Typer()


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
    locality: System = None,
    within_km: WithinKm = None,
    no_doubt: Annotated[
        bool, typer.Option("--no-doubt", help="Leave out how far each place can be relied on.")
    ] = False,
    excluded: Annotated[
        bool, typer.Option("--excluded", help="List the excluded of the same kind with their reasons.")
    ] = False,
    report: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write a report to this file: HTML, or a PDF (.pdf)."),
    ] = None,
    data: Data = None,
    json: AsJson = False,
) -> None:
    """Rank options to consider for a trust that needs a partner, with reasons."""
    asked = question(for_, method, weight, relax, focus, exclude, region, locality, within_km)
    engine = engine_with(data)
    draws: dict[str, Any] = {"draws": 0} if no_doubt else {}
    answer = engine.shortlist(trust, as_of=day_of(as_of), limit=limit, beside=beside or (), **draws, **asked)
    if report is not None:
        from matchmaker.reports.pdf import pdf
        from matchmaker.reports.shortlist import shortlist_page

        how = engine.recommender(as_of=day_of(as_of), **asked).arrangement
        as_pdf = report.suffix.casefold() == ".pdf"
        text = shortlist_page(answer, how, engine.snapshot.sources, figures=not as_pdf)
        write(report, pdf(text) if as_pdf else text)
        return
    if json:
        print_json(answer)
        return
    from matchmaker.cli.terminal.shortlist import show_shortlist

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
    locality: System = None,
    within_km: WithinKm = None,
    data: Data = None,
    json: AsJson = False,
) -> None:
    """Say why a candidate stands where it does, or is excluded, and what would change it."""
    from matchmaker.cli.terminal.shortlist import show_why_not

    asked = question(for_, method, weight, relax, focus, exclude, region, locality, within_km)
    answer = engine_with(data).why_not(trust, candidate, as_of=day_of(as_of), limit=limit, **asked)
    if json:
        print_json(answer)
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
    locality: System = None,
    within_km: WithinKm = None,
    data: Data = None,
    json: AsJson = False,
) -> None:
    """Find one option for each of many trusts at once, so that all together fit as well as can be."""
    from matchmaker.cli.terminal.assignment import show_assignment

    asked = question(for_, "evidence", weight, relax, focus, exclude, region, locality, within_km)
    named = [name.strip() for name in recipients.split(",") if name.strip()]
    answer = engine_with(data).assign(
        named,
        as_of=day_of(as_of),
        capacity=capacity,
        floor=floor,
        recipients_in=recipients_in or (),
        **asked,
    )
    if json:
        print_json(answer)
    else:
        show_assignment(answer)
