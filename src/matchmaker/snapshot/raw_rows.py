"""Rows of official files as texts, opened by other libraries than the readers use: for the audit alone."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from html import unescape
from pathlib import Path
from typing import Any

Row = Sequence[str]
STRINGS = "xl/sharedStrings.xml"
_CELL = re.compile(r"<c\b([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)


def _csv(path: Path) -> Iterator[Row]:
    raw = path.read_bytes()
    if path.suffix.casefold() == ".gz":
        raw = gzip.decompress(raw)
    elif path.suffix.casefold() == ".zip":
        with zipfile.ZipFile(path) as archive:
            raw = b"\n".join(
                archive.read(name) for name in archive.namelist() if name.casefold().endswith(".csv")
            )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    return iter(csv.reader(io.StringIO(text)))


def _workbook(path: Path) -> Iterator[Row]:
    """Every row of every sheet, from the XML itself."""
    with zipfile.ZipFile(path) as book:
        parts = sorted(name for name in book.namelist() if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name))
        strings = book.read(STRINGS).decode() if STRINGS in book.namelist() else ""
        words = [_words(one) for one in re.findall(r"<si\b[^>]*?(?:/>|>(.*?)</si>)", strings, re.DOTALL)]
        for part in parts:
            for row in re.finditer(r"<row\b[^>]*>(.*?)</row>", book.read(part).decode(), re.DOTALL):
                yield [_cell(one[1], one[2] or "", words) for one in _CELL.finditer(row[1])]


def _words(xml: str) -> str:
    return unescape("".join(re.findall(r"<t\b[^>]*>(.*?)</t>", xml, re.DOTALL)))


def _cell(attributes: str, content: str, words: Sequence[str]) -> str:
    if 't="inlineStr"' in attributes:
        return _words(content)
    value = re.search(r"<v[^>]*>(.*?)</v>", content, re.DOTALL)
    if value is None:
        return ""
    return words[int(value[1])] if 't="s"' in attributes else unescape(value[1])


def _json(path: Path) -> Iterator[Row]:
    """Every object with the words and numbers in it, and the name under which it stands."""

    def objects(value: Any, name: str) -> Iterator[Row]:
        if isinstance(value, dict):
            yield [name, *(_text(cell) for cell in _leaves(value))]
            for key, inner in value.items():
                yield from objects(inner, str(key))
        elif isinstance(value, list):
            if value and not any(isinstance(inner, dict | list) for inner in value):
                yield [name, *map(_text, value)]
            for inner in value:
                yield from objects(inner, name)

    return objects(json.loads(path.read_text("utf-8-sig")), "")


def _leaves(value: Any, depth: int = 2) -> Iterator[Any]:
    for inner in value.values() if isinstance(value, dict) else value:
        if not isinstance(inner, dict | list):
            yield inner
        elif depth:
            yield from _leaves(inner, depth - 1)


def _r_data(path: Path) -> Iterator[Row]:
    import rdata

    with warnings.catch_warnings():
        # R classes without a Python counterpart come as what they hold.
        warnings.simplefilter("ignore", UserWarning)
        content = rdata.read_rds(path) if path.suffix.casefold() == ".rds" else rdata.read_rda(path)
    for frame in content.values() if isinstance(content, dict) else [content]:
        for row in frame.itertuples(index=False):
            yield [_text(cell) for cell in row]


def _parquet(path: Path) -> Iterator[Row]:
    import pyarrow.parquet

    for batch in pyarrow.parquet.ParquetFile(path).iter_batches():
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            yield [_text(cell) for cell in row]


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell)


ROWS: Mapping[str, Callable[[Path], Iterable[Row]]] = {
    ".csv": _csv,
    ".gz": _csv,
    ".zip": _csv,
    ".xlsx": _workbook,
    ".xlsm": _workbook,
    ".json": _json,
    ".parquet": _parquet,
    ".rda": _r_data,
    ".rds": _r_data,
}
"""Ending in small letters -> the rows of a file."""
