"""What a published dataset is called, which version it is, under which licences, and how it is cited."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any

import polars as pl

from matchmaker.errors import InvalidParameter
from matchmaker.sector import Definition, parse_definition
from matchmaker.snapshot.export.tables import Table, dataset_tables, dataset_text
from matchmaker.snapshot.store import Snapshot
from matchmaker.version import __version__


class Licence(Definition):
    """A licence under which rows can be passed on."""

    name: str
    title: str
    url: str
    terms: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """A snapshot as a dataset, ready to be written.

    Attributes:
        version: the day up to which it holds, as a semantic version: 2026.8.22.
        licences: id of the manifest -> licence, of all sources, the most frequent first.
        url: the page where it is published; empty where that is not known.
    """

    name: str
    title: str
    summary: str
    version: str
    as_of: date
    snapshot: str
    software: str
    attribution: str
    keywords: tuple[str, ...]
    licences: dict[str, Licence]
    url: str
    tables: Sequence[Table]

    @property
    def citation(self) -> str:
        """One line to cite it by."""
        where = f" {self.url}" if self.url else ""
        return (
            f"matchmaker contributors ({self.as_of.year}). {self.title}. Version {self.version}, "
            f"snapshot {self.snapshot[:12]}.{where}"
        )

    def rows(self, table: str) -> list[dict[str, Any]]:
        """The rows of one of its tables; none where it has no such table."""
        return next((one.frame.to_dicts() for one in self.tables if one.name == table), [])


def dataset(snapshot: Snapshot, url: str = "") -> Dataset:
    """A snapshot as a dataset.

    Args:
        snapshot: of any sector.
        url: the page where it will be published.

    Raises:
        InvalidParameter: a source has a licence under which its rows can't be passed on.
    """
    sector = snapshot.sector
    tables = dataset_tables(snapshot)
    day = snapshot.as_of
    return Dataset(
        name=f"matchmaker-{sector.name.replace('_', '-')}",
        title=f"{sector.label}: published figures, past partnerships and successions",
        summary=sector.summary,
        version=f"{day.year}.{day.month}.{day.day}",
        as_of=day,
        snapshot=snapshot.hash,
        software=f"matchmaker {__version__}",
        attribution=str(snapshot.manifest.get("attribution", "")),
        keywords=dataset_text(sector).keywords,
        licences=_licences(next(one.frame for one in tables if one.name == "sources")),
        url=url,
        tables=tables,
    )


def _licences(sources: pl.DataFrame) -> dict[str, Licence]:
    known = {
        id_: parse_definition(Licence, one, "licences.toml")
        for id_, one in tomllib.loads(files(__package__).joinpath("licences.toml").read_text("utf-8")).items()
    }
    for id_, licence in sources.select("id", "licence").iter_rows():
        if licence not in known:
            raise InvalidParameter(
                f"The licence of the source {id_} is '{licence}', under which its rows can't be passed on.",
                f"Leave the source out of the snapshot, or give its licence as one of {', '.join(known)}.",
            )
    counted = sources["licence"].value_counts().sort("count", "licence", descending=[True, False])
    return {id_: known[id_] for id_ in counted["licence"]}
