"""Writes the reference of the commands from the command line itself."""

from __future__ import annotations

import re
from typing import Any

import typer.main
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from matchmaker.cli import app

PAGE = "reference/commands.md"
MARKUP = re.compile(r"\[/?(?:bold|dim|italic|cyan|green|red|yellow)\]")


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the page."""
    files.append(File.generated(config, PAGE, content=page()))
    return files


def page() -> str:
    """Every command with its arguments and options."""
    command = typer.main.get_command(app)
    parts = [
        "# Commands",
        "`matchmaker COMMAND --help` says the same in the terminal.",
        *described(command, "matchmaker"),
    ]
    return "\n\n".join(parts) + "\n"


def described(command: Any, name: str) -> list[str]:
    """A command, then those under it."""
    usage = command.collect_usage_pieces(command.make_context(name, [], resilient_parsing=True))
    own = [
        f"## {name}",
        plain(command.help or ""),
        f"```text\n{name} {' '.join(usage)}\n```",
        table(command.params),
    ]
    below = [
        part
        for key, one in getattr(command, "commands", {}).items()
        for part in described(one, f"{name} {key}")
    ]
    return [part for part in (*own, *below) if part]


def table(parameters: list[Any]) -> str:
    """Arguments and options."""
    shown = [one for one in parameters if not getattr(one, "hidden", False) and one.name != "help"]
    if not shown:
        return ""
    lines = [f"| {names(one)} | {plain(getattr(one, 'help', None) or '')} |" for one in shown]
    return "\n".join(("| Argument or option | Meaning |", "| --- | --- |", *lines))


def names(parameter: Any) -> str:
    """How a parameter is written."""
    if parameter.param_type_name == "argument":
        return f"`{parameter.human_readable_name}`"
    value = "" if parameter.is_flag else f" {parameter.metavar or parameter.type.name.upper()}"
    return ", ".join(f"`{option}{value}`" for option in (*parameter.opts, *parameter.secondary_opts))


def plain(text: str) -> str:
    """A help text that can stand in a table, without the marks of the terminal."""
    return " ".join(MARKUP.sub("", text).split()).replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")
