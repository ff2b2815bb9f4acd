"""Commands that train the models of past practice, and write their cards."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from matchmaker.cli.context import chosen_sector, get_engine
from matchmaker.cli.output import write_file
from matchmaker.errors import InvalidParameter

app = typer.Typer(help="Train the models of past practice, and write their cards.", no_args_is_help=True)


@app.command("models")
def train_models(
    to: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder to write to. Default: the sector's own.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the models that are there.")] = False,
) -> None:
    """Train every model of past practice on the snapshot in use; 'matchmaker evaluate' tests them."""
    from matchmaker.cli.terminal.console import progress
    from matchmaker.training.train import default_folder, train

    engine = get_engine()
    folder = to or default_folder(engine.sector)
    if not force and folder.is_dir() and any(folder.iterdir()):
        text = f"{folder} holds files already."
        raise InvalidParameter(text, "Name another folder with --to, or overwrite them with --force.")
    folder.mkdir(parents=True, exist_ok=True)
    with progress("Training") as report_step:
        written = dict(train(engine, report_step))
    for name, text in written.items():
        (folder / name).write_text(text, "utf-8")
    typer.echo(f"Wrote {len(written)} files to {folder}.")


@app.command("cards")
def train_cards(
    to: Annotated[Path, typer.Option(metavar="FILE", help="File to write.")] = Path("docs/model-cards.md"),
) -> None:
    """Write the model cards as one page, from the models and the evaluation that ship with the sector."""
    from matchmaker.evaluation.model_cards import document
    from matchmaker.evaluation.published import published_evaluation
    from matchmaker.models.learned.model_card import shipped_model_cards

    sector = chosen_sector()
    published = published_evaluation(sector)
    if published is None:
        text = f"No evaluation ships with {sector.label}, so there are no scores."
        raise InvalidParameter(text, "Run 'matchmaker evaluate' first.")
    write_file(to, document(shipped_model_cards(sector), published, sector))


@app.command("intervals")
def train_intervals(
    to: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="File to write. Default: that of the sector.", show_default=False),
    ] = None,
    arrangement: Annotated[
        str | None,
        typer.Option(
            "--for", help="Only this form of partnership; needs a file to write.", show_default=False
        ),
    ] = None,
) -> None:
    """Fit what the next quarter does to places, and measure how often rank intervals held."""
    from matchmaker.cli.terminal.steadiness import show_coverage
    from matchmaker.evaluation.interval_coverage import fit_rank_intervals, to_json
    from matchmaker.models.arrangement import arrangement as named
    from matchmaker.models.next_quarter import FILE
    from matchmaker.training.train import default_folder

    engine = get_engine()
    if arrangement is not None and to is None:
        text = "The sector's file holds every form of partnership."
        raise InvalidParameter(text, "Name a file to write to, or leave out --for.")
    only = None if arrangement is None else named(engine.sector, arrangement)
    found = fit_rank_intervals(engine, only)
    show_coverage(found)
    write_file(to or default_folder(engine.sector).parent / FILE, to_json(found))
