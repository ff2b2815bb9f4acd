"""A paper as a file: the ending of its name decides which."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from matchmaker.errors import InvalidParameter
from matchmaker.models.tables import to_csv
from matchmaker.reports.papers.as_docx import docx
from matchmaker.reports.papers.as_html import html
from matchmaker.reports.papers.as_text import markdown
from matchmaker.reports.papers.as_xlsx import xlsx
from matchmaker.reports.papers.document import Document, Paper
from matchmaker.reports.papers.endings import DOCUMENTS, ending_of
from matchmaker.reports.pdf import pdf

NEEDED = ("PIL", "docx", "weasyprint", "xlsxwriter")
"""Libraries of the extra `papers`."""


def can_be_made() -> bool:
    """Whether all that papers need is installed."""
    return all(find_spec(name) is not None for name in NEEDED)


def written(paper: Paper, ending: str, *, briefing: bool = False) -> bytes:
    """The bytes of a paper.

    Args:
        paper: the answer, ready for each writer.
        ending: one of `MEDIA_TYPES`.
        briefing: one page in place of the full report.

    Raises:
        InvalidParameter: there is no briefing of this answer, or none in this form.
        MissingExtra: a library that is needed is not installed.
    """
    if briefing and (paper.briefing is None or ending not in DOCUMENTS):
        what = "of this answer" if paper.briefing is None else f"as .{ending}"
        raise InvalidParameter(f"There is no one-page briefing {what}.", "Ask for the whole answer.")
    chosen: Callable[[], Document] = (paper.briefing if briefing else None) or paper.report
    match ending:
        case "docx":
            return docx(chosen())
        case "pdf":
            return pdf(html(chosen()))
        case "html":
            return (paper.page() if paper.page and not briefing else html(chosen())).encode()
        case "xlsx":
            return xlsx(paper.sheets(), paper.title, paper.day)
        case "csv":  # by this mark Excel knows the file as UTF-8
            return ("\ufeff" + "".join(to_csv(paper.rows()))).encode()
        case "json":
            from pydantic import TypeAdapter

            return TypeAdapter(type(paper.answer)).dump_json(paper.answer, indent=2)
        case _:
            return markdown(chosen()).encode()


def write(paper: Paper, path: str | Path, *, briefing: bool = False) -> Path:
    """Write a paper to a file; its ending decides the form.

    Raises:
        InvalidParameter: the ending is unknown, or there is no such briefing.
        MissingExtra: a library that is needed is not installed.
        OSError: the file can't be written.
    """
    file = Path(path)
    file.write_bytes(written(paper, ending_of(file), briefing=briefing))
    return file
