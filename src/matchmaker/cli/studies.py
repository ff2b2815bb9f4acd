"""The command that runs a study of effects by its protocol."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from matchmaker.cli.context import get_engine
from matchmaker.cli.options import Cluster, Jobs
from matchmaker.cli.output import write_file

app = typer.Typer()


@app.command()
def study(
    name: Annotated[str, typer.Argument(help="The study; without a name they are listed.")] = "",
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
) -> None:
    """Did partners that suit better help more? Run a study by the protocol that was written before it."""
    from matchmaker.cli.terminal.console import progress_of_loops
    from matchmaker.evaluation.effect import page, study
    from matchmaker.evaluation.effect.settings import effect_studies, effect_study
    from matchmaker.training.parallel import machines

    engine = get_engine()
    if not name:
        for one in effect_studies(engine.sector):
            typer.echo(f"{one}  {effect_study(engine.sector, one).label}")
        return
    filed = study.filed(engine.sector, name)
    with machines(jobs, cluster, [engine.snapshot]), progress_of_loops() as track:
        results = study.run(engine, name, filed, open_seal=open_seal, track=track)
    settings = effect_study(engine.sector, name)
    typer.echo(page.summary(settings, results))
    if out is not None:
        write_file(out / f"{name}.json", study.as_json(results))
        write_file(out / f"{name}.md", page.page(settings, results))
