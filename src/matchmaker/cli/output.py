"""Answers as JSON, as CSV and as files."""

from __future__ import annotations

import codecs
import errno
import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import typer

from matchmaker.errors import InvalidParameter

if TYPE_CHECKING:
    from matchmaker.reports.papers.document import Paper

PLAIN = {
    "\u2212": "-",
    "\u2013": "-",
    "\u2018": "'",
    "\u2019": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u00b2": "2",
}
"""What stands for a character that the encoding of the output does not hold; else a question mark does."""


GONE = {errno.EPIPE, errno.EINVAL} if os.name == "nt" else {errno.EPIPE}
"""Faults of an output that nobody reads any more."""
UNWRITABLE = GONE | {errno.ENOSPC, errno.EIO, errno.EFBIG, errno.EBADF}
"""Faults of an output that can't be written."""


def plain_characters(error: UnicodeError) -> tuple[str, int]:
    """Stand-ins for what an encoding does not hold, as a handler of encoding errors."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    missing = error.object[error.start : error.end]
    return "".join(PLAIN.get(one, "?") for one in missing), error.end


def write_what_the_output_can_hold() -> None:
    """Let no character end a command where the output is not UTF-8, as in files that Windows redirects to."""
    codecs.register_error("plain", plain_characters)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="plain")


@contextmanager
def closed_outputs() -> Iterator[None]:
    """End a command whose output can't be written, without a traceback: quietly where nobody reads it."""
    try:
        yield
        sys.stdout.flush()
    except SystemExit as ended:
        if isinstance(ended.__context__, BrokenPipeError):  # by tables, which notice it themselves
            raise SystemExit(0) from ended
        raise
    except OSError as error:
        if error.filename is not None or error.errno not in UNWRITABLE:
            raise
        _write_no_more()
        if error.errno in GONE:  # as in `matchmaker shortlist ... | head -1`
            raise SystemExit(0) from error
        typer.echo(f"The output can't be written: {(error.strerror or str(error)).lower()}.", err=True)
        raise SystemExit(1) from error


def _write_no_more() -> None:
    """Let what is still held back for the output go nowhere, or the interpreter fails at its end."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):  # no file of the system's: nothing is held back
        sys.stdout = io.StringIO()


def print_json(answer: Any) -> None:
    """Print an answer as JSON."""
    from pydantic import TypeAdapter

    typer.echo(TypeAdapter(type(answer)).dump_json(answer, indent=2).decode())


def print_csv(rows: Iterable[Mapping[str, Any]]) -> None:
    """Print rows as CSV."""
    from matchmaker.models.tables import to_csv

    for line in to_csv(rows):
        typer.echo(line, nl=False)


def write_file(path: Path, content: str | bytes, *, quiet: bool = False) -> None:
    """Write a file and say so; on the error stream where the output is for programs (`quiet`).

    Raises:
        InvalidParameter: it can't be written.
    """
    try:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InvalidParameter(
            f"{path} can't be written: {reason}.", "Name a file in a folder that exists."
        ) from error
    typer.echo(f"Wrote {path}", err=quiet)


def check_out(
    out: Path | None, *, force: bool, briefing: bool, csv: bool = False, json: bool = False
) -> None:
    """Refuse what `write_out` could not do, before anything is worked out.

    Args:
        out: the file asked for; None where none is.
        force: whether a file that is there may be overwritten.
        briefing: whether one page is asked for.
        csv, json: whether the answer is to be printed as such, too.

    Raises:
        InvalidParameter: the ending is unknown, the file is there already, or options contradict each other.
    """
    from matchmaker.reports.papers.endings import DOCUMENTS, ending_of

    if csv and json:
        text = "Only one form can be printed at a time."
        raise InvalidParameter(text, "Choose one of --csv and --json; --out can be added to either.")
    if out is None:
        if briefing:
            raise InvalidParameter("--briefing is a file.", "Name it, for example --out briefing.docx.")
        return
    ending = ending_of(out)
    if briefing and ending not in DOCUMENTS:
        step = f"Give it one of: {', '.join(f'.{one}' for one in DOCUMENTS)}."
        raise InvalidParameter(f"There is no one-page briefing as .{ending}.", step)
    if out.exists() and not force:
        raise InvalidParameter(f"{out} is there already.", "Give another name, or overwrite it with --force.")


def write_out(out: Path, paper: Paper, *, briefing: bool = False, quiet: bool = False) -> None:
    """Write an answer to a file, whose ending decides the form; what goes on is told on the error stream.

    Args:
        out: the file.
        paper: the answer, ready for each writer.
        briefing: whether one page is asked for.
        quiet: whether the output is for programs, so that nothing else is printed there.
    """
    from matchmaker.reports.papers.endings import ending_of
    from matchmaker.reports.papers.write import written

    typer.echo(f"Making {out.name} ...", err=True)
    write_file(out, written(paper, ending_of(out), briefing=briefing), quiet=quiet)


def write_document(stem: Path, text: str) -> None:
    """Write a self-contained page, and the same as a PDF where one can be made.

    Args:
        stem: the files without their endings.
        text: the page.
    """
    from matchmaker.errors import MissingExtra
    from matchmaker.reports.pdf import pdf

    write_file(stem.with_suffix(".html"), text)
    try:
        write_file(stem.with_suffix(".pdf"), pdf(text))
    except MissingExtra as error:
        typer.echo(f"{error.message} {error.next_step}", err=True)


class Form(NamedTuple):
    """In which form an answer is asked for; in none, it is told to people in the terminal."""

    out: Path | None = None
    csv: bool = False
    json: bool = False
    briefing: bool = False


def form_of(
    out: Path | None = None,
    force: bool = False,
    csv: bool = False,
    json: bool = False,
    briefing: bool = False,
) -> Form:
    """The form that the options of a command ask for, checked before anything is worked out.

    Raises:
        InvalidParameter: the file can't be written, or options contradict each other.
    """
    check_out(out, force=force, briefing=briefing, csv=csv, json=json)
    return Form(out, csv, json, briefing)


def give(
    form: Form,
    answer: Any,
    rows: Callable[[], Iterable[Mapping[str, Any]]],
    show: Callable[[], None],
    paper: Callable[[], Paper],
) -> None:
    """Print an answer in the form asked for, and write it to a file where one was named.

    Args:
        form: that was asked for.
        answer: for JSON.
        rows: for CSV.
        show: prints it for people.
        paper: for a file.
    """
    if form.out is not None:
        write_out(form.out, paper(), briefing=form.briefing, quiet=form.csv or form.json)
    if form.csv:
        print_csv(rows())
    elif form.json:
        print_json(answer)
    elif form.out is None:
        show()


def give_list(
    form: Form,
    title: str,
    rows: Sequence[Mapping[str, Any]],
    show: Callable[[], None],
    notes: Sequence[str] = (),
) -> None:
    """Print a list in the form asked for, and write it to a file where one was named.

    Args:
        form: that was asked for.
        title: what it is a list of.
        rows: all with the same columns.
        show: prints it for people.
        notes: what to know before using it.
    """

    def paper() -> Paper:
        from matchmaker.cli.context import get_snapshot
        from matchmaker.reports.papers.listing import list_paper

        return list_paper(title.casefold().replace(" ", "-"), title, get_snapshot().as_of, rows, notes)

    give(form, list(rows), lambda: rows, show, paper)
