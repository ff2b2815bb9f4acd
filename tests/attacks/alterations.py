"""Alterations of official files: each a slip or a lie that a file could hold, made from the file itself.

A file is a grid of texts, whatever its form. Every kind takes the grid, where its headings and codes are, and
one column of numbers, and gives the grid as it would be.
"""

from __future__ import annotations

import csv
import gzip
import io
import random
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import openpyxl
import polars as pl

from matchmaker.sources.files import decode, plain

Grid = list[list[str]]
YEAR = re.compile(r"\b20[012]\d\b")
MARK = "*"
FEWEST = 10
DAY = re.compile(r"^\d{2}-\d{2}-\d{4}$|^\d{4}-\d{2}-\d{2}")
CODE = re.compile(r"^\d{4,6}$")
"""Codes of which only some are kept."""
MOST_CELLS = 3_000_000


@dataclass(frozen=True)
class Table:
    """A file as texts: where its headings are, which column has the codes, which have numbers.

    Attributes:
        numbers: columns of numbers that are read, or all where it is not known which.
        others: the other columns of numbers.
        words: columns of words that are read.
    """

    path: Path
    grid: Grid
    heading: int
    key: int
    numbers: tuple[int, ...]
    others: tuple[int, ...] = ()
    words: tuple[int, ...] = ()
    sheet: str | None = None

    @property
    def body(self) -> range:
        """The rows under the headings."""
        return range(self.heading + 1, len(self.grid))


@dataclass(frozen=True)
class Alteration:
    """One: what it is called, what it should come to at least, and the file as it would be (None: gone)."""

    kind: str
    path: Path
    column: str
    content: Callable[[], bytes | None]
    plain: Callable[[], bytes]

    def __str__(self) -> str:
        return f"{self.kind}: {self.path.name} {self.column}".strip()


def opened(
    path: Path, codes: Collection[str], headings: Sequence[str], sheet: str | None = None
) -> Table | None:
    """A file as a table, with the rows of some organisations; None where its form or size is not for this.

    Args:
        path: the file.
        codes: of organisations; rows under the headings that have another's code are left out.
        headings: that its reader looks for; with none, those of the first row.
        sheet: of a workbook.
    """
    grid = _grid(path, sheet)
    if not grid or sum(map(len, grid)) > MOST_CELLS:
        return None
    wanted = {plain(one) for heading in headings for one in heading.split(" or ")}
    heading = -max((sum(plain(cell) in wanted for cell in row), -at) for at, row in enumerate(grid[:60]))[1]
    rows, width = grid[heading + 1 :], len(grid[heading])
    # Other columns that are read may hold codes, too, but not so many different ones.
    read = [at for at in range(width) if plain(grid[heading][at]) in wanted] or [*range(width)]
    coded = [len({_code(row, at) for row in rows} & {*codes}) if at in read else 0 for at in range(width)]
    if not rows or not width or max(coded) < FEWEST:
        return None
    key = coded.index(max(coded))
    kept = [row for row in rows if not CODE.match(_code(row, key)) or _code(row, key) in codes]
    here = [at for at in range(width) if at != key]
    known = {at for at in here if not wanted or plain(grid[heading][at]) in wanted}
    numbers = {at for at in here if _numeric(kept, at)}
    words = known - numbers if any(plain(cell) in wanted for cell in grid[heading]) else set()
    return Table(
        path,
        [*grid[: heading + 1], *kept],
        heading,
        key,
        tuple(sorted(numbers & known)),
        tuple(sorted(numbers - known)),
        tuple(sorted(words)) or tuple(sorted(known - numbers)),
        sheet,
    )


def _code(row: Sequence[str], at: int) -> str:
    return row[at].strip().removesuffix(".0") if at < len(row) else ""


def _numeric(rows: Grid, at: int) -> bool:
    cells = [row[at].strip().rstrip("%") for row in rows[:400] if at < len(row) and row[at].strip()]
    good = sum(_number(cell) is not None for cell in cells)
    return bool(cells) and good > 0.5 * len(cells) and len(set(cells)) > 8


def _number(cell: str) -> float | None:
    try:
        return float(cell.replace(",", ""))
    except ValueError:
        return None


def _grid(path: Path, sheet: str | None) -> Grid | None:
    ending = path.suffix.casefold()
    if ending == ".csv":
        text = decode(path.read_bytes())
    elif ending == ".gz":
        text = decode(gzip.decompress(path.read_bytes()))
    elif ending == ".parquet":
        frame = pl.read_parquet(path)
        texts = frame.select(pl.all().cast(pl.String, strict=False).fill_null(""))
        return [list(frame.columns), *map(list, texts.iter_rows())]
    elif ending == ".xlsx" and sheet is not None:
        book = openpyxl.load_workbook(path, read_only=True)
        rows = book[sheet].iter_rows(values_only=True)
        return [["" if cell is None else str(cell) for cell in row] for row in rows]
    else:
        return None
    return list(csv.reader(io.StringIO(text))) if text is not None else None


