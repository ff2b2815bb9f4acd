"""A self-contained page as a PDF that screen readers can read (PDF/UA), by WeasyPrint."""

from __future__ import annotations

from matchmaker.errors import MissingExtra


def pdf(text: str) -> bytes:
    """A page as a PDF; nothing is fetched.

    Args:
        text: a self-contained HTML page.

    Raises:
        MissingExtra: WeasyPrint, or a library of the system that it needs, is not installed.
    """
    try:
        from weasyprint import HTML
    except (ImportError, OSError) as error:
        step = "Print the page and save it as a PDF, or install matchmaker with its extra 'pdf'."
        raise MissingExtra("PDFs can't be made here.", step) from error
    content: bytes = HTML(string=text, url_fetcher=_nothing).write_pdf(pdf_variant="pdf/ua-1")
    return content


def _nothing(address: str, *_: object, **__: object) -> dict[str, object]:
    raise ValueError(f"not fetched: {address}")
