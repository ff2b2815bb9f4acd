"""What a report is made of: sections of text, lists, tables and charts, drawn by page and document."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Discriminator


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    words: str
    kind: Literal["text"] = "text"


@dataclass(frozen=True, slots=True)
class Items:
    """A list of sentences."""

    items: tuple[str, ...]
    kind: Literal["items"] = "items"


@dataclass(frozen=True, slots=True)
class Table:
    """A table of text; cells in the columns `right` are aligned to the right."""

    caption: str
    heading: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[int, ...] = ()
    kind: Literal["table"] = "table"


@dataclass(frozen=True, slots=True)
class Dot:
    """A value with its limits, which may be unknown."""

    label: str
    value: float
    low: float | None
    high: float | None
    stressed: bool = False


@dataclass(frozen=True, slots=True)
class Dots:
    """A chart of values with limits, one below the other.

    Attributes:
        line: where a vertical line stands (chance, no effect).
        ratio: whether the scale is logarithmic.
    """

    caption: str
    dots: tuple[Dot, ...]
    low: float
    high: float
    line: float | None = None
    ratio: bool = False
    kind: Literal["dots"] = "dots"


@dataclass(frozen=True, slots=True)
class Steps:
    """A chart of curves that go down in steps from 1: (time, share) of each.

    Attributes:
        unit: of the time.
    """

    caption: str
    curves: tuple[tuple[str, tuple[tuple[float, float], ...]], ...]
    unit: str
    kind: Literal["steps"] = "steps"


Block = Annotated[Text | Items | Table | Dots | Steps, Discriminator("kind")]
"""In files, `kind` says which it is."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it.

    Attributes:
        level: 2 is a main part, 3 a part of one.
        name: by which pages pick a section out; empty where none does.
    """

    title: str
    blocks: tuple[Block, ...]
    level: int = 2
    name: str = ""


def has_content(block: Block) -> bool:
    """Whether a table has a row, and a chart something to draw."""
    match block:
        case Table(rows=parts) | Dots(dots=parts) | Steps(curves=parts):
            return bool(parts)
        case _:
            return True


def markdown(title: str, sections: Sequence[Section]) -> str:
    """A report as a Markdown document; charts are left out, since tables say the same."""
    parts = [f"# {title}"]
    for section in sections:
        parts.append(f"{'#' * section.level} {section.title}")
        parts += [drawn for block in section.blocks if (drawn := _drawn(block))]
    return "\n\n".join(parts) + "\n"


def markdown_table(
    heading: Sequence[str], rows: Iterable[Sequence[object]], right: Container[int] = ()
) -> str:
    """A table in Markdown; None is an empty cell.

    Args:
        heading: of each column.
        rows: one cell for each column.
        right: columns whose cells are aligned to the right.
    """
    rule = ["---:" if at in right else "---" for at in range(len(heading))]
    lines = (
        ("" if cell is None else str(cell).replace("|", "\\|") for cell in line)
        for line in (heading, rule, *rows)
    )
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _drawn(block: Block) -> str:
    match block:
        case Text(words):
            return words
        case Items(items):
            return "\n".join(f"- {item}" for item in items)
        case Table(caption, heading, rows, right):
            drawn = markdown_table(heading, rows, right)
            return f"{caption}\n\n{drawn}" if caption else drawn
        case _:
            return ""
