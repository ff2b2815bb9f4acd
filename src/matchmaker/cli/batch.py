"""The command that makes shortlists for many recipients, one line for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from matchmaker.cli.context import get_engine
from matchmaker.cli.options import (
    Arrangement,
    AsCsv,
    AsJson,
    AsOf,
    Data,
    Draws,
    Exclude,
    Focus,
    Force,
    Locality,
    Method,
    Out,
    OutsideGroup,
    Region,
    Relax,
    Service,
    Weights,
    WithinKm,
    shortlist_query,
)
from matchmaker.cli.output import form_of, give

if TYPE_CHECKING:
    from matchmaker.reports.papers.document import Paper

app = typer.Typer()


@app.command()
def batch(
    recipients: Annotated[
        str,
        typer.Option(
            metavar="ORGANISATION,ORGANISATION",
            help="Codes or names. Default: all of the type and places below, or all in need of a partner.",
        ),
    ] = "",
    regions: Annotated[
        list[str] | None,
        typer.Option("--recipients-in", metavar="REGION", help="Only recipients of this region."),
    ] = None,
    localities: Annotated[
        list[str] | None,
        typer.Option("--recipients-of", metavar="LOCALITY", help="Only recipients of this locality."),
    ] = None,
    org_type: Annotated[
        str | None,
        typer.Option("--type", help="Only recipients of this type, as the tables print it."),
    ] = None,
    top: Annotated[int, typer.Option(min=1, max=20, help="How many options to show of each.")] = 3,
    arrangement: Arrangement = None,
    as_of: AsOf = None,
    method: Method = "evidence",
    weights: Weights = None,
    relax: Relax = None,
    focus: Focus = None,
    service: Service = None,
    exclude: Exclude = None,
    region: Region = None,
    locality: Locality = None,
    within_km: WithinKm = None,
    outside_group: OutsideGroup = False,
    n_draws: Draws = None,
    out: Out = None,
    force: Force = False,
    data: Data = None,
    csv: AsCsv = False,
    json: AsJson = False,
) -> None:
    """Shortlist partners for many, one line each: for a region, a type, or all in need of a partner."""
    from matchmaker.cli.terminal.console import progress_of_loops

    form = form_of(out, force, csv, json)
    engine = get_engine(data)
    query = shortlist_query(
        engine.sector,
        {
            "arrangement": arrangement,
            "as_of": as_of,
            "method": method,
            "weights": weights,
            "relax": relax,
            "focus": focus,
            "service": service,
            "exclude": exclude,
            "region": region,
            "locality": locality,
            "within_km": within_km,
            "outside_group": outside_group,
            "n_draws": n_draws,
        },
    )
    with progress_of_loops() as track:
        answer = engine.batch(
            [name.strip() for name in recipients.split(",") if name.strip()],
            query,
            org_type=org_type,
            regions=regions or (),
            localities=localities or (),
            top=top,
            track=track,
        )

    def paper() -> Paper:
        from matchmaker.reports.papers.batch import batch_paper

        return batch_paper(answer, engine.sector)

    def show() -> None:
        from matchmaker.cli.terminal.batch import show_batch

        show_batch(answer, engine.sector)

    give(form, answer, answer.to_rows, show, paper)
