"""A Word document (.docx) that a screen reader can read: headings as styles, repeated heads of tables."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from matchmaker.errors import MissingExtra
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

if TYPE_CHECKING:
    from docx.document import Document as Word

FONT, BLUE, GREY = "Arial", "005EB8", "4C6272"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time that each part of the file bears, so that the bytes do not depend on the clock."""


def docx(document: Document) -> bytes:
    """A document for Word; the same document gives the same bytes.

    Raises:
        MissingExtra: python-docx is not installed.
    """
    try:
        from docx import Document as new
    except ImportError as error:
        step = "Take the report as HTML, or pip install 'matchmaker[papers]'."
        raise MissingExtra("Word documents can't be made here.", step) from error
    word = new()
    _set_up(word, document)
    word.add_heading(document.title, 1)
    _paragraph(word, document.subtitle, quiet=True)
    for block in document.blocks:
        _add(word, block)
    out = io.BytesIO()
    word.save(out)
    return _without_clock(out.getvalue())


def _set_up(word: Word, document: Document) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    at = datetime(document.day.year, document.day.month, document.day.day)
    properties = word.core_properties
    properties.title, properties.language = document.title, "en-GB"
    properties.author, properties.comments = "", ""
    properties.created = properties.modified = at
    section = word.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(1.6)
    section.top_margin, section.bottom_margin = Cm(1.4), Cm(1.5)
    section.footer_distance = Cm(0.7)
    size = 8 if document.one_page else 10
    sizes = {
        "Heading 1": 13 if document.one_page else 16,
        "Heading 2": 10 if document.one_page else 14,
        "Heading 3": 11,
    }
    for name in ("Normal", "List Bullet", "Caption", *sizes):
        style: Any = word.styles[name]
        style.font.size = Pt(sizes.get(name, size))
        properties_ = style.element.get_or_add_rPr()
        fonts = properties_.get_or_add_rFonts()
        for which in list(fonts.attrib):  # a theme's font would win over the font that is named
            del fonts.attrib[which]
        for which in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
            fonts.set(qn(which), FONT)
        style.paragraph_format.space_after = Pt(2 if document.one_page else 5)
        style.paragraph_format.space_before = Pt(0)
        if name in sizes:
            style.font.color.rgb = RGBColor.from_string("212B32")
            style.paragraph_format.space_before = Pt(5 if document.one_page else 10)
            style.paragraph_format.keep_with_next = True
        if name == "Caption":
            style.font.color.rgb = RGBColor.from_string(GREY)
            style.font.bold = True
            style.paragraph_format.keep_with_next = True
    for language in word.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")
    _footer(section.footer.paragraphs[0], document.footer)


def _footer(paragraph: Any, text: str) -> None:
    """Which page of how many, and the running text."""
    from docx.shared import Pt

    paragraph.style.font.size = Pt(7.5)
    paragraph.add_run("Page ")
    _field(paragraph, "PAGE")
    paragraph.add_run(" of ")
    _field(paragraph, "NUMPAGES")
    paragraph.add_run(f". {text}")


