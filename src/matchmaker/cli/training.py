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
) -> None:
    """Train every model of past practice on the snapshot in use; 'matchmaker evaluate' tests them."""
    from matchmaker.cli.terminal.console import progress
    from matchmaker.training.train import default_folder, train

    engine = get_engine()
    folder = to or default_folder(engine.sector)
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
