"""What a publication is, and the list of all that can be read."""

from __future__ import annotations

import importlib
import pkgutil
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matchmaker.cache import cached
from matchmaker.errors import BadFile, Issue, IssueList
from matchmaker.sector import Sector

if TYPE_CHECKING:
    import polars as pl


class Standing(IntEnum):
    """How near a source is to the publisher; the lower number is nearer."""

    OWN = 0  # a user's own data, see snapshot/overlay
    OFFICIAL = 1
    EXTRACTED = 2
    COMPILED = 3
    MODELLED = 4  # worked out here from published figures of something else


def precedence() -> tuple[pl.Expr, ...]:
    """Sort keys that put the figure to be used last, of several with the same organisation and period.

    A user's own data win, then what the publisher said, be it read in its own file or in a faithful extract
    of one, then compilations. Of what the publisher said, the later publication wins: it is a revision. Of
    two with the same day, the official file does.
    """
    import polars as pl

    standing = pl.col("standing").cast(pl.Int64)
    said_by_publisher = (
        pl.when(standing == Standing.EXTRACTED).then(int(Standing.OFFICIAL)).otherwise(standing)
    )
    return -said_by_publisher, pl.col("known_from"), -standing, pl.col("source")


@dataclass(frozen=True, slots=True)
class Publication:
    """One official publication: what it is, where its files are, and how they are read.

    Attributes:
        id: short name, the value of `source` in every table.
        files: patterns of file names, relative to the folder that holds the raw data.
        lag_days: days from the end of a period to the day its figure was public, used where
            the file does not state a publication day.
        read: turns one file into the rows of `table`; see `sources/README.md` for the columns.
        as_at: the day of a file that lists only what stood then, such as the latest ratings, and is no
        history:
            no figure of it can be known earlier, whatever its period.
        compiled_by: who carried or compiled the file when that is not the publisher.
        edition: for files of many periods as they stood in one edition, its day. A figure that differs
            from an earlier publication is a revision, known from this day.
        required: whether rules rest on it, so that a build without a row of it is refused.
    """

    id: str
    publisher: str
    title: str
    page: str
    files: tuple[str, ...]
    lag_days: int
    read: Callable[[Path], pl.DataFrame]
    standing: Standing = Standing.OFFICIAL
    table: str = "measures"
    licence: str = "OGL-3.0"
    compiled_by: str | None = None
    edition: date | None = None
    required: bool = False
    as_at: date | None = None


ZEROS = ("none", "not submitted")
"""What a figure of 0 can mean: there is none, or nothing was handed in."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One kind of published figure."""

    name: str
    """By which features and own data name it."""
    dimension: str
    """The file of the catalogue that defines it."""
    label: str
    """What it is, in plain language."""
    unit: str
    """Unit of its values; shares are from 0 to 1."""
    minimum: float | None = None
    """A lower value is an issue of its file; None is no limit."""
    maximum: float | None = None
    """A higher value is an issue of its file; None is no limit."""
    max_ratio: float | None = None
    """A file whose typical value is this many times (or that fraction of) the same organisations' other
    values is refused as being in another unit; None is no limit."""
    zero: str | None = None
    """What 0 means, one of `ZEROS`; where it is no submission, it is kept out of the figures."""
    at_most: str | None = None
    """The measure that it can't be above, of the same organisation, source and period: a part of a whole."""
    part_of: str | None = None
    """The measure of the whole; a part is not submitted where its whole is not."""
    lone_ratio: float | None = None
    """A figure this many times (or that fraction of) those before and after it, which agree with one another,
    is quarantined; for sizes that do not jump and come back."""
    lone_step: float | None = None
    """The same for shares and scores, by the difference."""
    combine: str | None = None
    """How figures of merged organisations become one: `sum`, or the measure that they are weighted by; None
    where they can't be combined."""
    repeats: bool = False
    """Whether it rests on inputs of a whole year, so that its figures of two quarters may well be equal."""


@cached
def publications(sector: Sector) -> dict[str, Publication]:
    """Every publication that a sector has a reader for, by id, in the order of the ids.

    The readers are the modules of the package that the sector's hook `sources` names; each lists what it
    reads in `PUBLICATIONS`. A sector without the hook has none.
    """
    package = sector.hook("sources")
    found: dict[str, Publication] = {}
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}.") if package else ():
        for publication in getattr(importlib.import_module(module.name), "PUBLICATIONS", ()):
            if publication.id in found:
                raise ValueError(f"two publications are named {publication.id}")
            found[publication.id] = publication
    return dict(sorted(found.items()))


@cached
def measures(sector: Sector) -> dict[str, Measure]:
    """Every measure of a sector's catalogue, by name.

    A file of `measures/` is named after its dimension, with a further word after a full stop where a
    dimension has several: `performance.toml`, `performance.services.toml`.

    Raises:
        BadFile: a file is no TOML, or a measure lacks a field or has one that there is not.
        ValueError: two measures contradict each other.
    """
    found: dict[str, Measure] = {}
    for file, text in sector.texts("measures").items():
        for name, definition in _tables(f"measures/{file}.toml", text).items():
            if name in found:
                raise ValueError(f"measure {name} is defined twice, the second time in {file}.toml")
            found[name] = measure = Measure(name, file.partition(".")[0], **definition)
            if measure.zero is not None and measure.zero not in ZEROS:
                raise ValueError(f"zero of measure {name} is not one of {', '.join(ZEROS)}")
    for measure in found.values():
        if measure.part_of is not None and measure.part_of not in found:
            raise ValueError(f"measure {measure.name} is part of {measure.part_of}, which is not defined")
        if measure.at_most is not None and measure.at_most not in found:
            raise ValueError(f"measure {measure.name} is at most {measure.at_most}, which is not defined")
    return found


def _tables(file: str, text: str) -> dict[str, dict[str, Any]]:
    """Every measure of one file, with the fields that a measure has."""
    try:
        tables: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadFile([Issue(file, f"TOML ({error})")], "Mend the file.") from error
    known = [one.name for one in fields(Measure) if one.name not in ("name", "dimension")]
    issues = IssueList()
    for name, table in tables.items():
        if not isinstance(table, dict):
            issues.add(Issue(file, "a paragraph for each measure", str(table)[:60], column=name))
            continue
        for field in sorted(table.keys() - {*known}):
            issues.add(Issue(file, f"one of {', '.join(known)}", field, column=f"{name}.{field}"))
        for field in sorted({"label", "unit"} - table.keys()):
            issues.add(Issue(file, "this field", column=f"{name}.{field}", remedy=f"Add {field} = ..."))
    issues.raise_if_any("Mend the file.")
    return tables
