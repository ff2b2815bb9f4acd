"""The command that runs a study of effects by its protocol."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from matchmaker.cli.context import get_engine
from matchmaker.cli.options import Cluster, Jobs
from matchmaker.cli.output import write_document, write_file

if TYPE_CHECKING:
    from matchmaker.models.engine import Matchmaker

app = typer.Typer()


@app.command()
def study(
    name: Annotated[
        str, typer.Argument(help="The study, or with --outcomes an arrangement; by default they are listed.")
    ] = "",
    open_seal: Annotated[
        bool,
        typer.Option(
            "--open-seal", help="Open the sealed part; the results on the rest must be filed before."
        ),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write the results and a page of them here.", show_default=False),
    ] = None,
    jobs: Jobs = 1,
    cluster: Cluster = None,
    shipped: Annotated[
        bool,
        typer.Option("--shipped", help="Show the results that ship with the sector; nothing is worked out."),
    ] = False,
    outcomes: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Outcomes of your own (organisation, date, outcome) in place of the sector's: CSV or Excel.",
            show_default=False,
        ),
    ] = None,
    after_months: Annotated[
        int, typer.Option(min=0, help="With --outcomes: a value counts from so many months after the start.")
    ] = 24,
) -> None:
    """Did partners that suit better help more? Run a study by the protocol that was written before it."""
    from matchmaker.cli.terminal.console import progress_of_loops
    from matchmaker.evaluation.effect import page, study
    from matchmaker.evaluation.effect.settings import effect_studies, effect_study
    from matchmaker.reports.study import study_report
    from matchmaker.training.parallel import machines

    engine = get_engine()
    if outcomes is not None:
        _own_outcomes(engine, outcomes, name, after_months, out)
        return
    if not name:
        for one in effect_studies(engine.sector):
            typer.echo(f"{one}  {effect_study(engine.sector, one).label}")
        return
    settings = effect_study(engine.sector, name)
    results = study.filed(engine.sector, name)
    if not shipped or results is None:
        with machines(jobs, cluster, [engine.snapshot]), progress_of_loops() as track:
            results = study.run(engine, name, results, open_seal=open_seal, track=track)
    typer.echo(page.summary(settings, results))
    if out is not None:
        write_file(out / f"{name}.json", study.as_json(results))
        write_file(out / f"{name}.md", page.page(settings, results))
        write_document(out / name, study_report(settings, results, engine.sector))


def _own_outcomes(engine: Matchmaker, file: Path, name: str, after_months: int, out: Path | None) -> None:
    from matchmaker.cli.terminal.console import progress_of_loops
    from matchmaker.evaluation.effect import own_page
    from matchmaker.evaluation.effect.own_outcomes import own_study, read_outcomes

    outcomes = read_outcomes(file, engine.registry)
    wanted = name or engine.sector.display.arrangements[0]
    with progress_of_loops() as track:
        found = own_study(
            engine,
            outcomes,
            wanted,
            after_months,
            lambda rows: track("Going back to the day before", rows),
        )
    text = own_page.page(found, after_months, outcomes.told)
    typer.echo(text, nl=False)
    if out is not None:
        write_file(out / f"own-outcomes-{wanted}.json", own_page.as_json(found))
        write_file(out / f"own-outcomes-{wanted}.md", text)
