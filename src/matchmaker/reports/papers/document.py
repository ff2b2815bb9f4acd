"""What papers are made of: blocks of a document, and sheets of a workbook; no format of a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

Cell = str | int | float | date | bool | tuple[str, ...] | None
"""Of a workbook: several texts stand below each other, None is an empty cell."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading below the title; level 2 is the highest."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; `quiet` is smaller."""

    text: str
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of short texts, below a label in bold where there is one."""

    items: tuple[str, ...]
    label: str = ""


@dataclass(frozen=True, slots=True)
class Caveat:
    """What must be read before the rest is used."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with headings; all cells are texts as people read them.

    Attributes:
        caption: what it shows.
        columns: headings.
        rows: each with as many cells as there are columns; the first names the row.
        numeric: columns (from 0) that are aligned to the right.
        widths: relative widths of the columns; by default all alike.
        emphasised: rows (from 0) in bold, such as that of the recipient.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int] = frozenset()
    widths: tuple[float, ...] = ()
    emphasised: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture.

    Attributes:
        png: its bytes.
        alt: what it shows, for those who can't see it.
        caption: below it.
        width_cm: on paper.
    """

    png: bytes
    alt: str
    caption: str
    width_cm: float


@dataclass(frozen=True, slots=True)
class Question:
    """The question that was asked, so that it can be asked again: pairs of a label and a text.

    Attributes:
        link: address of the same answer; empty where no service gave it.
    """

    pairs: tuple[tuple[str, str], ...]
    link: str = ""


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins a new page."""


Block = Heading | Paragraph | Bullets | Caveat | Table | Figure | Question | PageBreak


@dataclass(frozen=True, slots=True)
class Document:
    """A document to print.

    Attributes:
        title: also a property of the file.
        subtitle: one line below it.
        blocks: in their order.
        footer: at the foot of each page, beside its number.
        day: the day of the answer, for the properties of the file.
        one_page: whether it is set in smaller type, to fit one page.
    """

    title: str
    subtitle: str
    blocks: tuple[Block, ...]
    footer: str
    day: date
    one_page: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook.

    Attributes:
        name: at most 31 characters.
        columns: headings.
        rows: cells with their own types: numbers are numbers, days are days.
        formats: column -> `percent`, `whole`, `short` (two places) or `km`; numbers are shown as they are
            by default.
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    formats: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Paper:
    """One answer, ready for each writer; its parts are made when a writer asks for them.

    Attributes:
        name: of a file, without its ending.
        title: of a workbook.
        day: of the answer.
        report: the full report.
        sheets: of the workbook.
        answer: for JSON.
        rows: of the CSV file.
        briefing: the report on one page; None where the answer has none.
        page: the page with charts as HTML, where there is one; else the report is written as HTML.
    """

    name: str
    title: str
    day: date
    report: Callable[[], Document]
    sheets: Callable[[], tuple[Sheet, ...]]
    answer: Any
    rows: Callable[[], Sequence[Mapping[str, Any]]]
    briefing: Callable[[], Document] | None = None
    page: Callable[[], str] | None = None
