"""What a publication is, and the list of all that can be read."""

from __future__ import annotations

import importlib
import pkgutil
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

from matchmaker.cache import cached
from matchmaker.sector import Sector

if TYPE_CHECKING:
    import polars as pl


class Standing(IntEnum):
    """Which source wins where two give the same figure: the lower number."""

    OWN = 0  # a user's own data, see snapshot/overlay
    OFFICIAL = 1
    EXTRACTED = 2
    COMPILED = 3


@dataclass(frozen=True, slots=True)
class Publication:
    """One official publication: what it is, where its files are, and how they are read.

    Attributes:
        id: short name, the value of `source` in every table.
        files: patterns of file names, relative to the folder that holds the raw data.
        lag_days: days from the end of a period to the day its figure was public, used where
            the file does not state a publication day.
        read: turns one file into the rows of `table`; see `sources/README.md` for the columns.
        compiled_by: who carried or compiled the file when that is not the publisher.
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
    """Every measure of a sector's catalogue (`measures/*.toml`), by name."""
    found: dict[str, Measure] = {}
    for dimension, text in sector.texts("measures").items():
        for name, definition in tomllib.loads(text).items():
            if name in found:
                raise ValueError(f"measure {name} is defined twice, the second time in {dimension}.toml")
            found[name] = Measure(name, dimension, **definition)
    return found
