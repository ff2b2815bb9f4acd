"""The console that answers are printed on, what they all begin with, and progress bars."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape

from matchmaker.models.types import Organisation

SECONDS_APART = 5.0
"""Between two lines on progress where the error stream is no terminal."""
console = Console(highlight=False)


def print_successions(closed: Sequence[Organisation]) -> None:
    """Say which closed organisations are answered by their successor."""
    for one in closed:
        console.print(f"{escape(one.name)} ({one.code}) has closed; its successor answers.")


@contextmanager
def progress(verb: str) -> Iterator[Callable[[int, int, str], None]]:
    """One progress bar; call what it gives with (steps done, steps in all, name of the step).

    Where the error stream is no terminal, a line from time to time says as much.
    """
    if not sys.stderr.isatty():
        tell = _from_time_to_time()
        yield lambda done, total, name: tell(f"{verb}: {done} of {total}, {name}")
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn(verb), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[name]}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(verb, total=None, name="")
        yield lambda done, total, name: bar.update(task, completed=done, total=total, name=name)


@contextmanager
def progress_of_loops() -> Iterator[Callable[[str, Iterable[Any]], Iterator[Any]]]:
    """A progress bar per loop; call what it gives with (description, steps) and iterate over the result.

    Where the error stream is no terminal, a line from time to time says as much.
    """
    if not sys.stderr.isatty():
        tell = _from_time_to_time()

        def told(description: str, steps: Iterable[Any]) -> Iterator[Any]:
            listed = list(steps)
            for done, step in enumerate(listed):
                tell(f"{description}: {done} of {len(listed)}")
                yield step

        yield told
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:

        def track(description: str, steps: Iterable[Any]) -> Iterator[Any]:
            listed = list(steps)
            task = bar.add_task(description, total=len(listed))
            for step in listed:
                yield step
                bar.advance(task)

        yield track


def _from_time_to_time() -> Callable[[str], None]:
    """Prints a line on the error stream, but only where the last one is `SECONDS_APART` old."""
    last = time.monotonic()

    def tell(line: str) -> None:
        nonlocal last
        if time.monotonic() - last >= SECONDS_APART:
            last = time.monotonic()
            typer.echo(line, err=True)

    return tell
