"""The command `matchmaker`: shortlists, profiles, snapshots and the service, in a terminal."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from copy import copy
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command_name
from typer.models import TyperInfo

from matchmaker.cli import (
    batch,
    catalogue,
    data,
    decisions,
    evaluation,
    kept,
    organisations,
    owner,
    service,
    shortlists,
    snapshot,
    steadiness,
    studies,
    training,
)
from matchmaker.cli.context import sector_name
from matchmaker.cli.errors import show_error
from matchmaker.cli.output import closed_outputs, write_what_the_output_can_hold
from matchmaker.errors import MatchmakerError
from matchmaker.extras import named_if_missing
from matchmaker.version import __version__

SECTOR = "--sector"
OBJECTS_BETWEEN_LOOKS = 50_000
"""New objects after which Python looks for those that are let go; by default 700."""


class SectorFirst(TyperGroup):
    """Commands whose option `--sector` may stand before or after the command."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Move the option to the front, then parse as usual."""
        end = args.index("--") if "--" in args else len(args)
        moved: list[str] = []
        rest: list[str] = []
        words = iter(args[:end])
        for word in words:
            if word == SECTOR:
                moved += [word, *([name] if (name := next(words, None)) is not None else [])]
            else:
                (moved if word.startswith(f"{SECTOR}=") else rest).append(word)
        with closed_outputs():
            return super().parse_args(ctx, [*moved, *rest, *args[end:]])

    def invoke(self, ctx: Any) -> Any:
        """Run the command; an output that can't be written ends it without a traceback."""
        with closed_outputs():
            return super().invoke(ctx)


app = typer.Typer(
    name="matchmaker",
    cls=SectorFirst,
    help="Options to consider when a public organisation needs a partner, from published figures.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"matchmaker {__version__}")
        raise typer.Exit


@app.callback()
def options(
    sector: Annotated[
        str | None,
        typer.Option(
            SECTOR,
            envvar="MATCHMAKER_SECTOR",
            metavar="NAME",
            help="The sector to ask about, before or after the command; 'matchmaker sectors' lists them. "
            "Needed only where several are installed.",
            show_default=False,
        ),
    ] = None,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Options of every command."""
    sector_name.set(sector)


for group in (shortlists, batch, organisations, catalogue, evaluation, steadiness, studies, service):
    app.add_typer(group.app)
app.add_typer(snapshot.app, name="snapshot")
app.add_typer(data.app, name="data")
app.add_typer(training.app, name="train")
app.add_typer(decisions.app, name="decisions")
app.add_typer(kept.app, name="kept")
app.add_typer(owner.app, name="owner")
app.add_typer(service.keys_app, name="keys")


def needed(args: Sequence[str]) -> typer.Typer:
    """The commands without groups that the arguments don't name: each takes time to be made."""
    words = list(args)
    while words and words[0].partition("=")[0] == SECTOR:
        del words[: 1 if "=" in words[0] else 2]
    groups = [group for group in app.registered_groups if words[:1] and words[0] in _commands(group)]
    if len(groups) != 1:
        return app
    one = copy(app)
    one.registered_groups = groups
    return one


def _commands(group: TyperInfo) -> set[str]:
    """What calls a group: its name, or the names of its commands where it has none."""
    if isinstance(group.name, str):
        return {group.name}
    commands = group.typer_instance.registered_commands if group.typer_instance else []
    return {one.name or get_command_name(one.callback.__name__) for one in commands if one.callback}


def main() -> None:
    """Run the command; an error that a user can mend ends it with exit code 1."""
    # What an answer makes stays to its end: to look for what can be let go takes a twentieth of the time.
    gc.set_threshold(OBJECTS_BETWEEN_LOOKS)
    # To look for plugins, pydantic reads a file of every installed package.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    write_what_the_output_can_hold()
    try:
        with named_if_missing():
            needed(sys.argv[1:])()
    except MatchmakerError as error:
        show_error(error)
        sys.exit(1)
