"""Commands that measure lists: how they move between quarters, and how evenly they are spread."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from matchmaker.cli.context import get_engine
from matchmaker.cli.output import write_file

if TYPE_CHECKING:
    from matchmaker.models.arrangement import Arrangement
    from matchmaker.sector import Sector

app = typer.Typer()

Chosen = Annotated[
    str | None,
    typer.Option(
        "--for",
        "--arrangement",
        metavar="NAME|FILE",
        help="Only this form of partnership, or a TOML file of your own. Default: all.",
        show_default=False,
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Also write the figures to a JSON file.", show_default=False),
]
Service = Annotated[
    str | None,
    typer.Option(help="The service that it is about, where that must be known.", show_default=False),
]


@app.command()
def movement(
    arrangement: Chosen = None,
    quarters: Annotated[int, typer.Option(min=1, help="How many past quarters to measure.")] = 6,
    method: Annotated[str, typer.Option(help="The method of ranking.")] = "evidence",
    causes: Annotated[bool, typer.Option(help="Tell the causes apart.")] = True,
    service: Service = None,
    out: Out = None,
) -> None:
    """How lists move between quarters, and what moves them."""
    from matchmaker.cli.terminal.steadiness import show_movement
    from matchmaker.evaluation.movement import movement as measure

    engine = get_engine()
    found = [
        one
        for chosen in _chosen(engine.sector, arrangement)
        for one in measure(engine, chosen, quarters, method, causes, service)
    ]
    show_movement(found)
    _write(out, found)


@app.command()
def spread(
    arrangement: Chosen = None,
    method: Annotated[
        str | None, typer.Option(help="Only this method of ranking. Default: all.", show_default=False)
    ] = None,
    org_type: Annotated[
        str | None,
        typer.Option("--type", help="Type of the recipients. Default: the largest.", show_default=False),
    ] = None,
    service: Service = None,
    out: Out = None,
) -> None:
    """How often the same candidates stand on the lists of many."""
    from matchmaker.cli.terminal.steadiness import show_spread
    from matchmaker.evaluation.spread import spread as measure
    from matchmaker.models.registry import methods

    engine = get_engine()
    names = [method] if method else list(methods(engine.sector))
    found = [
        one
        for chosen in _chosen(engine.sector, arrangement)
        for one in measure(engine, chosen, names, org_type, service)
    ]
    show_spread(found)
    _write(out, found)


@app.command()
def steadiness(
    to: Annotated[Path, typer.Option(metavar="FILE", help="File to write.")] = Path("docs/steadiness.md"),
) -> None:
    """Write one page on how lists move and spread, and whether likely places hold; about a minute."""
    from matchmaker.cli.terminal.console import progress
    from matchmaker.errors import InvalidParameter
    from matchmaker.evaluation.movement import movement as measure_movement
    from matchmaker.evaluation.spread import spread as measure_spread
    from matchmaker.evaluation.steadiness import page
    from matchmaker.models.next_quarter import rank_intervals
    from matchmaker.models.registry import methods

    engine = get_engine()
    shipped = rank_intervals(engine.sector)
    if shipped is None:
        text = f"No rank intervals ship with {engine.sector.label}."
        raise InvalidParameter(text, "Run 'matchmaker train intervals' first.")
    movements, spreads = [], []
    with progress("Measuring") as report_step:
        every = _chosen(engine.sector, None)
        for done, chosen in enumerate(every):
            report_step(done, len(every), chosen.label)
            movements += measure_movement(engine, chosen)
            spreads += measure_spread(engine, chosen, list(methods(engine.sector)))
    write_file(to, page(engine.snapshot, movements, spreads, shipped.arrangements))


def _chosen(sector: Sector, name: str | None) -> list[Arrangement]:
    from matchmaker.models.arrangement import arrangement, arrangements, read_arrangement

    if name is None:
        return list(arrangements(sector).values())
    return [read_arrangement(Path(name), sector) if name.endswith(".toml") else arrangement(sector, name)]


def _write(out: Path | None, found: object) -> None:
    if out is not None:
        from pydantic import TypeAdapter

        write_file(out, TypeAdapter(object).dump_json(found, indent=1).decode() + "\n")
