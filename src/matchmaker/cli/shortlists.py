"""Commands that shortlist partners."""

from __future__ import annotations

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
    Draws,
    Exclude,
    Focus,
    Force,
    Limit,
    Locality,
    Method,
    Organisation,
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
def shortlist(
    recipient: Organisation,
    arrangement: Arrangement = None,
    as_of: AsOf = None,
    limit: Limit = 10,
    method: Method = "evidence",
    compare_with: Annotated[
        list[str] | None, typer.Option(metavar="METHOD", help="Also show the ranks of another method.")
    ] = None,
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
    excluded: Annotated[
        bool, typer.Option("--excluded", help="List the excluded of the same type with their reasons.")
    ] = False,
    out: Out = None,
    briefing: Briefing = False,
    force: Force = False,
    report: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The same as --out.", hidden=True)
    ] = None,
    data: Data = None,
    csv: AsCsv = False,
    json: AsJson = False,
) -> None:
    """Rank options to consider for an organisation that needs a partner, with reasons."""
    form = form_of(out or report, force, csv, json, briefing)
    engine = get_engine(data)
    query = shortlist_query(
        engine.sector,
        {
            "arrangement": arrangement,
            "as_of": as_of,
            "limit": limit,
            "method": method,
            "compare_with": compare_with,
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
    answer = engine.answer(recipient, query)
    recommender = engine.recommender_for(query)
    arrangement_used = recommender.arrangement

    def paper() -> Paper:
        from matchmaker.reports.papers.shortlist import shortlist_paper

        return shortlist_paper(answer, query, arrangement_used, recommender.profiles)

    def show() -> None:
        from matchmaker.cli.terminal.shortlist import show_shortlist

        strengths = {one.name for one in arrangement_used.criteria if one.form == "strength"}
        by_focus = any(row.name in strengths for option in answer.options for row in option.rows)
        show_shortlist(answer, engine.sector, by_focus, excluded)

    give(form, answer, answer.to_rows, show, paper)


@app.command("why-not")
def why_not(
    recipient: Organisation,
    candidate: Annotated[str, typer.Argument(metavar="CANDIDATE", help="Its code or name.")],
    arrangement: Arrangement = None,
    as_of: AsOf = None,
    limit: Limit = 10,
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
    out: Out = None,
    force: Force = False,
    data: Data = None,
    csv: AsCsv = False,
    json: AsJson = False,
) -> None:
    """Say why a candidate has its rank, or is excluded, and what would change it."""
    form = form_of(out, force, csv, json)
    engine = get_engine(data)
    query = shortlist_query(
        engine.sector,
        {
            "arrangement": arrangement,
            "as_of": as_of,
            "limit": limit,
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
        },
    )
    answer = engine.explain(recipient, candidate, query)

    def paper() -> Paper:
        from matchmaker.reports.papers.why_not import why_not_paper

        return why_not_paper(answer)

    def show() -> None:
        from matchmaker.cli.terminal.why_not import show_why_not

        show_why_not(answer)

    give(form, answer, answer.to_rows, show, paper)


@app.command()
def assign(
    arrangement: Arrangement = None,
    recipients: Annotated[
        str,
        typer.Option(
            metavar="ORGANISATION,ORGANISATION",
            help="Codes or names. Default: all that are in need of a partner on the day.",
        ),
    ] = "",
    regions: Annotated[
        list[str] | None,
        typer.Option("--recipients-in", metavar="REGION", help="Only recipients of this region."),
    ] = None,
    as_of: AsOf = None,
    capacity: Annotated[
        int, typer.Option(help="How many recipients a partner may have, help on record included.")
    ] = 1,
    floor: Annotated[float, typer.Option(help="The minimum fit of a pair, 0 to 1.")] = 0.5,
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
    """Find one option for each of many recipients at once, so that all together fit as well as can be."""
    form = form_of(out, force, csv, json)
    engine = get_engine(data)
    query = shortlist_query(
        engine.sector,
        {
            "arrangement": arrangement,
            "as_of": as_of,
            "weights": weights,
            "relax": relax,
            "focus": focus,
            "service": service,
            "exclude": exclude,
            "region": region,
            "locality": locality,
            "within_km": within_km,
            "outside_group": outside_group,
        },
    )
    with query.locating_errors():
        answer = engine.assign(
            [name.strip() for name in recipients.split(",") if name.strip()],
            query.arrangement,
            query.as_of,
            capacity=capacity,
            floor=floor,
            regions=regions or (),
            weights=query.weights,
            relax=query.relax,
            parameters=query.rule_parameters(),
            focus=query.focus,
            service=query.service,
            **({} if n_draws is None else {"n_draws": n_draws}),
        )

    def paper() -> Paper:
        from matchmaker.models.arrangement_changes import changes
        from matchmaker.reports.papers.assignment import assignment_paper

        used = engine.recommender_for(query).arrangement
        on_day = engine.profiles(query.as_of)
        return assignment_paper(answer, query, used, changes(used, engine.sector), on_day)

    def show() -> None:
        from matchmaker.cli.terminal.assignment import show_assignment

        show_assignment(answer, engine.sector)

    give(form, answer, answer.to_rows, show, paper)
