"""A document as one HTML page with its style inside: to read, to print, and the way to a PDF."""

from __future__ import annotations

from base64 import b64encode
from functools import cache

from jinja2 import Environment, PackageLoader

from matchmaker.reports.papers.document import Document


def html(document: Document) -> str:
    """A self-contained page; the same document gives the same bytes."""
    return _environment().get_template("paper.html").render(document=document)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("matchmaker.reports"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    made.tests["block"] = lambda block, name: type(block).__name__ == name
    made.filters["data_address"] = lambda png: f"data:image/png;base64,{b64encode(png).decode()}"
    return made
