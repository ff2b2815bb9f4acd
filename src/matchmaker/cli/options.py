"""Options that several commands share, and the question they make up."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from matchmaker.errors import InvalidParameter

For = Annotated[str, typer.Option("--for", help="The arrangement, or a TOML file of your own.")]
Weights = Annotated[
    list[str] | None,
    typer.Option("--weight", metavar="CRITERION=NUMBER", help="A weight of your own; as often as needed."),
]
Relax = Annotated[list[str] | None, typer.Option("--relax", metavar="RULE", help="Leave a rule out.")]
Focus = Annotated[
    list[str] | None,
    typer.Option("--focus", metavar="FEATURE", help="Where the partner should be strong; up to 3."),
]
UsedMethod = Annotated[str, typer.Option("--method", help="How to rank; 'matchmaker methods' lists all.")]
Exclude = Annotated[str, typer.Option("--exclude", metavar="CODE,CODE", help="Trusts to leave out.")]
Region = Annotated[list[str] | None, typer.Option("--region", help="Only this region; as often as needed.")]
System = Annotated[
    list[str] | None, typer.Option("--system", help="Only this local system; as often as needed.")
]
WithinKm = Annotated[float | None, typer.Option("--within-km", min=0.1, help="Only within this distance.")]


def question(
    for_: str,
    method: str,
    weights: list[str] | None,
    relax: list[str] | None,
    focus: list[str] | None,
    exclude: str,
    region: list[str] | None,
    locality: list[str] | None,
    within_km: float | None,
) -> dict[str, Any]:
    """The arguments of `Matchmaker.matcher` that the options make up.

    Raises:
        OutOfRange: a weight is not written as criterion=number.
    """
    from matchmaker.models.arrangement import arrangement, read_arrangement

    bounds: dict[str, dict[str, Any]] = {}
    if exclude:
        bounds["leave_out"] = {"codes": [code.strip().upper() for code in exclude.split(",") if code.strip()]}
    if region:
        bounds["in_region"] = {"regions": region}
    if locality:
        bounds["in_locality"] = {"localities": locality}
    if within_km is not None:
        bounds["within_km"] = {"km": within_km}
    return {
        "for_": read_arrangement(Path(for_)) if for_.endswith(".toml") else arrangement(for_),
        "method": method,
        "weights": dict(map(_weight, weights or [])),
        "relax": tuple(relax or ()),
        "bounds": bounds,
        "focus": tuple(focus or ()),
    }


def _weight(text: str) -> tuple[str, float]:
    name, _, number = text.partition("=")
    try:
        return name.strip(), float(number)
    except ValueError as error:
        step = "Write it as criterion=number, for example --weight context=0.4."
        raise InvalidParameter(f"'{text}' is not a weight.", step) from error


AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="YYYY-MM-DD",
        help="Use only what was known on this day. Default: the snapshot's day.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the whole answer as JSON.")]
Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        metavar="FILE",
        help="Figures of your own, laid over the published ones; see 'matchmaker template'.",
    ),
]
Limit = Annotated[int, typer.Option(min=1, help="How many options to show.")]
Asked = Annotated[str, typer.Argument(metavar="TRUST", help="ODS code or name, for example RPA or Medway.")]
