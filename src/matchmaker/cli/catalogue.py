"""Commands that list what there is to ask with."""

from __future__ import annotations

import typer

app = typer.Typer()


@app.command()
def arrangements() -> None:
    """List the arrangements with what they weigh and why."""
    from matchmaker.cli.terminal import show_arrangements
    from matchmaker.models.arrangement import arrangements as known

    show_arrangements(list(known().values()))


@app.command()
def methods() -> None:
    """List the methods of ranking."""
    from matchmaker.cli.terminal import show_named
    from matchmaker.models.registry import METHODS

    show_named("Method", [(method.name, method.says) for method in METHODS.values()])


@app.command()
def rules() -> None:
    """List the rules that can exclude a candidate; --relax takes their names."""
    from matchmaker.cli.terminal import show_named
    from matchmaker.models.eligibility.rules import RULES

    show_named("Rule", [(name, f"Excludes: {(rule.__doc__ or '').strip()}") for name, rule in RULES.items()])