def _field(paragraph: Any, code: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run, shown = OxmlElement("w:r"), OxmlElement("w:t")
    shown.text = "1"
    run.append(shown)
    field.append(run)
    paragraph._p.append(field)


def _add(word: Word, block: Block) -> None:
    from docx.shared import Pt

    match block:
        case Heading():
            word.add_heading(block.text, block.level)
        case Paragraph():
            _paragraph(word, block.text, quiet=block.quiet)
        case Bullets():
            if block.label:
                head = word.add_paragraph()
                head.add_run(block.label).bold = True
                head.paragraph_format.keep_with_next = True
                head.paragraph_format.space_after = Pt(1)
            for item in block.items:
                word.add_paragraph(item, style="List Bullet")
        case Caveat():
            for text in block.texts:
                _border(word.add_paragraph(text))
        case Table():
            _table(word, block)
        case Figure():
            _figure(word, block)
        case Question():
            for label, text in block.pairs:
                paragraph = word.add_paragraph()
                paragraph.add_run(f"{label}: ").bold = True
                paragraph.add_run(text)
            if block.link:
                paragraph = word.add_paragraph()
                paragraph.add_run("Link: ").bold = True
                _link(paragraph, "open the same answer", block.link)
        case PageBreak():
            word.add_paragraph().paragraph_format.page_break_before = True


def _paragraph(word: Word, text: str, *, quiet: bool) -> None:
    from docx.shared import RGBColor

    run = word.add_paragraph().add_run(text)
    if quiet:
        run.font.color.rgb = RGBColor.from_string(GREY)


def _border(paragraph: Any) -> None:
    """A bar at the left, as inset texts of the pages have."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders, left = OxmlElement("w:pBdr"), OxmlElement("w:left")
    for name, value in (("val", "single"), ("sz", "24"), ("space", "8"), ("color", BLUE)):
        left.set(qn(f"w:{name}"), value)
    borders.append(left)
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")


def _link(paragraph: Any, text: str, address: str) -> None:
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import RGBColor
    from docx.text.run import Run

    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    element: Any = OxmlElement("w:r")
    run = Run(element, paragraph)
    run.text, run.font.underline = text, True
    run.font.color.rgb = RGBColor.from_string(BLUE)
    link.append(element)
    paragraph._p.append(link)


def _table(word: Word, block: Table) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    word.add_paragraph(block.caption, style="Caption")
    made: Any = word.add_table(1, len(block.columns), style="Table Grid")
    made.autofit = False
    widths = block.widths or (1.0,) * len(block.columns)
    across = [Cm(17.8 * width / sum(widths)) for width in widths]
    properties = made._tbl.tblPr
    caption = OxmlElement("w:tblCaption")
    caption.set(qn("w:val"), block.caption)
    properties.append(caption)
    _quiet_frame(properties)
    rows: Sequence[Sequence[str]] = (block.columns, *block.rows)
    for number, texts in enumerate(rows):
        row = made.rows[0] if number == 0 else made.add_row()
        marks = ("w:cantSplit", "w:tblHeader") if number == 0 else ("w:cantSplit",)
        for mark in marks:
            row._tr.get_or_add_trPr().append(OxmlElement(mark))
        for at, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            cell.width = across[at]
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(0)
            run = paragraph.add_run(text)
            run.bold = number == 0 or number - 1 in block.emphasised
            run.font.size = Pt(7 if len(block.columns) > 5 else 7.5)
            if at in block.numeric:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            if number == 0:
                shade = OxmlElement("w:shd")
                for name, value in (("val", "clear"), ("color", "auto"), ("fill", "E8EDEE")):
                    shade.set(qn(f"w:{name}"), value)
                cell._tc.get_or_add_tcPr().append(shade)
    for column, width in zip(made.columns, across, strict=True):
        column.width = width
    after = word.add_paragraph()
    after.paragraph_format.space_after = Pt(0)
    after.paragraph_format.line_spacing = Pt(6)


def _quiet_frame(properties: Any) -> None:
    """Thin grey lines, a little room above and below each text, and the left edge at that of the page."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "AEB7BD")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    margins = OxmlElement("w:tblCellMar")
    for side, width in (("top", "25"), ("left", "70"), ("bottom", "25"), ("right", "70")):
        room = OxmlElement(f"w:{side}")
        room.set(qn("w:w"), width)
        room.set(qn("w:type"), "dxa")
        margins.append(room)
    indent = OxmlElement("w:tblInd")
    indent.set(qn("w:w"), "70")
    indent.set(qn("w:type"), "dxa")
    after = ("w:tblLook", "w:tblCaption", "w:tblDescription")
    properties.insert_element_before(margins, *after)
    properties.insert_element_before(borders, "w:shd", "w:tblLayout", "w:tblCellMar", *after)
    properties.insert_element_before(indent, "w:tblBorders", "w:shd", "w:tblLayout", "w:tblCellMar", *after)


def _figure(word: Word, block: Figure) -> None:
    from docx.shared import Cm

    picture = word.add_picture(io.BytesIO(block.png), width=Cm(block.width_cm))
    word.paragraphs[-1].paragraph_format.keep_with_next = True
    picture._inline.docPr.set("descr", block.alt)
    picture._inline.docPr.set("title", block.caption)
    _paragraph(word, block.caption, quiet=True)


def _without_clock(content: bytes) -> bytes:
    """The same file, with one time for every part of it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as made:
        for name in old.namelist():
            made.writestr(zipfile.ZipInfo(name, EPOCH), old.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()
