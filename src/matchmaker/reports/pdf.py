"""A self-contained page as a PDF that screen readers can read (PDF/UA), by WeasyPrint."""

from __future__ import annotations

from matchmaker.errors import MissingExtra


def pdf(text: str) -> bytes:
    """A page as a PDF; nothing is fetched, and pictures stand in the page itself.

    Args:
        text: a self-contained HTML page.

    Raises:
        MissingExtra: WeasyPrint, or a library of the system that it needs, is not installed.
    """
    try:
        from weasyprint import HTML, URLFetcher
    except (ImportError, OSError) as error:
        step = "Print the page and save it as a PDF, or pip install 'matchmaker[papers]'."
        raise MissingExtra("PDFs can't be made here.", step) from error
    content: bytes = HTML(string=text, url_fetcher=URLFetcher(allowed_protocols={"data"})).write_pdf(
        pdf_variant="pdf/ua-1"
    )
    return content