def written(path: Path, grid: Grid, sheet: str | None) -> bytes:
    """The grid in the form of the file."""
    out = io.BytesIO()
    if path.suffix.casefold() == ".parquet":
        columns = {
            name: [(row[at] if at < len(row) else "") or None for row in grid[1:]]
            for at, name in enumerate(grid[0])
        }
        pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)).write_parquet(out)
        return out.getvalue()
    if sheet is not None:
        book = openpyxl.Workbook(write_only=True)
        page = book.create_sheet(sheet)
        for row in grid:
            page.append([_number(cell) if _number(cell) is not None else cell or None for cell in row])
        book.save(out)
        return out.getvalue()
    text = io.StringIO()
    csv.writer(text).writerows(grid)
    raw = text.getvalue().encode()
    return gzip.compress(raw) if path.suffix.casefold() == ".gz" else raw


def changed(table: Table, at: int, change: Callable[[str], str], rows: Sequence[int] | None = None) -> Grid:
    """The grid with cells of a column changed, in some rows or in all."""
    grid = [list(row) for row in table.grid]
    for row in table.body if rows is None else rows:
        if at < len(grid[row]):
            grid[row][at] = change(grid[row][at])
    return grid


def _times(factor: float) -> Callable[[str], str]:
    def change(cell: str) -> str:
        number = _number(cell.strip().rstrip("%"))
        if number is None:
            return cell
        made = number * factor
        text = (
            f"{made:.0f}"
            if made.is_integer() or (number.is_integer() and factor > 1)
            else repr(round(made, 9))
        )
        return text + ("%" if cell.strip().endswith("%") else "")

    return change


def large_row(table: Table, at: int) -> int:
    """The row of somebody large, though not the largest: totals stand there, too."""
    coded = [
        row
        for row in table.body
        if len(table.grid[row]) > max(at, table.key) and 2 < len(table.grid[row][table.key].strip()) < 9
    ]
    sizes = sorted(((_number(table.grid[row][at].rstrip("%")) or 0.0), row) for row in coded)
    return sizes[int(len(sizes) * 0.85)][1] if sizes else table.heading + 1


def _swapped(table: Table, one: int, other: int) -> Grid:
    grid = [list(row) for row in table.grid]
    for row in table.body:
        if max(one, other) < len(grid[row]):
            grid[row][one], grid[row][other] = grid[row][other], grid[row][one]
    return grid


def _shifted(table: Table) -> Grid:
    grid = [list(row) for row in table.grid]
    codes = [row[table.key] if table.key < len(row) else "" for row in grid[table.heading + 1 :]]
    for at, row in enumerate(table.body):
        if table.key < len(grid[row]):
            grid[row][table.key] = codes[at - 1]
    return grid


def _heading(table: Table, at: int) -> Grid:
    grid = [list(row) for row in table.grid]
    grid[table.heading][at] += " (new)"
    return grid


def _without(table: Table, at: int) -> Grid:
    return [row[:at] + row[at + 1 :] if at < len(row) else row for row in table.grid]


def _dates(table: Table, rows: Sequence[int]) -> Grid | None:
    grid, changed = [list(row) for row in table.grid], False
    for row in rows:
        for at, cell in enumerate(grid[row]):
            if at not in table.numbers and YEAR.search(cell) and len(cell) < 40:
                grid[row][at] = YEAR.sub("2125", cell)
                changed = True
    return grid if changed else None


Make = Callable[[], "Grid | bytes | None"]


def _rows_of(table: Table, row: int) -> Grid:
    code = table.grid[row][table.key]
    return [table.grid[at] for at in table.body if _code(table.grid[at], table.key) == code.strip()]


