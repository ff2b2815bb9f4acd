"""The command that replays past pairings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from matchmaker.cli.context import get_engine
from matchmaker.cli.options import Cluster, Jobs
from matchmaker.cli.output import write_document, write_file
from matchmaker.errors import InvalidParameter

app = typer.Typer()


@app.command()
def evaluate(
    arrangement: Annotated[
        str | None, typer.Option(help="Only past pairings of this arrangement or kind.")
    ] = None,
    method: Annotated[
        str | None, typer.Option(help="Only this method, next to chance and the nearest.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write the report, the tables and a summary here.")
    ] = None,
    pairings: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Score pairings of your own: CSV or Excel.")
    ] = None,
    jobs: Jobs = 1,
    cluster: Cluster = None,
) -> None:
    """Replay past pairings: would a method have named the partner, and did better-suited ones help?"""
    from matchmaker.cli.terminal.console import progress_of_loops
    from matchmaker.cli.terminal.evaluation import show_evaluation, show_problems
    from matchmaker.evaluation.evaluate import evaluate as replay
    from matchmaker.evaluation.user_pairings import read_pairings
    from matchmaker.training.parallel import machines

    engine = get_engine()
    if out is not None:
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InvalidParameter(
                f"{out} can't be made: {error.strerror}.", "Name another folder."
            ) from error
    own = None if pairings is None else read_pairings(pairings, engine.registry)
    if own is not None:
        show_problems(own)
    with machines(jobs, cluster, [engine.snapshot]), progress_of_loops() as track:
        evaluation = replay(engine, arrangement, method, own, track)
    show_evaluation(evaluation)
    if out is not None:
        from matchmaker.reports.evaluation import report_files

        files = report_files(evaluation)
        write_document(out / "evaluation", files.pop("evaluation.html"))
        for name, text in files.items():
            write_file(out / name, text)
