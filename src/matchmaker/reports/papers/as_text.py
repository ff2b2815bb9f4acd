"""A document as Markdown, which is also plain text to read."""

from __future__ import annotations

from matchmaker.reports.papers.document import (
    Block,
    Bullets,
    Caveat,
    Document,
    Figure,
    Heading,
    PageBreak,
    Paragraph,
    Question,
    Table,
)


def markdown(document: Document) -> str:
    """A document as Markdown; a picture is told in words."""
    parts = [f"# {document.title}", document.subtitle, *filter(None, map(_block, document.blocks))]
    return "\n\n".join((*parts, document.footer)) + "\n"


def _block(block: Block) -> str:
    match block:
        case Heading():
            return f"{'#' * block.level} {block.text}"
        case Paragraph():
            return block.text
        case Bullets():
            head = f"{block.label}:\n\n" if block.label else ""
            return head + "\n".join(f"- {item}" for item in block.items)
        case Caveat():
            return "\n>\n".join(f"> {text}" for text in block.texts)
        case Table():
            return "\n".join((f"{block.caption}:", "", *_table(block)))
        case Figure():
            return f"({block.alt})"
        case Question():
            link = [("Link", block.link)] if block.link else []
            return "\n".join(f"- {label}: {text}" for label, text in (*block.pairs, *link))
        case PageBreak():
            return ""


def _table(block: Table) -> list[str]:
    rule = ["---:" if at in block.numeric else "---" for at in range(len(block.columns))]
    rows = (block.columns, rule, *block.rows)
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