def _of_file(table: Table, others: Sequence[Table]) -> dict[str, Make]:
    """Kinds that are of a whole file."""
    grid, head = table.grid, table.heading + 1
    made: dict[str, Make] = {
        "the file is missing": lambda: None,
        "the file is empty": lambda: b"",
        "headings without rows": lambda: grid[:head],
        "half the rows are cut off": lambda: grid[: head + (len(grid) - head) // 2],
        "all rows twice": lambda: grid + grid[head:],
        "one organisation's rows twice": lambda: grid + _rows_of(table, large_row(table, table.key)),
        "codes stand a row too low": lambda: _shifted(table),
        "a year is typed as 2125, once": lambda: _dates(table, [head]),
        "a year is typed as 2125, everywhere": lambda: _dates(table, table.body),
        "a year above the table is typed as 2125": lambda: _dates(table, range(table.heading)),
    }
    if others:
        other = others[0]
        made["another file's content under this name"] = partial(written, other.path, other.grid, other.sheet)
        made["two files in one"] = lambda: grid + other.grid[other.heading + 1 :]
    return made


def _of_column(table: Table, at: int, other: int | None) -> dict[str, Make]:
    """Kinds that are of a column of numbers, and of the next one."""
    large, half = large_row(table, at), table.body[: len(table.body) // 2]

    def each(change: Callable[[str], str], rows: Sequence[int] | None = None) -> Make:
        return lambda: changed(table, at, change, rows)

    made: dict[str, Make] = {
        "a column is missing": lambda: _without(table, at),
        "a column is renamed": lambda: _heading(table, at),
        "a column is suppressed": each(lambda _: MARK),
        "suppressed cells become nought": each(
            lambda cell: cell if _number(cell.rstrip("%")) is not None else "0"
        ),
        "one organisation's figure is suppressed": each(lambda _: MARK, [large]),
        "one organisation's figure is nought": each(lambda _: "0", [large]),
        "one organisation's figure times 10": each(_times(10), [large]),
        "one organisation's figure by 10": each(_times(0.1), [large]),
        "all of a column by 100": each(_times(0.01)),
        "all of a column times 100": each(_times(100)),
        "all of a column by 1000": each(_times(0.001)),
        "half the rows of a column by 2": each(_times(0.5), half),
    }
    if other is not None:
        made["two columns are swapped"] = lambda: _swapped(table, at, other)
    return made


def _of_words(table: Table, at: int) -> dict[str, Make]:
    """Kinds that are of a column of words in a list: names, types, places, days."""
    rows = [row for row in table.body if at < len(table.grid[row])]
    cells = [table.grid[row][at] for row in rows]
    filled = [row for row in rows if table.grid[row][at].strip()]
    one = filled[len(filled) // 2]
    # Of another kind than it has, where there is one.
    other = next((cell for cell in reversed(cells) if cell.strip() and cell != table.grid[one][at]), "")
    day = "31-01-2012" if DAY.match(table.grid[one][at]) else other
    below = dict(zip(rows, [cells[-1], *cells[:-1]], strict=True))

    def each(change: Callable[[int], str], some: Sequence[int]) -> Make:
        def make() -> Grid:
            grid = [list(row) for row in table.grid]
            for row in some:
                grid[row][at] = change(row)
            return grid

        return make

    return {
        "words stand a row too low": each(lambda row: below[row], rows),
        "one organisation has another's words": each(lambda _: other, [one]),
        "one organisation's day is another": each(lambda _: day, [one]),
        "all have the words of one": each(lambda _: table.grid[one][at], rows),
        "one organisation's words are blank": each(lambda _: "", [one]),
        "blank cells have the words of one": each(
            lambda row: table.grid[row][at].strip() or table.grid[one][at], rows
        ),
        "a column of words is blank": each(lambda _: "", rows),
    }


def of_lists(table: Table, others: Sequence[Table], seed: int) -> Iterator[Alteration]:
    """Every kind for a list of organisations: of the whole file, and of its columns of words."""
    plain_ = lru_cache(partial(written, table.path, table.grid, table.sheet))
    made = [(kind, "", make) for kind, make in _of_file(table, others).items()]
    grid, middle = table.grid, table.heading + 1 + len(table.body) // 2
    made.append(("one row is missing", "", lambda: grid[:middle] + grid[middle + 1 :]))
    made.append(("two organisations' codes are swapped", "", lambda: _exchanged(table, middle)))
    columns = [
        at for at in table.words if sum(bool(row[at].strip()) for row in grid[1:] if at < len(row)) > 1
    ]
    random.Random(f"{seed} {table.path.name}").shuffle(columns)
    for at in columns:
        heading = grid[table.heading][at]
        made += [(kind, heading, make) for kind, make in _of_words(table, at).items()]
    for kind, heading, make in made:
        yield Alteration(kind, table.path, heading, partial(_content, table, make), plain_)


def _exchanged(table: Table, at: int) -> Grid:
    grid = [list(row) for row in table.grid]
    grid[at][table.key], grid[at - 1][table.key] = grid[at - 1][table.key], grid[at][table.key]
    return grid


def _content(table: Table, make: Make) -> bytes | None:
    made = make()
    return written(table.path, made, table.sheet) if isinstance(made, list) else made


def alterations(table: Table, others: Sequence[Table], seed: int) -> Iterator[Alteration]:
    """Every kind that a table allows, over some of its columns, made when it is asked for.

    Args:
        table: of one file.
        others: of other files of the same publication.
        seed: of the choice of columns.
    """
    plain_ = lru_cache(partial(written, table.path, table.grid, table.sheet))
    for kind, make in _of_file(table, others).items():
        yield Alteration(kind, table.path, "", partial(_content, table, make), plain_)
    columns, others_ = list(table.numbers), list(table.others)
    draw = random.Random(f"{seed} {table.path.name}")
    draw.shuffle(columns)
    draw.shuffle(others_)
    # One is swapped with a column that is not read, too.
    partners = [*others_[:1], *columns[1:]] if len(columns) > 2 else [*columns[1:], *others_]
    for at, other in zip(columns[:3], [*partners[:3], *[None] * 3], strict=False):
        for kind, make in _of_column(table, at, other).items():
            yield Alteration(
                kind, table.path, table.grid[table.heading][at], partial(_content, table, make), plain_
            )
